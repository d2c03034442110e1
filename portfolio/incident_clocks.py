"""How long an incident may take to be contained, resolved and reviewed, by its severity.

Containing is counted in hours, for harm does not wait for a working day; resolving in working days from the same
moment; the review in working days from the day it was resolved.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from aiso.configuration.models import ConfigurationVersion
from aiso.configuration.shape import Content
from aiso.workdays import due_after

from .models import Incident, Severity

# The kind of configuration that holds them.
CLOCKS = "incident-clocks"


@dataclass(frozen=True)
class Clock:
    """Hours to contain, and working days to resolve and to review, of one severity."""

    contain_hours: int
    resolve_days: int
    review_days: int


def clock_of(severity: str) -> Clock:
    """That in force. One query."""
    return clocks_of(ConfigurationVersion.objects.in_force(CLOCKS).content)[severity]


def clocks_of(content: Content) -> dict[str, Clock]:
    parts = ("contain_hours", "resolve_days", "review_days")
    return {each: Clock(**{part: int(content[f"{each}_{part}"]) for part in parts}) for each in Severity.values}


def set_clocks(incident: Incident) -> None:
    """Set the days and moments of an unsaved change of an incident: by its severity, from when its clock began."""
    clock = clock_of(incident.severity)
    incident.contain_by = incident.clock_began_at + timedelta(hours=clock.contain_hours)
    incident.resolve_on = due_after(incident.clock_began_at, clock.resolve_days)
    incident.review_on = due_after(incident.resolved_at, clock.review_days) if incident.resolved_at else None
    set_due(incident)


def set_due(incident: Incident) -> None:
    """When the clock of its state runs out: a day at its end."""
    due = incident.due
    incident.due_at = due if due is None or isinstance(due, datetime) else end_of(due)


def end_of(day: date) -> datetime:
    """The first moment after a day, in the office's time zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
