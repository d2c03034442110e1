"""The tree of business units."""

from collections.abc import Mapping
from typing import Any

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from aiso.conflicts import changes_to_make
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..models import BusinessUnit, User
from ..permissions import can_manage_units

# Any number that nothing else in this database locks by.
TREE = 20_260_001


@transaction.atomic
def add_unit(*, actor: User, name: str, parent: BusinessUnit | None = None, short_name: str = "") -> BusinessUnit:
    """Add a unit below another, or at the top. Raises ValidationError for a name that stands there already."""
    _may_manage(actor)
    if parent and not BusinessUnit.objects.active().filter(pk=parent.pk).exists():
        raise DomainError(f"{parent} is retired. Choose a unit in use.", field="parent")
    unit = BusinessUnit(name=name.strip(), short_name=short_name.strip(), parent=parent)
    unit.full_clean()
    unit.save()
    publish("unit.added", actor=actor, unit=unit)
    return unit


@transaction.atomic
def rename_unit(
    unit: BusinessUnit, *, actor: User, name: str, short_name: str = "", seen: Mapping[str, Any] | None = None
) -> BusinessUnit:
    """Give a unit another name. ConflictError tells what somebody else called it since it was `seen`."""
    _may_manage(actor)
    unit = BusinessUnit.objects.select_for_update().get(pk=unit.pk)
    wanted = {"name": name.strip(), "short_name": short_name.strip()}
    changed = changes_to_make(unit, seen=seen or {}, wanted=wanted)
    for field, value in changed.items():
        setattr(unit, field, value)
    unit.full_clean()
    unit.save(update_fields=[*changed])
    if changed:
        publish("unit.renamed", actor=actor, unit=unit)
    return unit


@transaction.atomic
def move_unit(unit: BusinessUnit, *, actor: User, to: BusinessUnit | None, reason: str = "") -> BusinessUnit:
    """Put a unit, with all below it, under another one or at the top.

    Roles limited to a unit reach what is below it, so a move changes who may do what. Raises
    DomainError for a place inside the unit itself, ValidationError where its name stands already.
    """
    _may_manage(actor)
    _one_at_a_time()
    unit = BusinessUnit.objects.select_for_update().get(pk=unit.pk)
    if to and to.pk in BusinessUnit.objects.and_below([unit.pk]):
        raise DomainError(f"{to} is {unit} itself or below it. Choose a place outside.", field="to")
    if to and not BusinessUnit.objects.active().filter(pk=to.pk).exists():
        raise DomainError(f"{to} is retired. Choose a unit in use.", field="to")
    if unit.parent_id == (to and to.pk):
        raise DomainError(f"{unit} is there already.", field="to")
    unit.parent = to
    unit.full_clean()
    with pghistory.context(**({"reason": reason} if reason else {})):
        unit.save(update_fields=["parent"])
    publish("unit.moved", actor=actor, unit=unit, to=to)
    return unit


@transaction.atomic
def retire_unit(unit: BusinessUnit, *, actor: User) -> BusinessUnit:
    """Take a unit out of use: it is offered nowhere, and everything in it stays. Below it nothing may be in use."""
    _may_manage(actor)
    _one_at_a_time()
    unit = BusinessUnit.objects.select_for_update().get(pk=unit.pk)
    if not unit.is_active:
        raise DomainError(f"{unit} is retired already.")
    if unit.children.filter(is_active=True).exists():
        raise DomainError(f"Units below {unit} are in use. Move or retire those first.")
    unit.is_active = False
    unit.save(update_fields=["is_active"])
    publish("unit.retired", actor=actor, unit=unit)
    return unit


@transaction.atomic
def bring_back_unit(unit: BusinessUnit, *, actor: User) -> BusinessUnit:
    """Put a retired unit into use again. Raises DomainError when the one above it is retired."""
    _may_manage(actor)
    _one_at_a_time()
    unit = BusinessUnit.objects.select_for_update(of=["self"]).select_related("parent").get(pk=unit.pk)
    if unit.is_active:
        raise DomainError(f"{unit} is in use already.")
    if unit.parent and not unit.parent.is_active:
        raise DomainError(f"{unit.parent}, above it, is retired. Bring that back first.")
    unit.is_active = True
    unit.save(update_fields=["is_active"])
    publish("unit.brought_back", actor=actor, unit=unit)
    return unit


def _may_manage(actor: User) -> None:
    if not can_manage_units(actor):
        raise PermissionDenied("An office lead for the whole company keeps the business units.")


def _one_at_a_time() -> None:
    """Two moves at once could close a loop that neither sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE])
