"""Files of costs, as finance systems give them month by month: read, checked, and posted, nothing twice."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.inventory_columns import read_cells
from portfolio.models import Initiative
from portfolio.row_files import (
    CREATED,
    REJECTED,
    UNCHANGED,
    check_columns,
    hold_unlanded,
    initiatives_named,
    keep_outcomes,
    read_rows,
)
from stagegates.actions.land_spending import may_upload

from ..cost_columns import COST_COLUMNS
from ..models import CostFile, LedgerEntry
from ..permissions import POSTING, can_post
from ..posting import Ground, NewEntry, is_same
from .post import TAKEN, hold_months, post_costs

UPLOADING = "Finance imports costs, where its reach includes the unit."
# Rows of one file: they land while the person waits.
MOST_ROWS = 10_000


@dataclass(frozen=True)
class PlannedCost:
    """What would become of one row."""

    number: int
    outcome: str
    reason: str = ""
    initiative: Initiative | None = None
    asked: NewEntry | None = None
    entry: LedgerEntry | None = None


@transaction.atomic
def upload_costs(content: bytes, *, file_name: str, actor: User) -> CostFile:
    """Read a file and keep its rows. Nothing is posted yet. Raises PermissionDenied for all but finance, DomainError
    for a file that cannot be read, is too long, or lacks a column that every row needs.
    """
    if not may_upload(actor):
        raise PermissionDenied(UPLOADING)
    read = read_rows(content, COST_COLUMNS, file_name=file_name, most=MOST_ROWS)
    check_columns(COST_COLUMNS, read["mapping"], "A file of costs")
    file = CostFile.objects.create(uploaded_by=actor, **read)
    publish("costs.uploaded", actor=actor, file=file)
    return file


def planned_costs(file: CostFile, viewer: User) -> list[PlannedCost]:
    """What would become of each row if it landed now. Six queries."""
    read = [(number, *read_cells(COST_COLUMNS, file.mapping, cells)) for number, cells in file.rows]
    rows = [_Row(number, wrong, str(told.pop("initiative", "")), told) for number, told, wrong in read]
    ground = _Ground.of(viewer, {row.name for row in rows}, [row.asked for row in rows if row.asked])
    return [ground.planned(row) for row in rows]


def land_costs(file: CostFile, *, actor: User) -> CostFile:
    """Post the rows that are right, all at once; the others stay with their reasons.

    Raises PermissionDenied for anybody but its uploader, DomainError where it landed before.
    """
    with transaction.atomic():
        file = hold_unlanded(file, actor=actor, may=may_upload)
        plan = planned_costs(file, actor)
        # Planned anew once nobody else posts on them, so that what was right still is.
        _hold({row.initiative.pk for row in plan if row.initiative})
        plan = planned_costs(file, actor)
        post_costs([(row.initiative, row.asked) for row in plan if row.outcome == CREATED], actor=actor)  # type: ignore[misc]
        outcomes = keep_outcomes(file, [[row.outcome, row.reason] for row in plan])
        publish("costs.landed", actor=actor, file=file, outcomes=outcomes)
    return file


def _hold(initiatives: Iterable[int]) -> None:
    rows = Initiative.objects.select_for_update(of=["self"]).filter(pk__in=initiatives).order_by("pk")
    [*rows.values_list("pk")]
    hold_months()


@dataclass(frozen=True)
class _Row:
    """One row as it was read: what is wrong with it, the initiative that it names, and what else it says."""

    number: int
    wrong: list[str]
    name: str
    told: dict[str, Any]

    @cached_property
    def asked(self) -> NewEntry | None:
        """What it asks; without a key of its own, what it says names it: uploaded again, it is the same one."""
        if self.wrong:
            return None
        said = {name: value for name, value in self.told.items() if value}
        text = "|".join(f"{name}={said[name]}" for name in sorted(said))
        key = said.pop("key", "") or f"row:{hashlib.sha256(text.encode()).hexdigest()[:40]}"
        return NewEntry(key=key, **said)


@dataclass(frozen=True)
class _Ground:
    """What rows are held against: the initiatives they name, what is posted on them, and the rows before."""

    viewer: User
    named: dict[str, Initiative]
    known: dict[tuple[int, str], LedgerEntry]
    ground: Ground
    seen: set[tuple[int, str]] = field(default_factory=set)
    may: dict[int, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, viewer: User, names: set[str], asked: list[NewEntry]) -> "_Ground":
        named = initiatives_named(Initiative.objects.visible_to(viewer).defer("search"), names)
        rows = LedgerEntry.objects.filter(initiative__in=[*named.values()], key__in={each.key for each in asked})
        known = {(each.initiative_id, each.key): each for each in rows.select_related("method", "metric")}
        return cls(viewer, named, known, Ground(asked))

    def planned(self, row: _Row) -> PlannedCost:
        initiative = self.named.get(row.name)
        if row.asked is None or initiative is None:
            unfound = f"No initiative that you see is “{row.name[:80]}”. Give its reference, e.g. AI-0042."
            return PlannedCost(row.number, REJECTED, " ".join(row.wrong) or unfound)
        try:
            entry = self._new_entry(initiative, row.asked)
        except DomainError as error:
            return PlannedCost(row.number, REJECTED, str(error))
        return PlannedCost(row.number, CREATED if entry else UNCHANGED, "", initiative, row.asked, entry)

    def _new_entry(self, initiative: Initiative, asked: NewEntry) -> LedgerEntry | None:
        """What would be posted; nothing where it is already. Raises DomainError for a row that cannot be posted."""
        if initiative.pk not in self.may:
            self.may[initiative.pk] = can_post(self.viewer, initiative)
        if not self.may[initiative.pk]:
            raise DomainError(POSTING)
        named = (initiative.pk, asked.key)
        if named in self.seen:
            raise DomainError("This booking stands in the file twice.")
        self.seen.add(named)
        if earlier := self.known.get(named):
            if not is_same(earlier, asked):
                raise DomainError(TAKEN)
            return None
        return self.ground.drawn(initiative, asked, self.viewer)
