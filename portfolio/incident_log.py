"""What every deed on an incident shares: it is held, its initiatives first, and what was done joins its timeline."""

import unicodedata
from datetime import datetime

from django.core.exceptions import PermissionDenied

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.web import figures

from .actions.edit_initiative import touch
from .incident_permissions import WHO_HANDLES, can_handle_incident
from .models import Incident, IncidentMessage, IncidentShare, Initiative, TimelineEntry

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
    message: IncidentMessage | None = None,
) -> TimelineEntry:
    """Add to the timeline. What tells of one initiative alone, or of a message, names it, and is seen with it."""
    now = clock.now()
    told = {"text": text.strip(), "happened_at": at or now, "initiative": initiative, "message": message}
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


def line_given(text: str, field: str, refusal: str) -> str:
    """Words on one line: mail and lists show no line breaks. Raises DomainError for these and control characters."""
    words = words_given(text, field, refusal)
    if any(unicodedata.category(each) in ("Cc", "Zl", "Zp") for each in words):
        raise DomainError("Write it on one line, without control characters.", field=field)
    return words


def words_given(text: str, field: str, refusal: str) -> str:
    if not text.strip():
        raise DomainError(refusal, field=field)
    return text.strip()
