"""The value and risk review of the demonstration: one that was held some weeks ago, and the coming one.

Everything goes through the actions that pages use, each with the clock at its moment.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from aiso import clock
from aiso.accounts.models import User
from forums.actions.action_items import give_action
from forums.actions.agenda import change_item, fill_agenda
from forums.actions.live import arrive, record_item, show_item, start_meeting, write_note
from forums.actions.meetings import call_meeting, open_meeting
from forums.actions.minutes import close_meeting
from forums.models import AgendaItem, Forum, Meeting
from portfolio.models import Initiative, OutcomeMetric, PlanKind
from portfolio.models.stage import IN_PRODUCTION
from portfolio.plans import first_of_month
from stagegates.meeting_votes import votes_on
from stagegates.models import ApprovedPlan
from stagegates.permissions import can_record_in_meeting
from stagegates.separation import parties_to

from ..actions.measure import record_measurement
from ..actions.post import post_entry
from ..kept.recompute import recompute_marked
from ..models import LedgerEntry
from ..posting import CENT, NewEntry, why_not_post

REVIEW = "value-and-risk-review"
LOSING = "net_value_negative"
DAYS_AGO, FILLED, SENT = 16, 8, 5
MINUTES_AN_ITEM = 8
# How far above its plan the costs of one initiative are.
OVER = Decimal("1.4")
WHY = "Its outcome was not measured again, and it costs every month. Its unit can do without it."
METHOD = "Same report as the baseline, mean over the month."
# How far from baseline to target two outcomes came, and when they were measured.
WORSE, WORSE_DAYS = (Decimal("-0.2"), Decimal("-0.1")), 20
GOES_ON = "Goes on: its owner measures this month, and finance looks at it again"
# What came of each list, what the minutes note, and who does what by when.
SPOKEN = {
    "outcomes_off_target": (
        "Owners of the three worst say by the next review what they change",
        "Two of them moved because the mix of cases changed, not because the system got worse.",
        ("Bring what the three worst outcomes need", "samir.joshi", 24),
    ),
    "decayed_benefits": ("Measured again before the month ends, else they stay at nothing", "", None),
    "claims_waiting": (
        "Finance answers the oldest five this week",
        "The baseline of two is confirmed first.",
        ("Answer the five oldest claims", "finance-controller", 10),
    ),
    "risks_to_look_at": ("Risk owners treat what is late, or have it accepted", "", None),
}


def tell_of_the_review(people: Mapping[str, User]) -> None:
    """Let one initiative cost more than its plan, hold a review, and fill the agendas that follow."""
    _spend_more(people["finance-controller"])
    _measure_worse()
    # What does not last is read from kept rows, which else follow in the background.
    recompute_marked()
    forum = Forum.objects.get(slug=REVIEW)
    began = timezone.make_aware(datetime.combine(clock.today() - timedelta(days=DAYS_AGO), time(13)))
    with clock.fixed_at(began - timedelta(days=FILLED)):
        meeting = call_meeting(forum, actor=people["office-member"], starts_at=began, place="Room 4")
    _fill(meeting, people["office-member"])
    with clock.fixed_at(began - timedelta(days=SENT)):
        open_meeting(meeting, actor=people["office-member"])
    _hold(meeting, people, began)
    for slug in (REVIEW, "portfolio-review"):
        if coming := Forum.objects.get(slug=slug).meetings.coming().first():
            fill_agenda(coming)


def _fill(meeting: Meeting, actor: User) -> None:
    """As what was posted since shows that day. Somebody planned more time for those that lose money, so that they stay
    when the agenda is sent: nothing of it was known then.
    """
    fill_agenda(meeting)
    for item in meeting.items.filter(source=LOSING):
        change_item(item, actor=actor, minutes=MINUTES_AN_ITEM)


def _spend_more(finance: User) -> None:
    """Of the first with an approved plan that holds costs up to the last month."""
    end = first_of_month(clock.today()) - timedelta(days=1)
    for approved in ApprovedPlan.objects.newest().select_related("plan__initiative"):
        lines = approved.plan.lines.filter(kind=PlanKind.BUILD_COST, month__lte=end)
        planned = sum((line.amount for line in lines), Decimal(0))
        initiative = approved.plan.initiative
        if planned and not initiative.is_confidential and not why_not_post(initiative):
            told: dict[str, Any] = {"happened_on": end, "evidence": "Invoice of the integrator", "key": "integrator"}
            kind = LedgerEntry.Kind.BUILD_COST
            post_entry(initiative, NewEntry(kind=kind, amount=(planned * OVER).quantize(CENT), **told), actor=finance)
            return


def _measure_worse() -> None:
    """Of two that run and that nobody measured yet: both became worse than their baselines."""
    told = {"measurements": None, "baseline__isnull": False, "target__isnull": False, "horizon_on__isnull": False}
    rows = OutcomeMetric.objects.filter(initiative__stage__in=IN_PRODUCTION, **told)
    rows = rows.filter(initiative__business_owner__is_active=True, baseline_on__lte=clock.days_ahead(-WORSE_DAYS))
    for metric, share in zip(rows.select_related("initiative__business_owner").order_by("pk"), WORSE, strict=False):
        owner = metric.initiative.business_owner
        assert owner is not None
        assert metric.baseline is not None
        assert metric.target is not None
        value = metric.baseline + (metric.target - metric.baseline) * share
        day = clock.days_ahead(-WORSE_DAYS)
        record_measurement(metric, actor=owner, value=value.quantize(CENT), measured_on=day, method=METHOD)


def _hold(meeting: Meeting, people: Mapping[str, User], began: datetime) -> None:
    """One proposal, one that goes on, the lists; what is left of the agenda waits for the next one."""
    chair, secretary = people["finance-controller"], people["office-member"]
    with clock.fixed_at(began):
        start_meeting(meeting, actor=chair)
        for name in ("risk-reviewer", "samir.joshi", "office-member"):
            arrive(meeting, actor=chair, person=people[name])
    items = [*meeting.items.to_come().select_related("meeting__forum", "forum", "initiative")]
    losing = [item for item in items if item.source == LOSING]
    ours = [item for item in losing if _may_propose(item, secretary)]
    reached = [*ours[:2], *(item for item in items if item.source in SPOKEN)]
    for number, item in enumerate(reached):
        with clock.fixed_at(began + timedelta(minutes=MINUTES_AN_ITEM * number)):
            show_item(item, actor=chair)
        with clock.fixed_at(began + timedelta(minutes=MINUTES_AN_ITEM * (number + 1) - 1)):
            if item in ours[:1]:
                told = {"outcome": "terminate", "rationale": WHY, "by_consent": "on"}
                record_item(item, actor=secretary, data=told)
            elif item in ours:
                record_item(item, actor=secretary, data={"outcome": "words", "result": GOES_ON})
            else:
                _speak(meeting, item, people)
    with clock.fixed_at(began + timedelta(minutes=MINUTES_AN_ITEM * (len(reached) + 1))):
        close_meeting(meeting, actor=chair)


def _speak(meeting: Meeting, item: AgendaItem, people: Mapping[str, User]) -> None:
    result, note, todo = SPOKEN[item.source]
    secretary = people["office-member"]
    if note:
        write_note(item, actor=secretary, note=note)
    if todo:
        text, owner, days = todo
        give_action(
            meeting.forum,
            actor=secretary,
            meeting=meeting,
            item=item,
            text=text,
            owner=people[owner],
            due_on=clock.today() + timedelta(days=days),
        )
    record_item(item, actor=secretary, data={"result": result})


def _may_propose(item: AgendaItem, actor: User) -> bool:
    """Whether the actor is no party, and enough of those who vote are none."""
    initiative = item.initiative
    is_able = isinstance(initiative, Initiative) and can_record_in_meeting(actor, item.forum, parties_to(initiative))
    return is_able and votes_on(item).has_quorum
