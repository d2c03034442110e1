"""One change to many initiatives, and taking it back."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..lane_facts import INPUTS
from ..models import BulkEdit, BulkEditRow, Initiative
from ..models.initiative import OWNERS
from ..permissions import can_assign_owners, can_classify, can_edit
from .assign_owners import assign_owner
from .conclude_lanes import conclude_lanes
from .edit_initiative import CLASSIFYING, FACTS, same, write_fields

# Fields with one value, which many initiatives may well share.
MANY = ("bucket", "workflow", "objective", "use_case_type", *FACTS, *CLASSIFYING, *OWNERS)
# Rows changed in one transaction; more belongs in an import.
MOST = 2000


@transaction.atomic
def edit_many(initiatives: Iterable[int], *, actor: User, field: str, value: Any) -> BulkEdit:
    """Give `field` the same value on many initiatives, all of them or none.

    `value` is an instance where the field names one. Initiatives that have it already are left out.
    Raises PermissionDenied when one of them may not be changed by `actor`, DomainError for a field
    that is not for many, or for more than MOST at once.
    """
    if field not in MANY:
        raise DomainError("This field is changed on one initiative at a time.", field="field")
    rows = _locked(initiatives, actor)
    for initiative in rows:
        if not _may(actor, initiative, field):
            raise PermissionDenied(f"You may not change {initiative.reference}; take it out of the selection.")
    changing = [row for row in rows if not same(getattr(row, field), value)]
    bulk_edit = BulkEdit.objects.create(actor=actor, field=field, value=stored(value))
    BulkEditRow.objects.bulk_create(
        BulkEditRow(bulk_edit=bulk_edit, initiative=row, before=stored(getattr(row, field))) for row in changing
    )
    for row in changing:
        _write(row, actor, field, value)
    _conclude(changing, field)
    publish("initiatives.edited", actor=actor, initiatives=[row.pk for row in changing], field=field)
    return bulk_edit


@transaction.atomic
def undo_bulk_edit(bulk_edit: BulkEdit, *, actor: User) -> tuple[int, int]:
    """Take a bulk edit back where nobody changed the field since. Returns how many went back, and how many did not.

    Raises PermissionDenied for somebody else's edit, DomainError when it was taken back before.
    """
    bulk_edit = BulkEdit.objects.select_for_update().get(pk=bulk_edit.pk)
    if bulk_edit.actor_id != actor.pk:
        raise PermissionDenied("Only the person who made a change takes it back.")
    if bulk_edit.undone_at:
        raise DomainError("This change has been taken back already.")
    before = dict(bulk_edit.rows.values_list("initiative", "before"))
    rows = _locked(before, actor)
    back = [
        row
        for row in rows
        if stored(getattr(row, bulk_edit.field)) == bulk_edit.value and _may(actor, row, bulk_edit.field)
    ]
    for row in back:
        _write(row, actor, bulk_edit.field, _loaded(bulk_edit.field, before[row.pk]))
    _conclude(back, bulk_edit.field)
    bulk_edit.undone_at = clock.now()
    bulk_edit.save(update_fields=["undone_at"])
    publish("initiatives.edit_undone", actor=actor, initiatives=[row.pk for row in back], field=bulk_edit.field)
    return len(back), len(before) - len(back)


def stored(value: Any) -> Any:
    """A field's value as JSON holds it: an instance by its id."""
    return value.pk if isinstance(value, models.Model) else value


def _loaded(field: str, value: Any) -> Any:
    model_field = Initiative._meta.get_field(field)
    if value is not None and isinstance(model_field, models.ForeignKey):
        return model_field.related_model._default_manager.get(pk=value)
    return value


def _locked(initiatives: Iterable[int], actor: User) -> list[Initiative]:
    wanted = {*initiatives}
    if len(wanted) > MOST:
        raise DomainError(f"At most {MOST:,} initiatives at once; narrow the selection.")
    visible = Initiative.objects.visible_to(actor).filter(pk__in=wanted).order_by("pk")
    return list(visible.select_for_update(of=["self"]).select_related("unit"))


def _may(actor: User, initiative: Initiative, field: str) -> bool:
    if field in OWNERS:
        return can_assign_owners(actor, initiative)
    return can_classify(actor, initiative) if field in CLASSIFYING else can_edit(actor, initiative)


def _write(initiative: Initiative, actor: User, field: str, value: Any) -> None:
    if field in OWNERS:
        assign_owner(initiative, actor=actor, kind=field.removesuffix("_owner"), person=value)
    else:
        write_fields(initiative, {field: value})


def _conclude(rows: list[Initiative], field: str) -> None:
    if field in INPUTS:
        conclude_lanes(row.pk for row in rows)
