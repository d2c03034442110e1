"""The office's short lists: buckets, workflows, tags and the like. Objectives are configuration."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso.accounts.models import User
from aiso.accounts.permissions import can_manage_lists
from aiso.conflicts import changes_to_make
from aiso.events.outbox import publish

from ..models.lists import NamedEntry


@transaction.atomic
def add_entry(model: type[NamedEntry], *, actor: User, **fields: Any) -> NamedEntry:
    """Add an entry to a list. Raises ValidationError for a name that is there, in any case of letters."""
    _may_keep(actor)
    entry = model(**fields)
    entry.full_clean()
    entry.save()
    publish("list.entry_added", actor=actor, list=model._meta.model_name, entry=entry)
    return entry


@transaction.atomic
def edit_entry[E: NamedEntry](entry: E, *, actor: User, seen: Mapping[str, Any] | None = None, **fields: Any) -> E:
    """Rename, describe, retire or bring back an entry; initiatives keep it either way.

    `seen` is what the actor saw; ConflictError tells what somebody else changed since. Changing
    nothing leaves no event.
    """
    _may_keep(actor)
    entry = type(entry)._default_manager.select_for_update(of=["self"]).get(pk=entry.pk)  # type: ignore[assignment]
    changed = changes_to_make(entry, seen=seen or {}, wanted=fields)
    for name, value in changed.items():
        setattr(entry, name, value)
    entry.full_clean()
    entry.save(update_fields=[*changed])
    if changed:
        publish("list.entry_edited", actor=actor, list=entry._meta.model_name, entry=entry, fields=sorted(changed))
    return entry


def _may_keep(actor: User) -> None:
    if not can_manage_lists(actor):
        raise PermissionDenied("The office keeps the lists.")
