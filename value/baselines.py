"""Baselines where people work: which wait for somebody who has no part in them, and how each stands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from aiso.accounts.models import Role, RoleAssignment, User
from aiso.accounts.models.role import OFFICE
from aiso.events.models import Event, Notification
from aiso.events.telling import Message
from aiso.web import figures
from aiso.web.keyset import AS_MADE, Page, page_of
from aiso.web.work import WorkItem
from portfolio.models import Intake, OutcomeMetric, Ownership, Stage
from portfolio.models.stage import ACTIVE
from portfolio.permissions import changes_nothing

from .models import BaselineConfirmation, BaselineConfirmationQuerySet
from .permissions import BASED_BY, can_confirm_baseline, wrote_metric

# Rows of My work, and of one page of the queue.
MOST, PAGE = 100, 50
# Past intake, and not ended.
WORKED_ON = (*ACTIVE, Stage.PAUSED)


@dataclass(frozen=True)
class Baseline:
    """How the baseline of a metric stands: `missing`, `unconfirmed`, `changed` since it was confirmed, `confirmed`."""

    metric: OutcomeMetric
    confirmation: BaselineConfirmation | None

    @property
    def state(self) -> str:
        if self.metric.baseline is None:
            return "missing"
        if self.confirmation is None:
            return "unconfirmed"
        return "confirmed" if self.confirmation.holds_for(self.metric) else "changed"


def baselines_of(metrics: Iterable[OutcomeMetric]) -> dict[int, Baseline]:
    """How the baseline of each stands, by the metric's id. One query."""
    rows = [*metrics]
    latest = _latest(BaselineConfirmation.objects.filter(metric__in=rows))
    found = {each.metric_id: each for each in latest}
    return {row.pk: Baseline(row, found.get(row.pk)) for row in rows}


def latest_confirmation(metric: OutcomeMetric) -> BaselineConfirmation | None:
    return _latest(BaselineConfirmation.objects.filter(metric=metric)).first()


def waiting_for(person: User | AnonymousUser) -> "QuerySet[OutcomeMetric]":
    """Baselines that are not confirmed and this person may confirm: what `can_confirm_baseline` says, as a query."""
    rows = OutcomeMetric.objects.visible_to(person).filter(baseline__isnull=False, initiative__stage__in=WORKED_ON)
    if not isinstance(person, User) or changes_nothing(person) or person.is_service_account:
        return rows.none()
    reaches = [person.role_units[role] for role in BASED_BY if role in person.role_units]
    if None not in reaches:
        rows = rows.filter(initiative__unit__in={unit for reach in reaches for unit in reach or ()})
    owned = Ownership.objects.current().filter(person=person).values("initiative")
    asked = Intake.objects.filter(requester=person, initiative__isnull=False).values("initiative")
    apart = Q(initiative__in=owned) | Q(initiative__in=asked) | Q(Exists(wrote_metric(person, OuterRef("pk"))))
    return rows.exclude(BaselineConfirmationQuerySet.of_metric()).exclude(apart)


def baselines_waiting(person: User) -> int:
    """How many wait for this person."""
    return waiting_for(person).order_by().count()


def baselines_for(person: User) -> Iterator[WorkItem]:
    """My work: a row for each baseline that waits for this controller. The office has its queue."""
    if not person.has_role(Role.FINANCE_CONTROLLER):
        return
    for each in waiting_for(person).select_related("initiative").defer("initiative__search").order_by("pk")[:MOST]:
        yield WorkItem(
            what=f"Confirm a baseline: {each}",
            url=address_of(each),
            verb="Look",
            icon="ruler-measure",
            note=f"{figures.measured(each.baseline)} {each.unit}, {each.baseline_source}",
            initiative=str(each.initiative),
            initiative_url=each.initiative.get_absolute_url(),
            since=each.baseline_on,
        )


def address_of(metric: OutcomeMetric) -> str:
    """Where the baseline is shown and confirmed."""
    return f"{metric.initiative.get_absolute_url()}measurements/#measured-{metric.pk}"


def baseline_message(event: Event) -> Message | None:
    """A baseline that is written goes to the controllers who may confirm it; the confirmation to the business owner."""
    rows = OutcomeMetric.objects.select_related("initiative__business_owner")
    metric = rows.filter(pk=event.payload["metric"]).first()
    if metric is None or metric.baseline is None:
        return None
    about, path = {"initiative": metric.initiative_id}, address_of(metric)
    what = f"the baseline of {metric} of {metric.initiative.reference}"
    if event.name == "baseline.confirmed":
        people = filter(None, [metric.initiative.business_owner])
        return Message([*people], f"{event.actor} confirmed {what}", path, about=about)
    if not _wrote_baseline(event) or baselines_of([metric])[metric.pk].state == "confirmed":
        return None
    text = f"Somebody who has no part in it confirms {what}: {figures.measured(metric.baseline)} {metric.unit}"
    return Message(_controllers(metric), text, path, Notification.Kind.REQUEST, about)


class BaselineQueue:
    """The baselines that wait for a person. Its page costs two queries."""

    address = "?"

    def __init__(self, viewer: User, place: dict[str, str]) -> None:
        self.count = baselines_waiting(viewer)
        rows = waiting_for(viewer).select_related("initiative").defer("initiative__search")
        self.page: Page[OutcomeMetric] = page_of(rows, AS_MADE, size=PAGE, **place)

    @property
    def rows(self) -> list[tuple[OutcomeMetric, str]]:
        return [(metric, address_of(metric)) for metric in self.page.rows]


def may_have_queue(person: User) -> bool:
    return person.has_role(Role.FINANCE_CONTROLLER, *OFFICE)


def _latest(rows: BaselineConfirmationQuerySet) -> BaselineConfirmationQuerySet:
    return rows.select_related("confirmed_by").order_by("metric_id", "-pk").distinct("metric_id")


def _wrote_baseline(event: Event) -> bool:
    fields = {*event.payload.get("fields", ())}
    return event.name == "metric.added" or bool(fields & {*BaselineConfirmation.AGAINST})


def _controllers(metric: OutcomeMetric) -> list[User]:
    if metric.initiative.stage not in WORKED_ON:
        return []
    holders = RoleAssignment.objects.filter(role=Role.FINANCE_CONTROLLER).values("person")
    people = User.objects.active().people().filter(pk__in=holders)
    return [person for person in people if can_confirm_baseline(person, metric)]
