"""The register of tools and suppliers, and what each function says of a tool."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.conflicts import changes_to_make, refuse_conflicts
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..models import Clearance, Supplier, Tool
from ..models.lists import NamedEntry
from ..permissions import can_clear, can_keep_tools


@transaction.atomic
def add_tool(*, actor: User, **fields: Any) -> Tool:
    """Add a tool, cleared by nobody yet. Raises ValidationError for a name that is there, in any case of letters."""
    return _added(Tool(**fields), actor, "tool.added")


@transaction.atomic
def edit_tool(tool: Tool, *, actor: User, seen: Mapping[str, Any] | None = None, **fields: Any) -> Tool:
    """Change what is said of a tool, retire it or bring it back. `seen` as in `edit_entry`."""
    return _edited(tool, actor, "tool.edited", seen, fields)


@transaction.atomic
def add_supplier(*, actor: User, **fields: Any) -> Supplier:
    """Add a supplier. Raises ValidationError for a name that is there, in any case of letters."""
    return _added(Supplier(**fields), actor, "supplier.added")


@transaction.atomic
def edit_supplier(supplier: Supplier, *, actor: User, seen: Mapping[str, Any] | None = None, **fields: Any) -> Supplier:
    """Change what is said of a supplier, retire it or bring it back. `seen` as in `edit_entry`."""
    return _edited(supplier, actor, "supplier.edited", seen, fields)


@transaction.atomic
def clear_tool(
    tool: Tool,
    *,
    actor: User,
    function: str,
    status: str,
    decided_on: date | None = None,
    expires_on: date | None = None,
    note: str = "",
    seen: Mapping[str, Any] | None = None,
) -> Clearance:
    """Record what a function says of a tool since a day, today by default, in place of what it said before.

    `seen` is what the actor saw that it said. Raises PermissionDenied unless `actor` reviews for that function
    or keeps the register, DomainError for a day to come or a refusal without a note, ValidationError for an end
    before the beginning, ConflictError where somebody else recorded something else meanwhile.
    """
    tool = Tool.objects.select_for_update(of=["self"]).get(pk=tool.pk)
    if function not in Clearance.Function.values:
        raise DomainError("Legal, procurement and security clear a tool.", field="function")
    if not can_clear(actor, function):
        raise PermissionDenied("The reviewers of this function and the office record what it says.")
    decided_on = decided_on or clock.today()
    if decided_on > clock.today():
        raise DomainError("This day is still to come.", field="decided_on")
    if status == Clearance.Status.REFUSED and not note.strip():
        raise DomainError("Say why it is refused.", field="note")
    said = {"status": status, "decided_on": decided_on, "expires_on": expires_on, "note": note.strip()}
    clearance = _recorded(tool, function, actor, said, seen or {})
    publish("tool.cleared", actor=actor, tool=tool, function=function, status=status)
    return clearance


def _recorded(tool: Tool, function: str, actor: User, said: dict[str, Any], seen: Mapping[str, Any]) -> Clearance:
    """Store what a function says. It is one statement: a change of any part of it since it was seen is a conflict."""
    clearance = tool.clearances.filter(function=function).first()
    if clearance:
        refuse_conflicts(seen=seen, present={name: getattr(clearance, name) for name in said}, wanted=said)
    clearance = clearance or Clearance(tool=tool, function=function)
    for name, value in said.items():
        setattr(clearance, name, value)
    clearance.recorded_by, clearance.recorded_at = actor, clock.now()
    clearance.full_clean()
    clearance.save()
    return clearance


def _added[E: Tool | Supplier](entry: E, actor: User, event: str) -> E:
    _may_keep(actor)
    entry.full_clean()
    entry.save()
    publish(event, actor=actor, entry=entry)
    return entry


def _edited[E: Tool | Supplier](
    entry: E, actor: User, event: str, seen: Mapping[str, Any] | None, fields: Mapping[str, Any]
) -> E:
    _may_keep(actor)
    return change_kept(entry, actor, event, seen, fields)


def change_kept[E: NamedEntry](
    entry: E, actor: User, event: str, seen: Mapping[str, Any] | None, fields: Mapping[str, Any]
) -> E:
    """Change an entry of a register for somebody who keeps it. `seen` as in `edit_entry`."""
    entry = type(entry)._default_manager.select_for_update(of=["self"]).get(pk=entry.pk)  # type: ignore[assignment]
    changed = changes_to_make(entry, seen=seen or {}, wanted=fields)
    for name, value in changed.items():
        setattr(entry, name, value)
    entry.full_clean()
    entry.save(update_fields=[*changed])
    if changed:
        publish(event, actor=actor, entry=entry, fields=sorted(changed))
    return entry


def _may_keep(actor: User) -> None:
    if not can_keep_tools(actor):
        raise PermissionDenied("The office and the procurement reviewers keep the register of tools.")
