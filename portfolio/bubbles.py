"""The register as a map: value against feasibility, a bubble for each of the 25 pairs."""

from dataclasses import dataclass
from math import sqrt

from django.db.models import Count

from .register import Register

# The drawing, in its own units: five cells of this size each way, right of and above the axes.
CELL = 100
LEFT, TOP = 72, 24
LARGEST, SMALLEST = 44, 11


@dataclass(frozen=True)
class Bubble:
    """How many initiatives have one pair of value and feasibility."""

    value: int
    feasibility: int
    count: int
    radius: float
    address: str

    @property
    def x(self) -> int:
        return LEFT + (self.feasibility - 1) * CELL + CELL // 2

    @property
    def y(self) -> int:
        return TOP + (5 - self.value) * CELL + CELL // 2


@dataclass(frozen=True)
class Map:
    """The bubbles, what they add up to, and what has no place yet."""

    bubbles: list[Bubble]
    placed: int
    unplaced: int

    @property
    def finding(self) -> str:
        """The map's title: what it shows, in a sentence."""
        if not self.placed:
            return "Nothing is scored for value and feasibility yet"
        best = sum(bubble.count for bubble in self.bubbles if bubble.value >= 4 and bubble.feasibility >= 4)
        return f"{best:,} of {self.placed:,} scored initiatives are high in both value and feasibility"

    @property
    def ticks(self) -> list[tuple[int, int, int]]:
        """1 to 5 with the place of each on the two axes."""
        return [(n, LEFT + (n - 1) * CELL + CELL // 2, TOP + (5 - n) * CELL + CELL // 2) for n in range(1, 6)]


def bubbles_of(register: Register) -> Map:
    """The map of the register's set. One query; the area of a bubble is its count."""
    pairs = register.matching.order_by().values_list("value", "feasibility").annotate(Count("pk"))
    counts = {(value, feasibility): count for value, feasibility, count in pairs}
    placed = {pair: count for pair, count in counts.items() if None not in pair}
    most = max(placed.values(), default=1)
    bubbles = [
        Bubble(
            value,
            feasibility,
            count,
            round(max(SMALLEST, LARGEST * sqrt(count / most)), 1),
            register.address(value=str(value), feasibility=str(feasibility)),
        )
        for (value, feasibility), count in sorted(placed.items(), reverse=True)
    ]
    total = sum(counts.values())
    return Map(bubbles, sum(placed.values()), total - sum(placed.values()))
