"""An incident on its way: contained, resolved, rolled back, judged anew, reopened, and noted on its timeline."""

from datetime import datetime

from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..incident_clocks import set_clocks, set_due
from ..incident_log import Kind, State, check_goes_on, hold_incident, moment_given, record, store, words_given
from ..models import Incident, Severity, TimelineEntry
from .report_incidents import judge_decisions


@transaction.atomic
def contain_incident(incident: Incident, *, actor: User, how: str, at: datetime | None = None) -> Incident:
    """Say how the harm was stopped. Raises DomainError once it was contained."""
    incident = hold_incident(incident, actor)
    if incident.state != State.OPEN:
        raise DomainError("It is contained already.")
    how = words_given(how, "how", "Say how it was contained.")
    incident.contained_at = moment_given(incident, at)
    incident.state = State.CONTAINED
    return _moved(incident, Kind.CONTAINED, actor, how, incident.contained_at)


@transaction.atomic
def resolve_incident(incident: Incident, *, actor: User, how: str, at: datetime | None = None) -> Incident:
    """Say how the cause was put right; what was not contained is so with it. The clock of its review begins."""
    incident = hold_incident(incident, actor)
    if not incident.is_open:
        raise DomainError("It is resolved already.")
    how = words_given(how, "how", "Say how it was resolved.")
    incident.resolved_at = moment_given(incident, at)
    if incident.contained_at and incident.resolved_at < incident.contained_at:
        raise DomainError("It cannot be resolved before it was contained.", field="at")
    incident.contained_at = incident.contained_at or incident.resolved_at
    incident.state = State.RESOLVED
    set_clocks(incident)
    return _moved(incident, Kind.RESOLVED, actor, how, incident.resolved_at)


@transaction.atomic
def reopen_incident(incident: Incident, *, actor: User, reason: str) -> Incident:
    """It came back, or was closed too soon: it is open again and its clocks begin anew. Its review can be rewritten."""
    incident = hold_incident(incident, actor)
    if incident.is_open:
        raise DomainError("This incident is open already.")
    reason = words_given(reason, "reason", "Say why it is reopened.")
    incident.state, incident.clock_began_at = State.OPEN, clock.now()
    incident.contained_at = incident.resolved_at = incident.reviewed_at = None
    set_clocks(incident)
    review = getattr(incident, "review", None)
    if review and review.concluded_at:
        review.concluded_at = review.concluded_by = None
        review.save(update_fields=["concluded_at", "concluded_by"])
    return _moved(incident, Kind.REOPENED, actor, reason, None)


@transaction.atomic
def judge_incident(incident: Incident, *, actor: User, severity: str, reason: str) -> Incident:
    """Change its severity, with a reason. Its clocks are those of the new one, from when they began: going to and fro
    gains no time. Severe steps its classes down at once.
    """
    incident = hold_incident(incident, actor)
    check_goes_on(incident)
    reason = words_given(reason, "reason", "Say why.")
    if severity not in Severity.values:
        raise DomainError("Choose how severe it is.", field="severity")
    if severity == incident.severity:
        raise DomainError(f"It is {incident.get_severity_display().lower()} already.", field="severity")
    order = Severity.values
    is_worse = order.index(severity) < order.index(incident.severity)
    was = incident.get_severity_display()
    incident.severity = severity
    set_clocks(incident)
    store(incident)
    text = f"{was} → {incident.get_severity_display()}: {reason}"
    record(incident, Kind.SEVERITY, actor=actor, text=text)
    judge_decisions(incident, actor)
    publish("incident.severity_changed", actor=actor, incident=incident, severity=severity, is_worse=is_worse)
    return incident


@transaction.atomic
def record_rollback(incident: Incident, *, actor: User, what: str, at: datetime | None = None) -> Incident:
    """Say what was rolled back, and when."""
    incident = hold_incident(incident, actor)
    check_goes_on(incident)
    incident.rollback = words_given(what, "what", "Say what was rolled back, and to what.")
    incident.rolled_back_at = moment_given(incident, at)
    store(incident)
    record(incident, Kind.ROLLED_BACK, actor=actor, text=incident.rollback, at=incident.rolled_back_at)
    publish("incident.rolled_back", actor=actor, incident=incident)
    return incident


@transaction.atomic
def add_note(incident: Incident, *, actor: User, text: str, at: datetime | None = None) -> TimelineEntry:
    """Add what happened, at a moment, to the timeline. What was said stays. A closed incident takes notes, too."""
    incident = hold_incident(incident, actor)
    text = words_given(text, "text", "Say what happened.")
    if at and at > clock.now():
        raise DomainError("This moment is still to come.", field="at")
    entry = record(incident, Kind.NOTE, actor=actor, text=text, at=at)
    publish("incident.noted", actor=actor, incident=incident, entry=entry)
    return entry


def _moved(incident: Incident, kind: TimelineEntry.Kind, actor: User, text: str, at: datetime | None) -> Incident:
    set_due(incident)
    store(incident)
    record(incident, kind, actor=actor, text=text, at=at)
    publish(f"incident.{kind}", actor=actor, incident=incident)
    return incident
