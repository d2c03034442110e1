from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ...importing.catalogue import columns
from ...importing.dates import read_date
from ...importing.interpret import MAPPED_KINDS
from ...importing.wording import folded
from ...models import ValueMapEntry
from ...permissions import can_edit_value_maps


def legal_values(kind: str) -> list[str]:
    """Our words for a kind, in their order; empty where any date or any organisation may stand."""
    if kind in (ValueMapEntry.Kind.DATE, ValueMapEntry.Kind.ORGANISATION):
        return []
    column = next(key for key, mapped in MAPPED_KINDS.items() if mapped == kind)
    return [choice.value for choice in columns()[column].choices]


@transaction.atomic
def edit_value_map(entry: ValueMapEntry, *, actor: User, value: str) -> ValueMapEntry:
    """Say what a spelling stands for in every later import; empty leaves it to what is found by itself.

    Raises DomainError for a value that is none of ours.
    """
    if not can_edit_value_maps(actor):
        raise PermissionDenied("The office decides how words in files are read.")
    entry = ValueMapEntry.objects.select_for_update().get(pk=entry.pk)
    entry.value = _checked(entry.kind, value.strip())
    entry.edited_by, entry.edited_at = actor, clock.now()
    entry.save(update_fields=["value", "edited_by", "edited_at"])
    publish("value_map.edited", actor=actor, entry=entry, value=entry.value)
    return entry


@transaction.atomic
def add_value_map(*, actor: User, kind: str, raw: str, value: str) -> ValueMapEntry:
    """Map a spelling that no file has held yet. Raises DomainError when it is there already."""
    if not can_edit_value_maps(actor):
        raise PermissionDenied("The office decides how words in files are read.")
    spelling = folded(raw)[:300]
    if not spelling:
        raise DomainError("Type the word as it stands in files.", field="raw")
    if ValueMapEntry.objects.filter(kind=kind, folded=spelling).exists():
        raise DomainError("This spelling is on the list already; change it there.", field="raw")
    entry = ValueMapEntry.objects.create(kind=kind, raw=raw.strip()[:300], folded=spelling)
    return edit_value_map(entry, actor=actor, value=value)


def _checked(kind: str, value: str) -> str:
    if not value:
        return ""
    if kind == ValueMapEntry.Kind.DATE:
        if read_date(value).value is None:
            raise DomainError("Write a date, a month or a year, for instance 2021-06-30 or 2021.", field="value")
        return value
    if kind == ValueMapEntry.Kind.ORGANISATION:
        if not BusinessUnit.objects.filter(name=value).exists():
            raise DomainError("Choose one of the business units.", field="value")
        return value
    if value not in legal_values(kind):
        raise DomainError("Choose one of our values.", field="value")
    return value
