"""Files of decisions or readings: read, checked, and landed row by row."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..autonomy_limits import autonomy_limits
from ..inventory_columns import NAME, columns_of, read_cells
from ..models import DecisionClass, DecisionReading, Initiative, InventoryFile
from ..models.stage import ENDED
from ..permissions import changes_nothing, owned_among
from ..row_files import CREATED, REJECTED, UNCHANGED, UPDATED, initiatives_named, read_rows
from .keep_decisions import add_decision_class, edit_decision_class
from .record_readings import record_reading

# Rows of one file: they land while the person waits.
MOST_ROWS = 500


@dataclass(frozen=True)
class Planned:
    """What would become of one row."""

    number: int
    outcome: str
    reason: str
    initiative: Initiative | None = None
    decision: DecisionClass | None = None
    fields: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        return str((self.fields or {}).get(NAME.field, ""))


@transaction.atomic
def upload_inventory(content: bytes, *, file_name: str, kind: str, actor: User) -> InventoryFile:
    """Read a file and keep its rows, with its columns matched by their names. Nothing is in the inventory yet.

    Raises DomainError for a file that cannot be read or is too long.
    """
    _refuse_readers(actor)
    read = read_rows(content, columns_of(kind), file_name=file_name, most=MOST_ROWS)
    file = InventoryFile.objects.create(kind=InventoryFile.Kind(kind), uploaded_by=actor, **read)
    publish("inventory.uploaded", actor=actor, file=file)
    return file


@transaction.atomic
def map_inventory(file: InventoryFile, *, actor: User, mapping: list[str]) -> InventoryFile:
    """Say what each column holds. Raises DomainError for a field named twice, or one that every row needs."""
    file = _open(file, actor)
    fields = {column.field for column in columns_of(file.kind)}
    if len(mapping) != len(file.headers) or not {*mapping} <= fields | {""}:
        raise DomainError("Give each column of the file one of the fields, or leave it out.")
    twice = [field for field, count in Counter(filter(None, mapping)).items() if count > 1]
    if twice:
        labels = {column.field: column.label for column in columns_of(file.kind)}
        raise DomainError(f"Two columns are “{labels[twice[0]]}”. Leave one of them out.")
    file.mapping = mapping
    file.save(update_fields=["mapping"])
    return file


def missing_columns(file: InventoryFile) -> list[str]:
    """The columns without which no row can land."""
    return [each.label for each in columns_of(file.kind) if each.is_required and each.field not in file.mapping]


def planned(file: InventoryFile, viewer: User) -> list[Planned]:
    """What would become of each row if it landed now. A fixed number of queries, and one for each person named."""
    columns = columns_of(file.kind)
    read = [(number, *read_cells(columns, file.mapping, cells)) for number, cells in file.rows]
    initiatives = _initiatives_of(viewer, {str(told.get("initiative", "")) for _, told, _ in read})
    may_edit = owned_among(viewer, initiatives.values())
    decisions = {
        (each.initiative_id, each.name.casefold()): each
        for each in DecisionClass.objects.filter(initiative__in=initiatives.values()).select_related("owner")
    }
    readings = _readings_of(decisions.values()) if file.kind == InventoryFile.Kind.READINGS else {}
    seen: set[Any] = set()
    plan = []
    for number, told, wrong in read:
        initiative = initiatives.get(str(told.get("initiative", "")))
        if initiative is not None and not may_edit(initiative):
            wrong = ["Its owners and the office say what it decides.", *wrong]
        elif initiative is None and "initiative" in told:
            wrong = [f"No initiative here is “{told['initiative'][:80]}”. Give its reference, e.g. AI-0042.", *wrong]
        row = _Row(file.kind, number, told, wrong, initiative, decisions, readings)
        plan.append(row.planned(seen))
    return plan


def land_inventory(file: InventoryFile, *, actor: User) -> InventoryFile:
    """Land the rows that are right, each by the action that a page uses; the others stay with their reasons.

    Raises DomainError where the file landed before, or lacks a column that every row needs.
    """
    with transaction.atomic():
        file = _open(file, actor)
        if missing := missing_columns(file):
            raise DomainError(f"No column is {' or '.join(missing)}.")
        file.outcomes = [*_landed(file, actor)]
        file.landed_at = clock.now()
        file.save(update_fields=["outcomes", "landed_at"])
        publish("inventory.landed", actor=actor, file=file, outcomes=dict(Counter(each[0] for each in file.outcomes)))
    return file


def _landed(file: InventoryFile, actor: User) -> Iterator[list[str]]:
    limits = autonomy_limits() if file.kind == InventoryFile.Kind.READINGS else None
    for row in planned(file, actor):
        if row.outcome not in (CREATED, UPDATED):
            yield [row.outcome, row.reason]
            continue
        try:
            with transaction.atomic():
                _land(row, actor, limits)
        except ValidationError as error:
            yield [REJECTED, " ".join(error.messages)]
        except DomainError as error:
            yield [REJECTED, str(error)]
        else:
            yield [row.outcome, ""]


def _land(row: Planned, actor: User, limits: Any) -> None:
    fields = {name: value for name, value in (row.fields or {}).items() if name != "initiative"}
    assert row.initiative is not None
    if limits is not None:
        del fields["name"]
        assert row.decision is not None
        record_reading(row.decision, actor=actor, limits=limits, **fields)
    elif row.decision is None:
        add_decision_class(row.initiative, actor=actor, **fields)
    else:
        edit_decision_class(row.decision, actor=actor, **fields)


@dataclass(frozen=True)
class _Row:
    """One row with what it is held against."""

    kind: str
    number: int
    told: dict[str, Any]
    wrong: list[str]
    initiative: Initiative | None
    decisions: dict[tuple[int, str], DecisionClass]
    readings: dict[Any, DecisionReading]

    def planned(self, seen: set[Any]) -> Planned:
        if self.wrong or self.initiative is None:
            return self._rejected(*self.wrong)
        key = (self.initiative.pk, self.told["name"].casefold())
        decision = self.decisions.get(key)
        if self.kind == InventoryFile.Kind.READINGS:
            return self._reading(seen, key, decision)
        if key in seen:
            return self._rejected("This decision stands in the file twice.")
        seen.add(key)
        if decision is None:
            return self._as(CREATED)
        is_same = all(getattr(decision, name) == value for name, value in self._facts.items())
        return self._as(UNCHANGED if is_same else UPDATED, decision)

    def _reading(self, seen: set[Any], key: Any, decision: DecisionClass | None) -> Planned:
        if decision is None:
            return self._rejected(f"The initiative has no decision “{self.told['name'][:80]}”.")
        days = (*key, self.told["first_day"], self.told["last_day"])
        if days in seen:
            return self._rejected("These days of the decision stand in the file twice.")
        seen.add(days)
        try:
            reading = DecisionReading(decision_class=decision, initiative=decision.initiative, **self._counts)
            reading.clean()
        except ValidationError as error:
            return self._rejected(*error.messages)
        known = self.readings.get((decision.pk, self.told["first_day"], self.told["last_day"]))
        if known is None:
            return self._as(CREATED, decision)
        is_same = all(getattr(known, name) == value for name, value in self._counts.items())
        return self._as(UNCHANGED if is_same else UPDATED, decision)

    @property
    def _facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.told.items() if name not in ("initiative",)}

    @property
    def _counts(self) -> dict[str, Any]:
        return {name: value for name, value in self._facts.items() if name != "name"}

    def _as(self, outcome: str, decision: DecisionClass | None = None) -> Planned:
        return Planned(self.number, outcome, "", self.initiative, decision, self.told)

    def _rejected(self, *reasons: str) -> Planned:
        return Planned(self.number, REJECTED, " ".join(reasons), self.initiative, None, self.told)


def _initiatives_of(viewer: User, names: set[str]) -> dict[str, Initiative]:
    """The initiatives that cells name, by reference, else by their whole name where only one is called that."""
    running = Initiative.objects.visible_to(viewer).on_register().exclude(stage__in=ENDED)
    plain = running.only("name", "unit_id", "business_owner_id", "technical_owner_id", "risk_owner_id")
    return initiatives_named(plain, names)


def _readings_of(decisions: Any) -> dict[Any, DecisionReading]:
    current = DecisionReading.objects.current().filter(decision_class__in=[each.pk for each in decisions])
    return {(each.decision_class_id, each.first_day, each.last_day): each for each in current}


def _open(file: InventoryFile, actor: User) -> InventoryFile:
    _refuse_readers(actor)
    file = InventoryFile.objects.select_for_update().get(pk=file.pk)
    if file.uploaded_by_id != actor.pk:
        raise PermissionDenied("Only the person who uploaded a file lands it.")
    if file.landed_at:
        raise DomainError("This file has landed. Upload it again: what is there already stays as it is.")
    return file


def _refuse_readers(actor: User) -> None:
    if changes_nothing(actor):
        raise PermissionDenied("Auditors read everything and change nothing.")
