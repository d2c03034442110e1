"""A plan as a table of months and kinds: as a file that goes out and comes back, and as cells pasted from one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from aiso.web.forms import MoneyField

from .importing.dates import DayOrder, Precision, read_date
from .importing.delimited import read_delimited
from .importing.limits import UnreadableFileError, check_size
from .importing.wording import folded
from .importing.workbook import is_workbook, read_workbook
from .models import PlanKind
from .plans import Cells, first_of_month

MONTH = "Month"
# Rows and columns that programs add up by themselves; a plan adds up what it holds.
SUMS = re.compile(r"\s*(sub|grand )?(total|sum)\b", re.IGNORECASE)
CURRENCY = re.compile(r"[€$£¥]|\b(EUR|USD|GBP|CHF|JPY)\b")
YEAR_ALONE = re.compile(r"\s*\d{4}\s*")
NAMES = {
    **{folded(word): kind for kind in PlanKind for word in (kind.label, kind.value.replace("_", " "))},
    "capacity": PlanKind.CAPACITY,
    "build": PlanKind.BUILD_COST,
    "run": PlanKind.RUN_COST,
}
# Mistakes that are told; more help nobody.
TOLD = 20


class PlanSheet:
    """The amounts of a plan, a row a month and a column a kind, as rows of text that come back without loss."""

    title = "Plan"

    def __init__(self, cells: Mapping[tuple[date, str], Decimal]) -> None:
        self.cells = cells

    @property
    def headers(self) -> list[str]:
        return [MONTH, *(str(kind.label) for kind in PlanKind)]

    def lines(self) -> Iterator[list[Any]]:
        for month in sorted({month for month, _ in self.cells}):
            yield [f"{month:%Y-%m}", *(self.cells.get((month, kind)) for kind in PlanKind)]


@dataclass(frozen=True)
class ReadTable:
    """What a table says: amounts, the kinds that it names, and what could not be read, in sentences."""

    amounts: Cells = field(default_factory=dict)
    kinds: list[PlanKind] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def replacing(self, present: Mapping[tuple[date, str], Decimal]) -> dict[tuple[date, str], Decimal | None]:
        """What is to be written so that the kinds named hold what the table says and nothing else."""
        gone = {cell: None for cell in present if cell[1] in self.kinds and cell not in self.amounts}
        return {**gone, **self.amounts}


def read_plan_file(content: bytes) -> ReadTable:
    """The table of a CSV or XLSX file. Raises UnreadableFileError for a file that holds none."""
    check_size(content)
    if not is_workbook(content):
        return read_table(read_delimited(content)[0])
    grids = read_workbook(content)
    if not grids:
        raise UnreadableFileError("The workbook has no visible sheet with anything in it.")
    return read_table(grids[0].cells)


def read_plan_text(text: str) -> ReadTable:
    """The table that was copied out of a spreadsheet program and pasted."""
    return read_table(read_delimited(text.encode())[0])


def read_table(grid: Sequence[Sequence[str]]) -> ReadTable:
    """Months down and kinds across, or the other way round; whatever stands over the heads is left out."""
    for number, row in enumerate(grid, start=1):
        if any(_kind(cell) for cell in row):
            return _read([*map(list, grid[number - 1 :])], number, turned=False)
        if sum(_month(cell) is not None for cell in row[1:]) > 1:
            return _read(_turned(grid[number - 1 :]), number, turned=True)
    return ReadTable(problems=[f"No head names a kind. Use these: {', '.join(kind.label for kind in PlanKind)}."])


def _read(grid: list[list[str]], top: int, *, turned: bool) -> ReadTable:
    """`grid` has the kinds in its first row and a month in the first cell of each other one."""
    table = ReadTable()
    heads = {place: kind for place, cell in enumerate(grid[0]) if place and (kind := _kind(cell))}
    table.kinds.extend(dict.fromkeys(heads.values()))
    unknown = [cell for cell in grid[0][1:] if cell.strip() and not _kind(cell) and not SUMS.match(cell)]
    table.problems.extend(f"“{cell.strip()[:40]}” is no kind of benefit or cost." for cell in unknown)
    if len(heads) > len(table.kinds):
        table.problems.append("A kind stands in two places.")
    seen: set[date] = set()
    for number, row in enumerate(grid[1:], start=1):
        where = f"Column {number + 1}" if turned else f"Row {top + number}"
        _read_month(table, heads, row, where, seen)
    return table


def _read_month(
    table: ReadTable, heads: Mapping[int, PlanKind], row: Sequence[str], where: str, seen: set[date]
) -> None:
    label = row[0].strip() if row else ""
    told = {kind: row[place] for place, kind in heads.items() if place < len(row) and row[place].strip()}
    if SUMS.match(label) or YEAR_ALONE.fullmatch(label) or not (label or told):
        return
    month = _month(label)
    if month is None:
        table.problems.append(f"{where}: “{label[:40]}” is not a month; write it as 2027-03.")
        return
    if month in seen:
        table.problems.append(f"{where}: {month:%Y-%m} stands there twice.")
    seen.add(month)
    for kind, cell in told.items():
        try:
            table.amounts[month, kind] = amount_of(cell)
        except ValidationError as error:
            table.problems.append(f"{where}, {kind.label}: {error.messages[0]}")


def amount_of(text: str) -> Decimal:
    """A sum as people type it. Raises ValidationError."""
    amount: Decimal = MoneyField(min_value=0).clean(CURRENCY.sub("", text).strip())
    return amount


def _kind(cell: str) -> PlanKind | None:
    return NAMES.get(folded(cell).removesuffix(" benefit"))


def _month(cell: str) -> date | None:
    found = read_date(cell, order=DayOrder.DAY_FIRST)
    if found.value is None or found.precision not in (Precision.MONTH, Precision.DAY):
        return None
    return first_of_month(found.value)


def _turned(grid: Sequence[Sequence[str]]) -> list[list[str]]:
    width = max(len(row) for row in grid)
    return [[row[place] if place < len(row) else "" for row in grid] for place in range(width)]
