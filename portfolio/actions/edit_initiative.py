"""Changing what an initiative says of itself. Never its stage, which follows from decisions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.conflicts import refuse_conflicts
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..lane_facts import INPUTS
from ..models import Initiative
from ..models.initiative import PRIORITY_PARTS
from ..permissions import can_classify, can_edit
from ..priority import priority_of, weights_in_force
from .conclude_lanes import conclude_lane

TEXTS = ("name", "summary", "outcome", "notes")
FACTS = (
    "employee_effect",
    "data_sensitivity",
    "is_customer_facing",
    "is_rights_impacting",
    "is_safety_impacting",
)
CHOICES = ("workflow", "bucket", "objective", "use_case_type")
SETS = ("jurisdictions", "tools", "tags")
AMOUNTS = ("requested_amount",)
# These decide who sees it; only the office changes them.
CLASSIFYING = ("unit", "is_confidential")
EDITABLE = (*TEXTS, *FACTS, *CHOICES, *SETS, *AMOUNTS, *PRIORITY_PARTS, *CLASSIFYING)


@dataclass(frozen=True)
class Change:
    """What a person saw in a field, and what it is to be. Instances stand as themselves, sets as lists of them."""

    was: Any
    to: Any


@transaction.atomic
def edit_initiative(
    initiative: Initiative, *, actor: User, changes: Mapping[str, Change], reason: str = ""
) -> Initiative:
    """Change fields of an initiative, each against the value that the actor saw.

    Raises PermissionDenied when `actor` may not; ConflictError when somebody else changed one of the
    fields since, with both values; ValidationError for a value that the field refuses.
    """
    locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
    _check_rights(locked, actor, changes)
    current = {field: current_value(locked, field) for field in changes}
    check_conflicts(changes, current)
    wanted = {field: change.to for field, change in changes.items() if not same(current[field], change.to)}
    if wanted:
        with pghistory.context(**({"reason": reason} if reason else {})):
            write_fields(locked, wanted)
            if not INPUTS.isdisjoint(wanted):
                conclude_lane(locked)
        publish("initiative.edited", actor=actor, initiative=locked, fields=sorted(wanted))
    return locked


def write_fields(initiative: Initiative, wanted: Mapping[str, Any]) -> None:
    """Store already permitted values on a locked initiative, with the priority that follows from them.

    Its lane is for the caller to conclude, once for all that changes together.
    """
    plain = [field for field in wanted if field not in SETS]
    for field in plain:
        setattr(initiative, field, wanted[field])
    if not wanted.keys().isdisjoint(PRIORITY_PARTS):
        initiative.priority = weighed(initiative)
        plain.append("priority")
    initiative.changed_at = clock.now()
    initiative.clean_fields(exclude=[f.name for f in Initiative._meta.fields if f.name not in plain])
    initiative.save(update_fields=[*plain, "changed_at"])
    for field in wanted.keys() & set(SETS):
        getattr(initiative, field).set(wanted[field])


def weighed(initiative: Initiative) -> Any:
    """The priority by the weights in force."""
    parts = {part: getattr(initiative, part) for part in PRIORITY_PARTS}
    return priority_of(parts, weights_in_force())


def current_value(initiative: Initiative, field: str) -> Any:
    """The value as forms and changes state it: a list of instances for a set, else the attribute."""
    value = getattr(initiative, field)
    return list(value.all()) if field in SETS else value


def same(one: Any, other: Any) -> bool:
    """Whether two values of a field are the same to a person: sets in any order, texts with any line ends."""
    if isinstance(one, list | tuple | models.QuerySet) or isinstance(other, list | tuple | models.QuerySet):
        return {*(one or ())} == {*(other or ())}
    if isinstance(one, str) and isinstance(other, str):
        return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()
    return bool(one == other)


def touch(initiatives: Iterable[int]) -> None:
    """Note that initiatives, or what hangs on them, changed now."""
    Initiative.objects.filter(pk__in=initiatives).update(changed_at=clock.now())


def _check_rights(initiative: Initiative, actor: User, changes: Mapping[str, Change]) -> None:
    if not can_edit(actor, initiative):
        raise PermissionDenied("Its owners and the office may edit this initiative.")
    if not changes.keys().isdisjoint(CLASSIFYING) and not can_classify(actor, initiative):
        raise PermissionDenied("Only the office moves an initiative to another unit or makes it confidential.")
    for field in changes.keys() - set(EDITABLE):
        raise DomainError(f"“{field}” cannot be edited. The stage follows from decisions, owners are assigned.")


def check_conflicts(changes: Mapping[str, Change], current: Mapping[str, Any]) -> None:
    """Raise ConflictError where a field is neither as the person saw it nor already as they want it."""
    seen = {field: change.was for field, change in changes.items()}
    wanted = {field: change.to for field, change in changes.items()}
    refuse_conflicts(seen=seen, present=current, wanted=wanted, same=same)
