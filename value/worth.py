"""What initiatives are worth: forecast, claimed and confirmed benefit, costs and net, in a window (DESIGN §6, §7).

An entry counts in a window by its days: amount × days inside ÷ days covered, and only the total is rounded. Every
figure takes what happened up to `as_of` and was recorded up to `known_at`. A reversal takes back what its entry counts.
What finance confirmed counts on each day as far as the outcome lasted by then (`durability`); the rest is decayed.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    DecimalField,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least

from aiso import clock
from portfolio.models import Initiative

from .decay import Lost, decayed
from .durability_facts import Then
from .models import BenefitType, LedgerEntry

FORECAST, CLAIMED, CONFIRMED, REJECTED = "forecast", "claimed", "confirmed", "rejected"
DECAYED = "decayed"
RUN_COST, BUILD_COST, REWORK, RISK_LOSS = "run_cost", "build_cost", "rework", "risk_loss"
# What net value takes from the confirmed benefit that lasts. Build cost stands beside it.
TAKEN = (RUN_COST, REWORK, RISK_LOSS)
IN_NET = frozenset({CONFIRMED, DECAYED, *TAKEN})
NOTHING = Fraction(0)
type Parts = Mapping[tuple[str, str], Fraction]


@dataclass(frozen=True)
class Window:
    """The days from `first` to `as_of`, both included; without a first day, all up to it."""

    as_of: date
    first: date | None = None

    @classmethod
    def of_days(cls, days: int, as_of: date | None = None) -> "Window":
        """The last so many days: 30 as of 30 June are 1 to 30 June."""
        last = as_of or clock.today()
        return cls(last, last - timedelta(days=days - 1))

    @classmethod
    def to_date(cls, as_of: date | None = None) -> "Window":
        return cls(as_of or clock.today())


@dataclass(frozen=True)
class Worth:
    """The exact sums of one initiative, or of several, by part and kind of benefit. Each figure is rounded once."""

    parts: Parts = field(default_factory=dict)

    def __add__(self, other: "Worth") -> "Worth":
        keys = {*self.parts, *other.parts}
        return Worth({key: self.parts.get(key, NOTHING) + other.parts.get(key, NOTHING) for key in keys})

    def sum_of(self, part: str, benefit_type: str | None = None) -> Decimal:
        """One part in cents; of a benefit all kinds together, or one of them."""
        return rounded(self._exact(part, benefit_type))

    @property
    def forecast(self) -> Decimal:
        return self.sum_of(FORECAST)

    @property
    def claimed(self) -> Decimal:
        """Claimed, and not answered yet."""
        return self.sum_of(CLAIMED)

    @property
    def confirmed(self) -> Decimal:
        return self.sum_of(CONFIRMED)

    @property
    def decayed(self) -> Decimal:
        """What of the confirmed benefit counts no more, because its outcome did not last or was not measured again."""
        return self.sum_of(DECAYED)

    @property
    def run_cost(self) -> Decimal:
        return self.sum_of(RUN_COST)

    @property
    def build_cost(self) -> Decimal:
        return self.sum_of(BUILD_COST)

    @property
    def rework(self) -> Decimal:
        return self.sum_of(REWORK)

    @property
    def risk_loss(self) -> Decimal:
        return self.sum_of(RISK_LOSS)

    @property
    def operating(self) -> Decimal:
        """Run cost, rework and risk loss."""
        return rounded(sum((self._exact(part) for part in TAKEN), NOTHING))

    @cached_property
    def net(self) -> Decimal:
        """Confirmed benefit of all kinds − what of it decayed − run cost − rework − risk loss."""
        taken = sum((self._exact(part) for part in TAKEN), NOTHING)
        return rounded(self._exact(CONFIRMED) - self._exact(DECAYED) - taken)

    @property
    def is_empty(self) -> bool:
        """Whether there is no data at all, which is not the same as nothing."""
        return not self.parts

    @property
    def has_net(self) -> bool:
        """Whether there is anything that net value is made of; else it is no data, whatever is claimed or built."""
        return any(part in IN_NET for part, _ in self.parts)

    @property
    def is_mixed(self) -> bool:
        """Whether confirmed benefit of several kinds is added up."""
        return len({kind for (part, kind), amount in self.parts.items() if part == CONFIRMED and amount}) > 1

    @property
    def benefit_types(self) -> list[BenefitType]:
        """The kinds of benefit that there is anything of."""
        return [kind for kind in BenefitType if any(benefit_type == kind for _, benefit_type in self.parts)]

    def _exact(self, part: str, benefit_type: str | None = None) -> Fraction:
        found = (
            amount
            for (name, kind), amount in self.parts.items()
            if name == part and (benefit_type is None or kind == benefit_type)
        )
        return sum(found, NOTHING)


def rounded(amount: Fraction) -> Decimal:
    """In cents, half a cent away from zero. Exact before: thirds of days are no decimals."""
    cents = math.floor(abs(amount) * 100 + Fraction(1, 2))
    return Decimal(cents if amount >= 0 else -cents).scaleb(-2)


def worth_by_initiative(
    initiatives: Iterable[int] | QuerySet[Initiative],
    window: Window,
    *,
    known_at: datetime | None = None,
    only: Collection[str] = (),
    lost: Lost | None = None,
) -> dict[int, Worth]:
    """What each is worth, by its id; those without an entry in the window are left out. Of some kinds of entries where
    they are told. One query, and at most five where finance confirmed a benefit; fewer where `lost` tells by ids and
    day what counts no more.
    """
    then = Then(window.as_of, known_at or clock.now())
    entries = LedgerEntry.objects.filter(initiative__in=initiatives)
    rows = _counted(entries.filter(kind__in=only) if only else entries, window, then)
    found: dict[int, dict[tuple[str, str], Fraction]] = defaultdict(dict)
    for row in _sums(rows):
        key = (row["part"], row["benefit_type"])
        share = Fraction(row["total"]) / row["covered"]
        found[row["initiative"]][key] = found[row["initiative"]].get(key, NOTHING) + share
    confirmed = [pk for pk, parts in found.items() if any(part == CONFIRMED for part, _ in parts)]
    if confirmed:
        for pk, kinds in decayed(rows.filter(part=CONFIRMED), confirmed, then, lost).items():
            found[pk] |= {(DECAYED, kind): amount for kind, amount in kinds.items()}
    return {pk: Worth(parts) for pk, parts in found.items()}


def worth_of(
    initiatives: Iterable[int] | QuerySet[Initiative], window: Window, *, known_at: datetime | None = None
) -> Worth:
    """What several are worth together; of none, nothing. As many queries as `worth_by_initiative`."""
    return sum(worth_by_initiative(initiatives, window, known_at=known_at).values(), Worth())


def _counted(rows: QuerySet[LedgerEntry], window: Window, then: Then) -> "QuerySet[Any, Any]":
    """Entries of a window, each with the days of it that lie inside."""
    rows = weighed(rows, then).filter(first_on__lte=window.as_of)
    if window.first:
        rows = rows.filter(last_on__gte=window.first)
    inside = _Days(Least(F("last_on"), _day(window.as_of)), _first(window))
    found: QuerySet[Any, Any] = rows.annotate(begins=_first(window), inside=inside)
    return found


def weighed(rows: QuerySet[LedgerEntry], then: Then) -> "QuerySet[Any, Any]":
    """What happened up to a day, as it was known then: each row with its part, what it is `worth` whole, and the days
    `covered`.
    """
    rows = rows.filter(happened_on__lte=then.as_of, recorded_at__lte=then.known_at)
    found: QuerySet[Any, Any] = rows.annotate(
        said=FilteredRelation("answer", condition=Q(answer__answered_at__lte=then.known_at)),
    ).annotate(
        # What was answered was so before it was reversed: whoever knows of the reversal knows the answer.
        verdict=Coalesce("said__verdict", "reverses__answer__verdict", Value("")),
        part=PART,
        covered=_Days(F("last_on"), F("first_on")),
        worth=Coalesce("said__reporting_amount", F("reverses__answer__reporting_amount") * -1, "reporting_amount"),
    )
    return found


def _sums(rows: "QuerySet[Any, Any]") -> "QuerySet[Any, Any]":
    """Sums of amount × days inside, by initiative, part, kind of benefit and days covered: whole numbers of cents, so
    that the division is left to who needs it exact.
    """
    grouped = rows.order_by().values("initiative", "part", "benefit_type", "covered")
    total = Sum(F("worth") * F("inside"), output_field=DecimalField(max_digits=30, decimal_places=2))
    found: QuerySet[Any, Any] = grouped.annotate(total=total)
    return found


PART = Case(
    When(~Q(kind="benefit"), then=F("kind")),
    When(claim="forecast", then=Value(FORECAST)),
    When(verdict="", then=Value(CLAIMED)),
    When(verdict="rejected", then=Value(REJECTED)),
    default=Value(CONFIRMED),
    output_field=CharField(),
)


def _day(day: date) -> Value:
    return Value(day, output_field=DateField())


def _first(window: Window) -> Any:
    return Greatest(F("first_on"), _day(window.first)) if window.first else F("first_on")


class _Days(Func):
    """How many days from one to another, both counted. Postgres subtracts days to a whole number."""

    template = "(%(expressions)s + 1)"
    arg_joiner = " - "
    output_field = IntegerField()

    def __init__(self, last: Any, first: Any) -> None:
        super().__init__(last, first)
