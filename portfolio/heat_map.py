"""Risks by likelihood and impact: how many stand where, before treatment or after it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count

from .models import Impact, Likelihood
from .models.register_risk import BASES, RiskQuerySet

# The lowest score of each level, the highest first.
LEVELS = ((17, "Very high"), (10, "High"), (5, "Moderate"), (1, "Low"))


def level_of(score: int) -> str:
    """What a score, 1 to 25, is called."""
    return next(word for least, word in LEVELS if score >= least)


@dataclass(frozen=True)
class Cell:
    """One pair of likelihood and impact, and the address of the risks that stand there."""

    likelihood: Likelihood
    impact: Impact
    count: int
    is_above: bool
    is_chosen: bool
    url: str

    @property
    def score(self) -> int:
        return self.likelihood * self.impact

    @property
    def level(self) -> str:
        return level_of(self.score)

    @property
    def tone(self) -> str:
        """The name of its level in style sheets."""
        return self.level.lower().replace(" ", "-")


@dataclass(frozen=True)
class HeatMap:
    """Rows of likelihood, the greatest first, each with its cells by impact, the smallest first."""

    basis: str
    appetite: int
    rows: list[tuple[Likelihood, list[Cell]]]

    @property
    def impacts(self) -> list[Impact]:
        return [*Impact]

    @property
    def total(self) -> int:
        return sum(cell.count for _, cells in self.rows for cell in cells)

    @property
    def above(self) -> int:
        """How many are above appetite."""
        return sum(cell.count for _, cells in self.rows for cell in cells if cell.is_above)


def counts_by_place(risks: RiskQuerySet, basis: str) -> Counter[tuple[int, int]]:
    """How many risks have each pair of likelihood and impact. One query."""
    likelihood, impact = BASES[basis]
    rows = risks.order_by().values_list(likelihood, impact).annotate(n=Count("pk"))
    return Counter({(one, other): count for one, other, count in rows})


def heat_map(
    risks: RiskQuerySet,
    *,
    basis: str,
    appetite: int,
    address: Callable[[Likelihood, Impact], str],
    chosen: tuple[int, int] | None = None,
) -> HeatMap:
    """The map of some risks; `address` leads to those of a cell. One query."""
    counts = counts_by_place(risks, basis)

    def cell(likelihood: Likelihood, impact: Impact) -> Cell:
        place = (likelihood.value, impact.value)
        above = likelihood * impact > appetite
        return Cell(likelihood, impact, counts[place], above, place == chosen, address(likelihood, impact))

    rows = [(each, [cell(each, impact) for impact in Impact]) for each in reversed(Likelihood)]
    return HeatMap(basis, appetite, rows)
