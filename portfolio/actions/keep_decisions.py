"""The decision classes of an initiative, and the autonomy level that follows for each."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso.accounts.models import User
from aiso.conflicts import changes_to_make
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..levels import store_level
from ..models import DecisionClass, Initiative
from ..permissions import can_edit
from .accept_map import follow_map
from .conclude_lanes import conclude_lane
from .edit_initiative import touch

# Decision classes that one initiative may have.
MOST = 200


@transaction.atomic
def add_decision_class(initiative: Initiative, *, actor: User, **fields: Any) -> DecisionClass:
    """Add a decision. Raises ValidationError for a name used before or an answer that a test does not have."""
    locked = locked_to_edit(initiative, actor)
    if locked.decision_classes.count() >= MOST:
        raise DomainError(f"An initiative has at most {MOST} decisions; put the small ones together.")
    decision = DecisionClass(initiative=locked, **fields)
    write_decision(decision)
    _follow(locked, actor)
    publish("decision_class.added", actor=actor, initiative=locked, decision_class=decision)
    return decision


@transaction.atomic
def edit_decision_class(
    decision: DecisionClass, *, actor: User, seen: Mapping[str, Any] | None = None, **fields: Any
) -> DecisionClass:
    """Change a decision's answers. Raises ConflictError where somebody else changed what the actor `seen`."""
    locked = locked_to_edit(decision.initiative, actor)
    decision = DecisionClass.objects.select_for_update(of=["self"]).get(pk=decision.pk)
    changed = changes_to_make(decision, seen=seen or {}, wanted=fields)
    if not changed:
        return decision
    for name, value in changed.items():
        setattr(decision, name, value)
    write_decision(decision)
    _follow(locked, actor)
    publish("decision_class.edited", actor=actor, initiative=locked, decision_class=decision, fields=sorted(changed))
    return decision


@transaction.atomic
def remove_decision_class(decision: DecisionClass, *, actor: User) -> None:
    """Take a decision away; its history stays. Raises DomainError while it is stepped down."""
    locked = locked_to_edit(decision.initiative, actor)
    if decision.step_downs.standing().exists():
        raise DomainError("It is stepped down. Lift that with a reason first, so that nobody removes it unseen.")
    publish("decision_class.removed", actor=actor, initiative=locked, decision_class=decision)
    decision.delete()
    _follow(locked, actor)


def write_decision(decision: DecisionClass) -> None:
    """Store a permitted decision with the level that holds for it now. Raises ValidationError."""
    decision.clean_fields(exclude=["autonomy"])
    store_level(decision)
    decision.full_clean()
    decision.save()


def settle_levels(initiative: Initiative, decisions: Iterable[DecisionClass], *, actor: User | None) -> None:
    """Store the levels that hold now for classes of a locked initiative, with all that follows from them."""
    for decision in decisions:
        if store_level(decision):
            decision.save(update_fields=["autonomy", "chosen_level", "chosen_until", "steps_down"])
    _follow(initiative, actor)


def locked_to_edit(initiative: Initiative, actor: User) -> Initiative:
    """The initiative, locked for somebody who says what it decides. Raises PermissionDenied for others."""
    locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
    if not can_edit(actor, locked):
        raise PermissionDenied("Its owners and the office say what it decides.")
    return locked


def _follow(initiative: Initiative, actor: User | None) -> None:
    conclude_lane(initiative)
    follow_map(initiative, actor=actor)
    touch([initiative.pk])
