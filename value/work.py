"""Measurements where people work: what waits for finance, and who is told."""

from collections.abc import Iterable, Iterator

from django.db.models import Q

from aiso.accounts.models import Role, RoleAssignment, User
from aiso.events.models import Event, Notification
from aiso.events.telling import Message
from aiso.web import figures
from aiso.web.work import WorkItem
from portfolio.models import Intake, Ownership
from portfolio.permissions import changes_nothing

from .models import Measurement, MeasurementQuerySet
from .permissions import can_answer_measurement

# Rows of My work.
MOST = 100


def answerable_by(person: User) -> MeasurementQuerySet:
    """What waits for finance and this person may answer: what `can_answer_measurement` says, as a query."""
    waiting = Measurement.objects.visible_to(person).waiting()
    if changes_nothing(person) or person.is_service_account or not person.has_role(Role.FINANCE_CONTROLLER):
        return waiting.none()
    reach = person.role_units[Role.FINANCE_CONTROLLER]
    if reach is not None:
        waiting = waiting.filter(metric__initiative__unit__in=reach)
    owned = Ownership.objects.current().filter(person=person).values("initiative")
    asked = Intake.objects.filter(requester=person, initiative__isnull=False).values("initiative")
    apart = Q(metric__initiative__in=owned) | Q(metric__initiative__in=asked)
    return waiting.exclude(recorded_by=person).exclude(apart)


def measurements_of(person: User) -> Iterator[WorkItem]:
    """My work: a row for each measurement that waits for this controller, the oldest first."""
    rows = answerable_by(person).select_related("metric__initiative", "recorded_by")
    for each in rows.order_by("recorded_at", "pk")[:MOST]:
        initiative = each.metric.initiative
        yield WorkItem(
            what=f"Confirm what was measured: {each.metric}",
            url=each.get_absolute_url(),
            verb="Answer",
            icon="chart-line",
            note=f"{figures.measured(each.value)} {each.metric.unit}, by {each.recorded_by}",
            initiative=str(initiative),
            initiative_url=initiative.get_absolute_url(),
            since=figures.local_date(each.recorded_at),
        )


def measurements_waiting(person: User) -> int:
    """How many wait for this person."""
    return answerable_by(person).order_by().count()


def message_of(event: Event) -> Message | None:
    """A new measurement goes to the controllers who may answer it; an answer to its author and the business owner."""
    rows = Measurement.objects.select_related("metric__initiative__business_owner", "recorded_by", "answer")
    measurement = rows.filter(pk=event.payload["measurement"]).first()
    if measurement is None:
        return None
    initiative, path = measurement.metric.initiative, measurement.get_absolute_url()
    about = {"initiative": initiative.pk}
    what = f"{measurement.metric} of {initiative.reference}"
    answer = getattr(measurement, "answer", None)
    if event.name == "measurement.recorded":
        if answer is not None:
            return None
        text = f"{what} was measured: {figures.measured(measurement.value)} {measurement.metric.unit}"
        return Message(_controllers(measurement), text, path, Notification.Kind.REQUEST, about)
    word = "confirmed" if event.name == "measurement.confirmed" else "rejected"
    reason = f": {answer.reason}" if answer is not None and answer.reason else ""
    people = filter(None, [measurement.recorded_by, initiative.business_owner])
    return Message([*people], f"Finance {word} the measurement of {what}{reason}", path, about=about)


def _controllers(measurement: Measurement) -> Iterable[User]:
    holders = RoleAssignment.objects.filter(role=Role.FINANCE_CONTROLLER).values("person")
    people = User.objects.active().people().filter(pk__in=holders)
    return [person for person in people if can_answer_measurement(person, measurement)]
