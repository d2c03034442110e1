"""Reading plans: amounts by month and kind, their sums, and what a year comes to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from aiso import clock

from .models import Initiative, Plan, PlanKind, PlanLine
from .models.plan import BENEFITS

# Amounts by the first day of their month and their kind.
type Cells = dict[tuple[date, str], Decimal]
# Months that make up the first year of a kind.
YEAR = 12
# Months that a plan may hold: ten years, which one form can still send.
MOST_MONTHS = 120


@dataclass(frozen=True)
class PlanFigures:
    """What a plan comes to. Kinds stay apart: nothing here adds benefits of several kinds up."""

    # The first twelve months of each kind, from its first month with an amount.
    a_year: dict[str, Decimal]
    totals: dict[str, Decimal]
    # Calendar years, each with its kinds.
    years: dict[int, dict[str, Decimal]]
    # The first month in which any benefit is planned, and the last with build cost.
    benefit_from: date | None
    built_until: date | None

    @property
    def benefits(self) -> list[PlanKind]:
        """The kinds of benefit that the plan holds."""
        return [kind for kind in BENEFITS if self.totals.get(kind)]

    @property
    def is_empty(self) -> bool:
        return not any(self.totals.values())


def figures_of(cells: Mapping[tuple[date, str], Decimal]) -> PlanFigures:
    """The sums of a plan's amounts. A month with 0 begins nothing."""
    months: dict[str, list[date]] = defaultdict(list)
    for (month, kind), amount in cells.items():
        if amount:
            months[kind].append(month)
    first = {kind: min(found) for kind, found in months.items()}
    return PlanFigures(
        a_year={kind: _first_year(cells, kind, begin) for kind, begin in first.items()},
        totals=_summed((kind, amount) for (_, kind), amount in cells.items()),
        years=_years(cells),
        benefit_from=min((first[kind] for kind in BENEFITS if kind in first), default=None),
        built_until=max(months[PlanKind.BUILD_COST], default=None),
    )


def _first_year(cells: Mapping[tuple[date, str], Decimal], kind: str, begin: date) -> Decimal:
    end = clock.months_later(begin, YEAR)
    return sum((amount for (month, of), amount in cells.items() if of == kind and begin <= month < end), Decimal(0))


def _years(cells: Mapping[tuple[date, str], Decimal]) -> dict[int, dict[str, Decimal]]:
    found: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    for (month, kind), amount in cells.items():
        found[month.year].append((kind, amount))
    return {year: _summed(found[year]) for year in sorted(found)}


def _summed(pairs: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for kind, amount in pairs:
        sums[kind] += amount
    return dict(sums)


def cells_of(lines: Iterable[PlanLine]) -> Cells:
    return {(line.month, line.kind): line.amount for line in lines}


def latest_plans(initiatives: Sequence[Initiative]) -> dict[int, Plan]:
    """The newest version of each initiative that has one, by the initiative's id, with its lines. Two queries."""
    plans = Plan.objects.filter(initiative__in=[each.pk for each in initiatives]).newest()
    return {plan.initiative_id: plan for plan in plans.prefetch_related("lines")}


def latest_plan(initiative: Initiative) -> Plan | None:
    return latest_plans([initiative]).get(initiative.pk)


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def months_from(first: date, last: date) -> list[date]:
    """The first days of all months from one to another, both included; none where they are the wrong way round."""
    first, last = first_of_month(first), first_of_month(last)
    count = (last.year - first.year) * YEAR + last.month - first.month + 1
    return [clock.months_later(first, months) for months in range(count)]
