"""Who is asked for more than they have: hours asked for against hours there are, by function and month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import F, Q

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import Initiative

from .models import FunctionHours, ReviewFunction, SpecialistRequest
from .models.capacity import SpecialistRequestQuerySet

# Months that the board shows, the present one first.
MONTHS = 6
# The share of the hours there are from which a month counts as tight.
TIGHT = Decimal("0.8")
NONE = Decimal(0)
State = SpecialistRequest.State


def month_of(day: date) -> date:
    return day.replace(day=1)


def months_from(first: date, count: int = MONTHS) -> list[date]:
    return [clock.months_later(first, place) for place in range(count)]


@dataclass
class Cell:
    """One function in one month. `there` is None where nobody said how many hours it has."""

    month: date
    there: Decimal | None = None
    agreed: Decimal = NONE
    asked: Decimal = NONE
    initiatives: set[int] = field(default_factory=set)

    @property
    def wanted(self) -> Decimal:
        """Hours agreed and hours that still wait for an answer."""
        return self.agreed + self.asked

    @property
    def share(self) -> Decimal | None:
        """Wanted over there, 1 is full; None where there is nothing to divide by."""
        return self.wanted / self.there if self.there else None

    @property
    def state(self) -> str:
        """`unknown`, `free`, `tight` or `over`."""
        if self.there is None:
            return "unknown" if self.wanted else "free"
        if self.wanted > self.there:
            return "over"
        return "tight" if self.wanted and self.wanted >= TIGHT * self.there else "free"

    @property
    def left(self) -> Decimal:
        return max(NONE, self.there - self.wanted) if self.there is not None else NONE

    @property
    def lacking(self) -> Decimal:
        return max(NONE, self.wanted - self.there) if self.there is not None else NONE


def cells_of(
    months: Sequence[date],
    hours: Iterable[tuple[date, Decimal]],
    requests: Iterable[SpecialistRequest],
) -> list[Cell]:
    """One function's months. `hours` are its entries by the month from which each holds, the earliest first."""
    entries = [*hours]
    cells = []
    for month in months:
        holding = [amount for begins, amount in entries if begins <= month]
        cells.append(Cell(month, holding[-1] if holding else None))
    for request in requests:
        for cell in cells:
            if request.first_month <= cell.month <= request.last_month:
                cell.initiatives.add(request.initiative_id)
                if request.state == State.AGREED:
                    cell.agreed += request.hours
                else:
                    cell.asked += request.hours
    return cells


@dataclass(frozen=True)
class Row:
    """One function on the board."""

    function: ReviewFunction
    cells: list[Cell]


class Board:
    """All functions over some months. Three queries.

    Sums count every initiative, also those that the viewer may not see: they compete for the same people.
    """

    def __init__(self, first: date | None = None, count: int = MONTHS) -> None:
        self.months = months_from(month_of(first or clock.today()), count)

    @cached_property
    def rows(self) -> list[Row]:
        functions = [*ReviewFunction.objects.active()]
        hours: dict[int, list[tuple[date, Decimal]]] = {}
        for entry in FunctionHours.objects.filter(from_month__lte=self.months[-1]).order_by("from_month"):
            hours.setdefault(entry.function_id, []).append((entry.from_month, entry.hours))
        requests: dict[int, list[SpecialistRequest]] = {}
        for request in _in_months(self.months):
            requests.setdefault(request.function_id, []).append(request)
        return [
            Row(function, cells_of(self.months, hours.get(function.pk, ()), requests.get(function.pk, ())))
            for function in functions
        ]

    @property
    def over(self) -> int:
        """How many functions are asked for more than they have, in any of the months."""
        return sum(any(cell.state == "over" for cell in row.cells) for row in self.rows)

    @property
    def competing(self) -> int:
        """How many initiatives ask for people who are asked for too much."""
        return len({pk for row in self.rows for cell in row.cells if cell.state == "over" for pk in cell.initiatives})


@dataclass(frozen=True)
class Competition:
    """One function's month: its cell, the requests that the viewer may see by priority, and hours of the others."""

    function: ReviewFunction
    cell: Cell
    requests: list[SpecialistRequest]
    hidden_hours: Decimal


def competition(viewer: User, function: ReviewFunction, month: date) -> Competition:
    """Who asks for the same people in a month, the highest priority first. Three queries."""
    hours = [*function.hours.filter(from_month__lte=month).order_by("from_month").values_list("from_month", "hours")]
    requests = [*_in_months([month]).filter(function=function)]
    [cell] = cells_of([month], hours, requests)
    visible = {*Initiative.objects.visible_to(viewer).filter(pk__in=cell.initiatives).values_list("pk", flat=True)}
    shown = [each for each in requests if each.initiative_id in visible]
    hidden = sum((each.hours for each in requests if each.initiative_id not in visible), NONE)
    return Competition(function, cell, shown, hidden)


def _in_months(months: Sequence[date]) -> SpecialistRequestQuerySet:
    overlap = Q(first_month__lte=months[-1], last_month__gte=months[0])
    standing = SpecialistRequest.objects.standing().filter(overlap)
    rows = standing.select_related("initiative__unit", "asked_by").defer("initiative__search")
    return rows.order_by(F("initiative__priority").desc(nulls_last=True), "pk")
