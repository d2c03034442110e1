"""Checks of confirmed outcomes where people work: what is due, who is reminded."""

from collections.abc import Iterable, Iterator

from django.db.models import Q
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import User
from aiso.events.models import Notification
from aiso.events.reminders import Due
from aiso.web import figures
from aiso.web.work import WorkItem

from .durability import GRACE
from .models import DurabilityCheck
from .work import MOST

# After these, checks of the initiatives that an event names may be others.
CHANGING = (
    "decision.made",
    "import.finished",
    "import.undone",
    "measurement.recorded",
    "measurement.confirmed",
    "measurement.rejected",
    "claim.confirmed",
    "claim.corrected",
    "ledger.reversed",
)
OWNERS = ("initiative__business_owner", "initiative__technical_owner")


def checks_of(person: User) -> Iterator[WorkItem]:
    """My work: a row for each metric that its business owner or technical owner is to measure again by now."""
    owned = Q(initiative__business_owner=person) | Q(initiative__technical_owner=person)
    rows = DurabilityCheck.objects.visible_to(person).filter(owned).asking()
    found = sorted(rows.select_related("metric", "initiative").defer("initiative__search"), key=lambda row: row.due_on)
    for each in found[:MOST]:
        yield WorkItem(
            what=f"Measure again: {each.metric}",
            url=measure_address(each),
            verb="Measure",
            icon="chart-line",
            note=f"{each.months} months after launch; counts nothing from {figures.day(each.due_on + GRACE)}",
            initiative=str(each.initiative),
            initiative_url=each.initiative.get_absolute_url(),
            due=each.due_on,
        )


def durability_reminders() -> Iterable[Due]:
    """On the day that a metric is due, and once what finance confirmed of it counts no more: both owners."""
    rows = DurabilityCheck.objects.asking().select_related("metric", "initiative", *OWNERS)
    for each in rows.defer("initiative__search"):
        owners = (each.initiative.business_owner, each.initiative.technical_owner)
        is_overdue = clock.today() >= each.due_on + GRACE
        what = f"{each.metric} of {each.initiative.reference}"
        due = f"{what} is to be measured again: {each.months} months after launch were over on "
        overdue = f"{what} was not measured again: its confirmed benefit counts nothing from "
        yield Due(
            key=f"{each.pk}:{each.due_on}",
            step="overdue" if is_overdue else "due",
            people=[*filter(None, owners)],
            text=f"{overdue}{figures.day(each.due_on + GRACE)}" if is_overdue else f"{due}{figures.day(each.due_on)}",
            path=measure_address(each),
            kind=Notification.Kind.REMINDER,
            about={"initiative": each.initiative_id},
        )


def measure_address(check: DurabilityCheck) -> str:
    return reverse("value:measurement_record", args=[check.initiative.reference, check.metric_id])
