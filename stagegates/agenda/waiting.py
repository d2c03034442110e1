"""What has waited too long: conditions, initiatives, and the fast lane's sample."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from aiso.web import figures
from forums.models import AgendaItem, Forum
from forums.models.agenda import AgendaItemQuerySet
from forums.sources import Proposed
from portfolio.models import Initiative, Stage
from portfolio.models.initiative import InitiativeQuerySet

from ..models import Condition, FastLaneAudit, GateReview
from ..models.condition import ConditionQuerySet
from ..reviewers import told_to
from ..stage_times import StageTimes, stage_times_in_force

# After so many days what was spoken of is spoken of again, if it still holds.
COMES_BACK = timedelta(days=90)
STALLED = "stalled"


def overdue_conditions(forum: Forum, day: date) -> Iterator[Proposed]:
    """All conditions that are overdue on the day, as one item. One query.

    Without their number, here and below: some are of confidential initiatives, and each reader is told how many they
    see (stagegates/agenda/gathered.py).
    """
    if overdue_on(day).exists():
        yield Proposed(
            key="overdue",
            title="Overdue conditions",
            why="Past their day: each is met, waived, or its approval is looked at again.",
        )


def overdue_on(day: date) -> ConditionQuerySet:
    return Condition.objects.open().filter(due_on__lt=day)


def fast_lane_sample(forum: Forum, day: date) -> Iterator[Proposed]:
    """What of the fast lane is to be looked at afterwards, as one item. One query."""
    if FastLaneAudit.objects.waiting().exists():
        yield Proposed(
            key="sample",
            title="Fast lane: the sample to audit",
            why="Decisions of the delegate, drawn at random or a requester’s first.",
        )


def stalled(forum: Forum, day: date) -> Iterator[Proposed]:
    """Initiatives that have been in their stage for longer than is normal, those that came there first. Two queries.

    Not those that are confidential to the forum: nobody was asked whether its members may see them.
    """
    times = stage_times_in_force(day)
    rows = stalled_on(day, times).filter(told_to(forum)).exclude(pk__in=_spoken_of(forum, day).values("initiative"))
    rows = rows.only("name", "stage", "stage_since").order_by("stage_since", "pk")
    for row in rows[: times.most]:
        assert row.stage_since is not None
        days = (day - row.stage_since).days
        yield Proposed(
            key=f"{STALLED}-{row.pk}-{row.stage_since.isoformat()}",
            title=f"Stalled: {row.name[:250]}",
            why=f"In {row.get_stage_display().lower()} for {figures.number(days)} days, "
            f"{figures.number(times.days[row.stage])} are normal: help it on, pause it, or end it.",
            initiative_id=row.pk,
            minutes=5,
        )


def stalled_on(day: date, times: StageTimes) -> InitiativeQuerySet:
    """Those that stayed longer than normal, without a review that waits for a decision."""
    late = Q(pk=None)
    for stage, days in times.days.items():
        late |= Q(stage=Stage(stage), stage_since__lt=day - timedelta(days=days))
    waiting = GateReview.objects.ready().filter(initiative=OuterRef("pk"))
    return Initiative.objects.on_register().filter(late).exclude(Exists(waiting))


def _spoken_of(forum: Forum, day: date) -> AgendaItemQuerySet:
    """Items about stalled initiatives that the forum settled lately."""
    settled = (AgendaItem.State.DONE, AgendaItem.State.REMOVED)
    items = AgendaItem.objects.filter(forum=forum, source=STALLED, state__in=settled, initiative__isnull=False)
    return items.filter(settled_by__isnull=False, settled_at__date__gt=day - COMES_BACK)
