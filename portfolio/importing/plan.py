"""How the rows of one file are read, what its columns agree on, and what one row was found to say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .catalogue import Kind, columns
from .dates import FEDERAL_FISCAL_YEAR_START, DayOrder, day_order

SHARE_OF_PATHS = 0.5  # of a column's cells that must have a slash for it to part units


@dataclass(frozen=True)
class Problem:
    """A cell that could not be taken as what its column should hold."""

    header: str
    cell: str
    reason: str


@dataclass(frozen=True)
class Plan:
    """How the rows of one file are read. `overrides` are the office's value maps: kind and folded cell to value."""

    headers: Sequence[str]
    mapping: Sequence[str]
    as_of: date
    today: date
    conventions: Mapping[str, str] = field(default_factory=dict)
    fiscal_start: int = FEDERAL_FISCAL_YEAR_START
    overrides: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def order(self, key: str) -> DayOrder:
        return DayOrder(self.conventions.get(key, DayOrder.MONTH_FIRST))

    def places(self, key: str) -> list[int]:
        return [place for place, column in enumerate(self.mapping) if column == key]


@dataclass
class Reading:
    """What a row says. `values` are the initiative's own, `facts` what else is known of it."""

    name: str = ""
    external_id: str = ""
    reference: str = ""
    unit: list[str] = field(default_factory=list)
    unit_short: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def conventions(mapping: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """What the cells of each column agree on: the order of day and month, and whether a slash parts units."""
    found: dict[str, str] = {}
    dates = [place for place, key in enumerate(mapping) if key in columns() and columns()[key].kind is Kind.DATE]
    together = day_order(row[place] for place in dates for row in rows)
    for place in dates:
        found[mapping[place]] = day_order((row[place] for row in rows), together)
    for place, key in enumerate(mapping):
        if key == "agency_bureau" and _are_paths([row[place].strip() for row in rows]):
            found[key] = "/"
    return found


def _are_paths(cells: Sequence[str]) -> bool:
    """`HHS/ACF` and `HHS/NIH/NCI` begin with one whole; `BC/BCP` and `BE/BC` only list several units."""
    parted = [cell.split("/")[0].strip() for cell in cells if "/" in cell]
    return len(parted) > 1 and len(set(parted)) == 1 and len(parted) >= SHARE_OF_PATHS * sum(map(bool, cells))
