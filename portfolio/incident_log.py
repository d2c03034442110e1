"""What every deed on an incident shares: it is held, its initiatives first, and what was done joins its timeline."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.web import figures

from .actions.edit_initiative import touch
from .incident_permissions import WHO_HANDLES, can_handle_incident
from .models import Incident, IncidentShare, Initiative, TimelineEntry

Kind = TimelineEntry.Kind
State = Incident.State


def hold_initiatives(incident: int) -> None:
    """Lock the initiatives of an incident, in their order: every deed on it takes them before the incident."""
    concerned = IncidentShare.objects.filter(incident=incident).values("initiative")
    [*Initiative.objects.select_for_update(of=["self"]).filter(pk__in=concerned).order_by("pk").values_list("pk")]


def hold_incident(incident: Incident, actor: User) -> Incident:
    """Lock an incident, its initiatives before it and in their order, for somebody who handles it."""
    hold_initiatives(incident.pk)
    held = Incident.objects.select_for_update(of=["self"]).select_related("support_owner", "asset").get(pk=incident.pk)
    if not can_handle_incident(actor, held):
        raise PermissionDenied(WHO_HANDLES)
    return held


def record(
    incident: Incident,
    kind: TimelineEntry.Kind,
    *,
    actor: User | None,
    text: str = "",
    at: datetime | None = None,
    initiative: Initiative | None = None,
) -> TimelineEntry:
    """Add to the timeline. What tells of one initiative alone names it, and is seen with it."""
    now = clock.now()
    told = {"text": text.strip(), "happened_at": at or now, "initiative": initiative}
    return incident.timeline.create(kind=kind, recorded_by=actor, recorded_at=now, **told)


def store(incident: Incident) -> None:
    incident.full_clean(validate_constraints=False)
    incident.save()
    touch(incident.shares.values_list("initiative", flat=True))


def check_goes_on(incident: Incident) -> None:
    if incident.state == State.REVIEWED:
        raise DomainError("Its review is concluded. Reopen it first.")


def moment_given(incident: Incident, at: datetime | None, field: str = "at") -> datetime:
    """When something was done: now unless told, never to come, never before it was detected."""
    if at is None:
        return clock.now()
    if at > clock.now():
        raise DomainError("This moment is still to come.", field=field)
    if at < incident.detected_at.replace(second=0, microsecond=0):
        told = f"It was detected only on {figures.moment(incident.detected_at)}."
        raise DomainError(told, field=field)
    return at


def words_given(text: str, field: str, refusal: str) -> str:
    if not text.strip():
        raise DomainError(refusal, field=field)
    return text.strip()
