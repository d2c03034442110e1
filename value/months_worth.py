"""What initiatives brought and cost month by month: the sums of `worth` laid out over calendar months.

An entry lies in a month by its days: amount × days in the month ÷ days covered, exactly. What lies in all months up to
a day is what `worth_of` says of the window up to it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import DecimalField, F, QuerySet, Sum

from aiso import clock
from portfolio.models import Initiative

from .durability import Span
from .durability_facts import Then
from .models import LedgerEntry
from .worth import CONFIRMED, DECAYED, weighed

# What rows are put together by, and the days of the entry that a reversal takes back.
DEALT = ("initiative", "metric", "part", "first_on", "last_on")
TAKEN_BACK = {"of_first": F("reverses__first_on"), "of_last": F("reverses__last_on")}
type Month = Mapping[str, Fraction]


@dataclass(frozen=True)
class Months:
    """By the first day of each month, and by part: what lies on days up to `as_of`, and what on days to come."""

    to_date: Mapping[date, Month]
    to_come: Mapping[date, Month]


def months_of(
    initiatives: Iterable[int] | QuerySet[Initiative], as_of: date, *, known_at: datetime | None = None
) -> Months:
    """All months of some initiatives together, from what happened up to a day and was known. One query, and at most
    four where finance confirmed a benefit.
    """
    then = Then(as_of, known_at or clock.now())
    rows = weighed(LedgerEntry.objects.filter(initiative__in=initiatives), then)
    total = Sum("worth", output_field=DecimalField(max_digits=30, decimal_places=2))
    dealt = [*rows.order_by().values(*DEALT, **TAKEN_BACK).annotate(total=total)]
    lost = then.spans_lost({row["initiative"] for row in dealt if row["part"] == CONFIRMED})
    to_date: dict[date, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    to_come: dict[date, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for row in dealt:
        first, last = row["first_on"], row["last_on"]
        a_day = Fraction(row["total"]) / _days(first, last)
        for month, days in _by_month(first, min(last, as_of)):
            to_date[month][row["part"]] += a_day * days
        for month, days in _by_month(max(first, as_of + timedelta(days=1)), last):
            to_come[month][row["part"]] += a_day * days
        if row["part"] == CONFIRMED:
            for month, gone in _lost_days(row, lost.get((row["initiative"], row["metric"]), ()), as_of):
                to_date[month][DECAYED] += a_day * gone
    return Months(to_date, to_come)


def _lost_days(row: Mapping[str, Any], spans: Sequence[Span], as_of: date) -> Iterator[tuple[date, Fraction]]:
    """Each month and how many of its days decayed, by what an entry covers. What takes an entry of other days back
    takes on each of its own days the mean of that entry's (`decay`).
    """
    first, last = row["first_on"], row["last_on"]
    of_first, of_last = row["of_first"] or first, row["of_last"] or last
    if (of_first, of_last) == (first, last):
        for span in spans:
            for month, days in _by_month(max(first, span.first), min(last, span.last, as_of)):
                yield month, days * span.lost
        return
    mean = sum(
        (max(_days(max(of_first, span.first), min(of_last, span.last)), 0) * span.lost for span in spans), Fraction(0)
    ) / _days(of_first, of_last)
    for month, days in _by_month(first, min(last, as_of)):
        yield month, days * mean


def _days(first: date, last: date) -> int:
    return (last - first).days + 1


def _by_month(first: date, last: date) -> Iterator[tuple[date, int]]:
    """Each month that has days from the first to the last, and how many."""
    while first <= last:
        after = clock.months_later(first.replace(day=1), 1)
        yield first.replace(day=1), _days(first, min(last, after - timedelta(days=1)))
        first = after
