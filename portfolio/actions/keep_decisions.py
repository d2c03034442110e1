"""The decision classes of an initiative, and the autonomy level that follows for each."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso.accounts.models import User
from aiso.conflicts import changes_to_make
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..lane_facts import calibrated
from ..models import DecisionClass, Initiative
from ..permissions import can_edit
from .conclude_lanes import conclude_lane
from .edit_initiative import touch

# Decision classes that one initiative may have.
MOST = 200


@transaction.atomic
def add_decision_class(initiative: Initiative, *, actor: User, **fields: Any) -> DecisionClass:
    """Add a decision. Raises ValidationError for a name used before or an answer that a test does not have."""
    locked = _locked(initiative, actor)
    if locked.decision_classes.count() >= MOST:
        raise DomainError(f"An initiative has at most {MOST} decisions; put the small ones together.")
    decision = DecisionClass(initiative=locked, **fields)
    write_decision(decision)
    _conclude(locked)
    publish("decision_class.added", actor=actor, initiative=locked, decision_class=decision)
    return decision


@transaction.atomic
def edit_decision_class(
    decision: DecisionClass, *, actor: User, seen: Mapping[str, Any] | None = None, **fields: Any
) -> DecisionClass:
    """Change a decision's answers. Raises ConflictError where somebody else changed what the actor `seen`."""
    locked = _locked(decision.initiative, actor)
    decision = DecisionClass.objects.select_for_update(of=["self"]).get(pk=decision.pk)
    changed = changes_to_make(decision, seen=seen or {}, wanted=fields)
    if not changed:
        return decision
    for name, value in changed.items():
        setattr(decision, name, value)
    write_decision(decision)
    _conclude(locked)
    publish("decision_class.edited", actor=actor, initiative=locked, decision_class=decision, fields=sorted(changed))
    return decision


@transaction.atomic
def remove_decision_class(decision: DecisionClass, *, actor: User) -> None:
    """Take a decision away; its history stays."""
    locked = _locked(decision.initiative, actor)
    publish("decision_class.removed", actor=actor, initiative=locked, decision_class=decision)
    decision.delete()
    _conclude(locked)


def write_decision(decision: DecisionClass) -> None:
    """Store a permitted decision with the level that its tests give. Raises ValidationError."""
    decision.clean_fields(exclude=["autonomy"])
    decision.autonomy = calibrated(decision).level
    decision.full_clean()
    decision.save()


def _locked(initiative: Initiative, actor: User) -> Initiative:
    locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
    if not can_edit(actor, locked):
        raise PermissionDenied("Its owners and the office say what it decides.")
    return locked


def _conclude(initiative: Initiative) -> None:
    conclude_lane(initiative)
    touch([initiative.pk])
