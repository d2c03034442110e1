"""The first version of a plan, as the answers of a request give it: rough, and refined later."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from aiso import clock

from .forms.intake import BENEFITS_ASKED
from .models import PlanKind
from .plans import YEAR, Cells, first_of_month, months_from

# Years that a first plan foresees.
YEARS = 3
CENT = Decimal("0.01")


def first_amounts(told: Mapping[str, Any]) -> Cells:
    """The amounts by month: benefits and run cost over three years, build cost until the benefit begins."""
    begins = told.get("benefit_from")
    cells: Cells = {}
    if begins:
        yearly = {kind: told.get(name) for kind, name in BENEFITS_ASKED.items()} | {
            PlanKind.RUN_COST: told.get("run_cost")
        }
        for kind, amount in yearly.items():
            for year in range(YEARS if amount else 0):
                cells |= _spread(kind, amount, clock.months_later(begins, year * YEAR), YEAR)
    if told.get("build_cost"):
        months = _building(told.get("starts_on"), begins)
        cells |= _spread(PlanKind.BUILD_COST, told["build_cost"], months[0], len(months))
    return cells


def first_days(told: Mapping[str, Any]) -> dict[str, date]:
    days = {"starts_on": told.get("starts_on"), "in_use_on": told.get("wanted_on")}
    return {name: day for name, day in days.items() if day}


def _building(starts: date | None, begins: date | None) -> list[date]:
    """The months from the start of the work until the benefit begins; one at least."""
    first = first_of_month(starts or clock.today())
    if begins is None:
        return [first]
    return months_from(first, clock.months_later(begins, -1))[: YEAR * YEARS] or [min(first, begins)]


def _spread(kind: str, amount: Any, first: date, count: int) -> Cells:
    """A sum over months, to the cent: what does not divide falls into the last one."""
    share = (amount / count).quantize(CENT, ROUND_DOWN)
    months = months_from(first, clock.months_later(first, count - 1))
    cells: Cells = {(month, kind): share for month in months}
    cells[months[-1], kind] += amount - share * count
    return cells
