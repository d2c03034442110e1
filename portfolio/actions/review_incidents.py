"""What is learnt from an incident: its review, the actions that follow, and its end."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.conflicts import changes_to_make
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..incident_clocks import set_due
from ..incident_log import (
    Kind,
    State,
    check_goes_on,
    hold_incident,
    hold_initiatives,
    line_given,
    record,
    store,
    words_given,
)
from ..incident_permissions import WHO_DOES, can_finish_action
from ..models import Incident, IncidentAction, IncidentReview

# How far ahead an action may be due.
LONGEST = timedelta(days=3653)
# What each part is called where it is still empty.
ASKED = {
    "what_failed": "Say what failed.",
    "why_late": "Say why it was not detected earlier, or that it was detected at once.",
    "control": "Say which control to add, or why none is needed.",
}


@transaction.atomic
def write_review(
    incident: Incident, *, actor: User, seen: Mapping[str, Any] | None = None, **parts: str
) -> IncidentReview:
    """Write what is learnt, as far as it is known. Any part may be empty until the review is concluded."""
    incident = hold_incident(incident, actor)
    check_goes_on(incident)
    review, _ = IncidentReview.objects.get_or_create(incident=incident, defaults={"written_by": actor})
    wanted = {name: parts[name].strip() for name in IncidentReview.PARTS if name in parts}
    changed = changes_to_make(review, seen=seen or {}, wanted=wanted)
    for name, value in changed.items():
        setattr(review, name, value)
    if changed:
        review.written_by, review.written_at = actor, clock.now()
        review.save()
        publish("incident.review_written", actor=actor, incident=incident, fields=sorted(changed))
    return review


@transaction.atomic
def conclude_review(incident: Incident, *, actor: User) -> Incident:
    """Close an incident that is resolved and whose review says all that it has to. Its actions go on."""
    incident = hold_incident(incident, actor)
    check_goes_on(incident)
    if incident.state != State.RESOLVED:
        raise DomainError("Resolve it first: until then, not all that failed can be known.")
    review = IncidentReview.objects.select_for_update(of=["self"]).filter(incident=incident).first()
    for name, asked in ASKED.items():
        if review is None or not getattr(review, name):
            raise DomainError(asked)
    assert review is not None
    review.concluded_by, review.concluded_at = actor, clock.now()
    review.save(update_fields=["concluded_by", "concluded_at"])
    incident.state, incident.reviewed_at = State.REVIEWED, review.concluded_at
    set_due(incident)
    store(incident)
    record(incident, Kind.REVIEWED, actor=actor)
    publish("incident.reviewed", actor=actor, incident=incident)
    return incident


@transaction.atomic
def give_action(incident: Incident, *, actor: User, text: str, owner: User, due_on: date) -> IncidentAction:
    """Give somebody something to do that follows from it. They must see the incident."""
    incident = hold_incident(incident, actor)
    text = line_given(text, "text", "Say what is to be done.")
    if due_on < clock.today():
        raise DomainError("This day is past. Choose today or later.", field="due_on")
    if due_on > clock.today() + LONGEST:
        raise DomainError("This day is more than ten years ahead.", field="due_on")
    if owner.is_service_account or not owner.is_active:
        raise DomainError(f"{owner} cannot do it. Choose an active person.", field="owner")
    if not Incident.objects.visible_to(owner).filter(pk=incident.pk).exists():
        raise DomainError(f"{owner} may not see this incident. Choose somebody who does.", field="owner")
    action = IncidentAction(incident=incident, text=text, owner=owner, due_on=due_on, given_by=actor)
    action.given_at = clock.now()
    action.full_clean()
    action.save()
    record(incident, Kind.ACTION, actor=actor, text=f"Given to {owner}: {text}")
    publish("incident.action_given", actor=actor, incident=incident, action=action)
    return action


@transaction.atomic
def finish_action(action: IncidentAction, *, actor: User, result: str) -> IncidentAction:
    """Say what was done."""
    action = _held(action, actor)
    action.result = words_given(result, "result", "Say what was done.")
    action.done_at, action.done_by = clock.now(), actor
    return _ended(action, actor, "done", action.result)


@transaction.atomic
def drop_action(action: IncidentAction, *, actor: User, reason: str) -> IncidentAction:
    """Say why it is not needed any more."""
    action = _held(action, actor)
    action.dropped_because = words_given(reason, "reason", "Say why it is dropped.")
    action.dropped_at, action.dropped_by = clock.now(), actor
    return _ended(action, actor, "dropped", action.dropped_because)


def _held(action: IncidentAction, actor: User) -> IncidentAction:
    """The initiatives first, then the incident, as every deed on it; its owner need not handle the incident."""
    hold_initiatives(action.incident_id)
    held = Incident.objects.select_for_update(of=["self"]).get(pk=action.incident_id)
    action = IncidentAction.objects.select_for_update(of=["self"]).select_related("owner").get(pk=action.pk)
    action.incident = held
    if not can_finish_action(actor, action):
        raise PermissionDenied(WHO_DOES)
    if not action.is_open:
        raise DomainError("This action is done or dropped already.")
    return action


def _ended(action: IncidentAction, actor: User, how: str, text: str) -> IncidentAction:
    action.save()
    record(action.incident, Kind.ACTION, actor=actor, text=f"{how.capitalize()}: {action.text}. {text}")
    publish(f"incident.action_{how}", actor=actor, incident=action.incident, action=action)
    return action
