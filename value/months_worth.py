"""What initiatives brought and cost month by month: the sums of `worth` laid out over calendar months.

An entry lies in a month by its days: amount × days in the month ÷ days covered, exactly. What lies in all months up to
a day is what `worth_of` says of the window up to it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import DecimalField, QuerySet, Sum

from aiso import clock
from portfolio.models import Initiative

from .models import LedgerEntry
from .worth import weighed

type Month = Mapping[str, Fraction]


@dataclass(frozen=True)
class Months:
    """By the first day of each month, and by part: what lies on days up to `as_of`, and what on days to come."""

    to_date: Mapping[date, Month]
    to_come: Mapping[date, Month]


def months_of(
    initiatives: Iterable[int] | QuerySet[Initiative], as_of: date, *, known_at: datetime | None = None
) -> Months:
    """All months of some initiatives together, from what happened up to a day and was known. One query."""
    rows: QuerySet[Any, Any] = weighed(LedgerEntry.objects.filter(initiative__in=initiatives), as_of, known_at)
    total = Sum("worth", output_field=DecimalField(max_digits=30, decimal_places=2))
    to_date: dict[date, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    to_come: dict[date, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for row in rows.order_by().values("part", "first_on", "last_on").annotate(total=total):
        first, last = row["first_on"], row["last_on"]
        a_day = Fraction(row["total"]) / ((last - first).days + 1)
        for month, days in _by_month(first, min(last, as_of)):
            to_date[month][row["part"]] += a_day * days
        for month, days in _by_month(max(first, as_of + timedelta(days=1)), last):
            to_come[month][row["part"]] += a_day * days
    return Months(to_date, to_come)


def _by_month(first: date, last: date) -> Iterator[tuple[date, int]]:
    """Each month that has days from the first to the last, and how many."""
    while first <= last:
        after = clock.months_later(first.replace(day=1), 1)
        yield first.replace(day=1), (min(last, after - timedelta(days=1)) - first).days + 1
        first = after
