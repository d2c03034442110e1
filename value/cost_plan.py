"""What would become of rows of costs: each held against initiatives, cost centres, rules and what is posted. Writes
nothing.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.db import connection

from aiso.accounts.models import User
from aiso.errors import DomainError
from portfolio.inventory_columns import read_cells
from portfolio.models import Initiative
from portfolio.row_files import CREATED, REJECTED, UNCHANGED, initiatives_named

from .cost_columns import COST_COLUMNS
from .models import CostCentreMapping, CostFile, LedgerEntry, SharedCost
from .models.ledger import BY_CENTRE
from .permissions import POSTING, can_post
from .posting import Ground, NewEntry, is_same
from .sharing import UNREAD, Centres, SharingGround, Split, centre_key, is_same_cost

TAKEN = "This key names another entry of this initiative already."
TAKEN_BY_CENTRE = "This key names another booking of this cost centre already."
TWICE = "This booking stands in the file twice."
# What names a booking: its initiative, or none where a cost centre leads to it, and its key.
type Named = tuple[int, str]
type Cells = Sequence[tuple[int, Sequence[str]]]
PAIRS = """
    SELECT e.id FROM unnest(%s::bigint[], %s::text[]) AS a(initiative, key)
    JOIN value_ledgerentry AS e ON e.initiative_id = a.initiative AND e.key = a.key AND e.key <> ''
"""


@dataclass(frozen=True)
class PlannedCost:
    """What would become of one row: an entry, or a cost that several initiatives share."""

    number: int
    outcome: str
    reason: str = ""
    initiative: Initiative | None = None
    entry: LedgerEntry | None = None
    split: Split | None = None

    @property
    def whole(self) -> LedgerEntry | SharedCost | None:
        """What a page shows of it."""
        return self.split.cost if self.split else self.entry


@dataclass(frozen=True)
class CostRow:
    """One row as it was read: what is wrong with it, the initiative or cost centre it names, and what else it says."""

    number: int
    wrong: list[str]
    name: str
    centre: str
    told: dict[str, Any]

    @cached_property
    def asked(self) -> NewEntry | None:
        """What it asks; without a key of its own, what it says names it: uploaded again, it is the same one."""
        if self.wrong:
            return None
        said = {name: value for name, value in self.told.items() if value}
        return NewEntry(key=said.pop("key", "") or _key_of(said), **said)

    @property
    def by_centre(self) -> str:
        """The cost centre that leads to its initiatives; where it names one itself, that holds."""
        return "" if self.name else self.centre


def _key_of(said: dict[str, Any]) -> str:
    text = "|".join(f"{name}={said[name]}" for name in sorted(said))
    return f"row:{hashlib.sha256(text.encode()).hexdigest()[:40]}"


def read_cost_rows(file: CostFile, cells: Cells) -> list[CostRow]:
    rows = []
    for number, told_cells in cells:
        told, wrong = read_cells(COST_COLUMNS, file.mapping, told_cells)
        name, centre = str(told.pop("initiative", "")), str(told.pop("centre", ""))
        rows.append(CostRow(number, wrong, name, centre, told))
    return rows


def planned_costs(file: CostFile, viewer: User, cells: Cells | None = None) -> list[PlannedCost]:
    """What would become of each row if it landed now; of all rows, or of some. Six queries, ten with cost centres."""
    rows = read_cost_rows(file, file.rows if cells is None else cells)
    return CostPlan(viewer, rows).planned()


class CostPlan:
    """What rows are held against: the initiatives and cost centres they name, what is posted, and the rows before.

    `seen` carries what earlier rows of the file named from one lot of rows to the next. Where nobody looks at the
    entries they are checked and not drawn, which is quicker.
    """

    def __init__(
        self, viewer: User, rows: Sequence[CostRow], seen: set[Named] | None = None, *, is_drawn: bool = True
    ) -> None:
        self.viewer, self.rows, self.is_drawn = viewer, rows, is_drawn
        self.seen: set[Named] = set() if seen is None else seen
        asked = [row.asked for row in rows if row.asked]
        self.centres = Centres(row.by_centre for row in rows)
        self.sharing = SharingGround(viewer, self.centres.rules) if self.centres.rules else None
        visible = Initiative.objects.visible_to(viewer).defer(*UNREAD)
        self.named = initiatives_named(visible, {row.name for row in rows} - {""})
        self.mapped = visible.in_bulk(self.centres.initiatives) if self.centres.initiatives else {}
        self.ground = Ground(asked)
        self.known = _known(self._pairs())
        self.booked = _booked({centre_key(row.by_centre, row.asked.key) for row in rows if row.asked and row.by_centre})
        self._may: dict[int, bool] = {}

    @property
    def initiatives(self) -> set[int]:
        """All on which rows may be posted."""
        shared = self.sharing.initiatives if self.sharing else set()
        return {each.pk for each in self.named.values()} | {*self.mapped} | shared

    def planned(self) -> list[PlannedCost]:
        return [self._planned(row) for row in self.rows]

    def note(self) -> None:
        """Keep in mind what rows name that landed before."""
        for row in self.rows:
            if row.asked and row.by_centre:
                self.seen.add((0, centre_key(row.by_centre, row.asked.key)))
            elif row.asked and row.name in self.named:
                self.seen.add((self.named[row.name].pk, row.asked.key))

    def _pairs(self) -> Iterable[Named]:
        for row in self.rows:
            if row.asked is None:
                continue
            if row.name in self.named:
                yield self.named[row.name].pk, row.asked.key
            elif row.by_centre and (mapping := self._mapping(row)) and mapping.initiative_id:
                yield mapping.initiative_id, row.asked.key

    def _mapping(self, row: CostRow) -> CostCentreMapping | None:
        try:
            return self.centres.mapped(row.by_centre, self._day(row))
        except DomainError:
            return None

    @staticmethod
    def _day(row: CostRow) -> date:
        assert row.asked is not None
        return row.asked.dated_on

    def _planned(self, row: CostRow) -> PlannedCost:
        if row.asked is None:
            return PlannedCost(row.number, REJECTED, " ".join(row.wrong))
        try:
            return self._by_centre(row, row.asked) if row.by_centre else self._by_name(row, row.asked)
        except DomainError as error:
            return PlannedCost(row.number, REJECTED, str(error))

    def _by_name(self, row: CostRow, asked: NewEntry) -> PlannedCost:
        initiative = self.named.get(row.name)
        if initiative is None:
            if not row.name:
                raise DomainError("Initiative or cost centre is missing.")
            raise DomainError(f"No initiative that you see is “{row.name[:80]}”. Give its reference, e.g. AI-0042.")
        self._check(initiative)
        named = (initiative.pk, asked.key)
        self._see(named)
        if earlier := self.known.get(named):
            if not is_same(earlier, asked):
                raise DomainError(TAKEN)
            return PlannedCost(row.number, UNCHANGED, "", initiative)
        return PlannedCost(row.number, CREATED, "", initiative, self._entry(initiative, asked))

    def _by_centre(self, row: CostRow, asked: NewEntry) -> PlannedCost:
        mapping = self.centres.mapped(row.by_centre, asked.dated_on)
        booking = replace(asked, key=centre_key(row.by_centre, asked.key))
        self._see((0, booking.key))
        if earlier := self.booked.get(booking.key) or self.known.get((mapping.initiative_id or 0, asked.key)):
            if not is_same_cost(earlier, asked):
                raise DomainError(TAKEN_BY_CENTRE)
            return PlannedCost(row.number, UNCHANGED, "")
        if mapping.rule:
            assert self.sharing is not None
            return PlannedCost(row.number, CREATED, split=self.sharing.drawn(mapping.rule, booking, self.ground))
        initiative = self.mapped.get(mapping.initiative_id)
        if initiative is None:
            raise DomainError(f"Cost centre {row.by_centre} belongs to an initiative that you do not see.")
        self._check(initiative)
        return PlannedCost(row.number, CREATED, "", initiative, self._entry(initiative, booking))

    def _entry(self, initiative: Initiative, asked: NewEntry) -> LedgerEntry | None:
        if self.is_drawn:
            return self.ground.drawn(initiative, asked, self.viewer)
        self.ground.told(initiative, asked)
        return None

    def _see(self, named: Named) -> None:
        if named in self.seen:
            raise DomainError(TWICE)
        self.seen.add(named)

    def _check(self, initiative: Initiative) -> None:
        if initiative.pk not in self._may:
            self._may[initiative.pk] = can_post(self.viewer, initiative)
        if not self._may[initiative.pk]:
            raise DomainError(POSTING)


def _known(pairs: Iterable[Named]) -> dict[Named, LedgerEntry]:
    """The entries that stand under keys of initiatives. Asked pair by pair: two long lists would be crossed."""
    named = [*pairs]
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, [[initiative for initiative, _ in named], [key for _, key in named]])
        ids = [pk for (pk,) in cursor.fetchall()]
    rows = LedgerEntry.objects.select_related("method", "metric").in_bulk(ids) if ids else {}
    return {(each.initiative_id, each.key): each for each in rows.values()}


def _booked(keys: set[str]) -> dict[str, LedgerEntry | SharedCost]:
    """What cost centres booked under keys before, wherever it went. Two queries, none without keys."""
    if not keys:
        return {}
    entries = LedgerEntry.objects.filter(key__startswith=BY_CENTRE, key__in=keys)
    found: dict[str, LedgerEntry | SharedCost] = {each.key: each for each in entries}
    return found | {each.key: each for each in SharedCost.objects.filter(key__in=keys)}
