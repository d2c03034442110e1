"""Value against feasibility, a mark for each initiative: what to take up first.

Both are whole numbers from 1 to 5, so that there are 25 places. The marks of a place stand in it in rows, the highest
priority first; where more stand than there is room for, the rest is a number that leads to them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from .models import Bucket, Initiative
from .models.initiative import RANK_KEY
from .ranking import Ranking

# The drawing in its own units: five places each way, a gap between the halves, a strip above each half for its name.
WIDE, TALL, GAP, STRIP, LEFT, TOP = 104, 92, 12, 24, 40, 8
# Marks in a row of a place, rows in it, and from one mark to the next.
ACROSS, DOWN, STEP = 5, 4, 18
ROOM = ACROSS * DOWN
# Those that stand out and are named beside the map.
BEST = 10
# From this value, and this feasibility, on it counts as high.
HIGH = 4
# A shape and a colour for each bucket in turn; with six and five of them thirty buckets differ.
SHAPES = {
    "circle": "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z",
    "square": "M-5.5-5.5h11v11h-11z",
    "triangle": "M0-7L6.6 5h-13.2z",
    "diamond": "M0-7.5L7 0L0 7.5L-7 0z",
    "wedge": "M0 7L6.6-5h-13.2z",
    "cross": "M-2.3-6.5h4.6v4.2h4.2v4.6h-4.2v4.2h-4.6v-4.2h-4.2v-4.6h4.2z",
}
COLOURS = 5
QUARTERS = (
    (False, True, "Worth it, hard to do"),
    (True, True, "Take up first"),
    (False, False, "Leave for now"),
    (True, False, "Easy, but little gained"),
)


@dataclass(frozen=True)
class Look:
    """How the marks of one bucket look."""

    label: str
    shape: str
    colour: str

    @property
    def path(self) -> str:
        return SHAPES[self.shape]


NO_BUCKET = Look("No bucket", "circle", "none")


@dataclass(frozen=True)
class Mark:
    """One initiative at its place."""

    initiative: Initiative
    look: Look
    x: int
    y: int
    is_best: bool

    @property
    def told(self) -> str:
        """What is said of it on hover and to those who listen."""
        row = self.initiative
        score = "no priority" if row.priority is None else f"priority {row.priority:.1f}"
        return f"{row.reference} {row.name}: value {row.value}, feasibility {row.feasibility}, {score}"


@dataclass(frozen=True)
class Cell:
    """How many have one pair of value and feasibility, and where the rest of them is counted."""

    value: int
    feasibility: int
    count: int
    address: str

    @property
    def beyond(self) -> int:
        return max(0, self.count - ROOM)

    @property
    def x(self) -> int:
        return _left(self.feasibility) + WIDE // 2

    @property
    def y(self) -> int:
        return _top(self.value) + TALL - 6


@dataclass(frozen=True)
class Quarter:
    """A quarter of the map, named in plain words."""

    x: int
    y: int
    width: int
    height: int
    label: str
    is_best: bool
    count: int


class Scatter:
    """The map of one ranking. Two queries, and one for what has no place."""

    width, height = LEFT + 5 * WIDE + GAP, TOP + 5 * TALL + 2 * STRIP + GAP + 40

    def __init__(self, ranking: Ranking) -> None:
        self.ranking = ranking

    @cached_property
    def looks(self) -> dict[int | None, Look]:
        """By bucket, in the order of their names, whatever is filtered: a bucket keeps its look."""
        shapes = [*SHAPES]
        buckets: Iterable[Bucket] = self.ranking.buckets
        return {
            bucket.pk: Look(bucket.name, shapes[number % len(shapes)], str(number % COLOURS + 1))
            for number, bucket in enumerate(buckets)
        } | {None: NO_BUCKET}

    @cached_property
    def legend(self) -> list[Look]:
        used = {mark.initiative.bucket_id for mark in self.marks}
        return [look for bucket, look in self.looks.items() if bucket in used]

    @cached_property
    def marks(self) -> list[Mark]:
        """The first of each place, as many as there is room for."""
        best = {row.pk for row in self.best}
        rows = self._first_of_each_place
        return [self._mark(row, row.number, is_best=row.pk in best) for row in rows]  # type: ignore[attr-defined]

    @cached_property
    def best(self) -> list[Initiative]:
        """Those on the map with the highest priority, the highest first."""
        return [row for row in self._first_of_each_place if row.priority is not None][:BEST]

    @property
    def best_by_rank(self) -> list[tuple[int, Initiative]]:
        """The same with the rank of each, as the list has it."""
        places = self.ranking.places
        return [(place.place, row) for row in self.best if (place := places.overall(row.priority))]

    @cached_property
    def cells(self) -> list[Cell]:
        """The places that are taken, the best first."""
        pairs = self.ranking.matching.filter(value__isnull=False, feasibility__isnull=False).order_by()
        counted = pairs.values_list("value", "feasibility").annotate(Count("pk"))
        return [
            Cell(value, feasibility, count, self.ranking.address(value=str(value), feasibility=str(feasibility)))
            for value, feasibility, count in sorted(counted, reverse=True)
        ]

    @property
    def placed(self) -> int:
        return sum(cell.count for cell in self.cells)

    @property
    def unplaced(self) -> int:
        """How many lack value or feasibility."""
        return max(0, self.ranking.count - self.placed)

    @cached_property
    def quarters(self) -> list[Quarter]:
        return [self._quarter(*each) for each in QUARTERS]

    @property
    def finding(self) -> str:
        """The map's title: what it shows, in a sentence."""
        if not self.placed:
            return "Nothing is scored for value and feasibility yet"
        best = next(quarter.count for quarter in self.quarters if quarter.is_best)
        return f"{best:,} of {self.placed:,} are high in both value and feasibility"

    @property
    def ticks(self) -> list[tuple[int, int, int]]:
        """1 to 5 with the place of each on the two axes."""
        return [(n, _left(n) + WIDE // 2, _top(n) + TALL // 2) for n in range(1, 6)]

    @property
    def places(self) -> list[tuple[int, int]]:
        """Where each of the 25 places begins."""
        return [(_left(across), _top(up)) for across in range(1, 6) for up in range(1, 6)]

    @property
    def base(self) -> int:
        """Where the numbers below the map stand."""
        return _top(1) + TALL + 16

    @cached_property
    def _first_of_each_place(self) -> list[Initiative]:
        """In the order of their ranks, which is the order of the tab key too."""
        pair = [F("value"), F("feasibility")]
        number = Window(RowNumber(), partition_by=pair, order_by=[RANK_KEY.asc(), F("pk").asc()])
        placed = self.ranking.matching.filter(value__isnull=False, feasibility__isnull=False)
        rows = placed.annotate(number=number).filter(number__lte=ROOM)
        return list(rows.order_by(RANK_KEY, "pk").only("name", "value", "feasibility", "priority", "bucket"))

    def _mark(self, row: Initiative, number: int, *, is_best: bool) -> Mark:
        down, across = divmod(number - 1, ACROSS)
        assert row.value is not None
        assert row.feasibility is not None
        x = _left(row.feasibility) + (WIDE - (ACROSS - 1) * STEP) // 2 + across * STEP
        y = _top(row.value) + 13 + down * STEP
        return Mark(row, self.looks[row.bucket_id], x, y, is_best)

    def _quarter(self, is_feasible: bool, is_valuable: bool, label: str) -> Quarter:
        across, down = (2 if is_feasible else HIGH - 1), (2 if is_valuable else HIGH - 1)
        x, y = _left(HIGH if is_feasible else 1), _top(5 if is_valuable else HIGH - 1) - STRIP
        count = sum(
            cell.count
            for cell in self.cells
            if (cell.feasibility >= HIGH) == is_feasible and (cell.value >= HIGH) == is_valuable
        )
        size = across * WIDE, down * TALL + STRIP
        return Quarter(x, y, *size, label, is_feasible and is_valuable, count)


def _left(feasibility: int) -> int:
    return LEFT + (feasibility - 1) * WIDE + (GAP if feasibility >= HIGH else 0)


def _top(value: int) -> int:
    return TOP + STRIP + (5 - value) * TALL + (GAP + STRIP if value < HIGH else 0)
