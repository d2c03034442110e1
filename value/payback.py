"""Payback and net present value, from the first cost (DESIGN §7).

Month 0 is the first calendar month whose costs do not add up to nothing: build, run, rework and risk loss. The flow of
a month is what counts of the confirmed benefit of its days − run − build − rework − risk loss. Net present value is
Σ flow of month m ÷ (1 + i)^m with i = (1 + yearly rate)^(1/12) − 1, so that a year discounts by just the yearly rate.

Flows are exact. Discounting is done in decimals of 60 figures, for a twelfth root is no fraction; what differs by less
than 10⁻²⁰ from half a cent is taken for half a cent, and the sum is rounded once, half a cent away from zero.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from django.db.models import QuerySet

from aiso import clock
from portfolio.models import Initiative

from .models import YearlyRate
from .months_worth import Month, months_of
from .worth import BUILD_COST, CONFIRMED, DECAYED, FORECAST, NOTHING, TAKEN, rounded

FIGURES = 60
NEARLY, CENT = Decimal("1E-20"), Decimal("0.01")
COSTS = (BUILD_COST, *TAKEN)


@dataclass(frozen=True)
class MonthFlow:
    """One month with entries: how far from the first cost, and what came of it. Amounts are exact until shown."""

    month: date
    number: int
    gained: Fraction
    cost: Fraction
    cumulative: Fraction
    discounted: Decimal | None
    is_to_come: bool

    @property
    def flow(self) -> Decimal:
        return rounded(self.gained - self.cost)

    @property
    def benefit(self) -> Decimal:
        return rounded(self.gained)

    @property
    def costs(self) -> Decimal:
        return rounded(self.cost)

    @property
    def so_far(self) -> Decimal:
        return rounded(self.cumulative)

    @property
    def worth_now(self) -> Decimal | None:
        return None if self.discounted is None else in_cents(self.discounted)


@dataclass(frozen=True)
class Course:
    """The months from the first cost on; those without an entry are left out, for they change nothing."""

    months: Sequence[MonthFlow]

    @property
    def net_present_value(self) -> Decimal | None:
        """None without a cost or a rate: no data, never 0."""
        parts = [each.discounted for each in self.months if each.discounted is not None]
        if not parts:
            return None
        with localcontext(prec=FIGURES):
            return in_cents(sum(parts, Decimal(0)))

    @property
    def paid_back(self) -> MonthFlow | None:
        """The first month from which the flows together are never below nothing again; None: not yet."""
        found: MonthFlow | None = None
        for each in self.months:
            if each.cumulative < 0:
                found = None
            elif found is None:
                found = each
        return found


@dataclass(frozen=True)
class Payback:
    """What some initiatives together came to, to date, and with what is forecast and posted for days to come."""

    as_of: date
    rate: YearlyRate | None
    to_date: Course
    with_forecast: Course
    # Confirmed benefit of months before the first cost: no figure here has it.
    left_out: Decimal

    @property
    def first_cost(self) -> date | None:
        """The first day of month 0; None where nothing was spent."""
        return self.to_date.months[0].month if self.to_date.months else None

    @property
    def has_more_to_come(self) -> bool:
        return any(each.is_to_come for each in self.with_forecast.months)


def payback_of(
    initiatives: Iterable[int] | QuerySet[Initiative], as_of: date | None = None, *, known_at: datetime | None = None
) -> Payback:
    """Payback and net present value of some together, by the rate that holds on the day. Five
    queries at most."""
    day = as_of or clock.today()
    rate = YearlyRate.objects.on(day, known_at=known_at)
    months = months_of(initiatives, day, known_at=known_at)
    first = next((month for month in sorted(months.to_date) if _cost(months.to_date[month])), None)
    if first is None:
        return Payback(day, rate, Course(()), Course(()), Decimal(0))
    actual = {month: (_counting(parts), _cost(parts)) for month, parts in months.to_date.items()}
    coming = {month: (parts.get(FORECAST, NOTHING), _cost(parts)) for month, parts in months.to_come.items()}
    coming = {month: sums for month, sums in coming.items() if any(sums)}
    before = sum((gained for month, (gained, _) in actual.items() if month < first), NOTHING)
    to_date = _course(first, actual, {}, rate)
    return Payback(day, rate, to_date, _course(first, actual, coming, rate), rounded(before))


type Sums = Mapping[date, tuple[Fraction, Fraction]]


def _course(first: date, actual: Sums, coming: Sums, rate: YearlyRate | None) -> Course:
    sums: dict[date, tuple[Fraction, Fraction]] = defaultdict(lambda: (NOTHING, NOTHING))
    for month, (gained, cost) in (*actual.items(), *coming.items()):
        sums[month] = sums[month][0] + gained, sums[month][1] + cost
    flows, cumulative = [], NOTHING
    with localcontext(prec=FIGURES):
        a_month = (1 + rate.share) ** (Decimal(1) / 12) if rate else None
        for month in sorted(each for each in sums if each >= first and (each == first or any(sums[each]))):
            gained, cost = sums[month]
            number = (month.year - first.year) * 12 + month.month - first.month
            flow = gained - cost
            cumulative += flow
            discounted = None if a_month is None else _decimal(flow) / a_month**number
            flows.append(MonthFlow(month, number, gained, cost, cumulative, discounted, month in coming))
    return Course(flows)


def in_cents(amount: Decimal) -> Decimal:
    """In cents, half a cent away from zero, told from what 60 figures make of it."""
    with localcontext(prec=FIGURES):
        return amount.quantize(NEARLY, ROUND_HALF_UP).quantize(CENT, ROUND_HALF_UP)


def _decimal(amount: Fraction) -> Decimal:
    return Decimal(amount.numerator) / Decimal(amount.denominator)


def _counting(parts: Month) -> Fraction:
    """Of what finance confirmed that which lasts."""
    return parts.get(CONFIRMED, NOTHING) - parts.get(DECAYED, NOTHING)


def _cost(parts: Month) -> Fraction:
    return sum((parts.get(part, NOTHING) for part in COSTS), NOTHING)
