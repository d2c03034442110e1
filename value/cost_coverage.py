"""Cost coverage (DESIGN §6.4): whether what runs in production has a run cost in each month of a window."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from aiso import clock
from portfolio.models import Initiative
from portfolio.models.stage import IN_PRODUCTION

from .worth import Window

SHARE = Decimal("0.0001")
# Missing months that a sentence names; of more it says how many, and from when to when.
MOST_TOLD = 12
# A stage lasts until the day before the next one begins; of several on one day the last one holds. A run cost that was
# taken back covers nothing. Months are those of the window, the last one as far as it has come.
MONTHS = """
    WITH stays AS (
        SELECT initiative_id, stage, changed_on,
            lead(changed_on) OVER (PARTITION BY initiative_id ORDER BY changed_on, id) AS left_on
        FROM portfolio_stagechange
        WHERE initiative_id = ANY(%(ids)s) AND changed_on <= %(as_of)s AND recorded_at <= %(known)s
    ), live AS (
        SELECT initiative_id, GREATEST(changed_on, %(first)s::date) AS first_on,
            LEAST(left_on - 1, %(as_of)s::date) AS last_on
        FROM stays WHERE stage = ANY(%(stages)s)
    ), months AS (
        SELECT DISTINCT initiative_id, month::date AS month
        FROM live, generate_series(date_trunc('month', first_on::timestamp), last_on::timestamp, '1 month') AS month
        WHERE last_on >= first_on
    )
    SELECT initiative_id, month, EXISTS (
        SELECT 1 FROM value_ledgerentry AS cost
        WHERE cost.initiative_id = months.initiative_id AND cost.kind = 'run_cost' AND cost.reverses_id IS NULL
            AND cost.happened_on <= %(as_of)s AND cost.recorded_at <= %(known)s
            AND cost.first_on < month + INTERVAL '1 month' AND cost.last_on >= month
            AND NOT EXISTS (
                SELECT 1 FROM value_ledgerentry AS taken WHERE taken.reverses_id = cost.id
                    AND taken.happened_on <= %(as_of)s AND taken.recorded_at <= %(known)s
            )
    ) FROM months ORDER BY initiative_id, month
"""


@dataclass(frozen=True)
class CoverageCount:
    """Months in which something was in production, each counted once an initiative: those with a run cost and those
    without, and which months these are, each as its first day.
    """

    covered: int = 0
    uncovered: int = 0
    missing_months: tuple[date, ...] = ()

    @property
    def share(self) -> Decimal | None:
        """From 0 to 1, in ten-thousandths, cut off so that 1 is whole; None where nothing was in production."""
        months = self.covered + self.uncovered
        return (Decimal(self.covered) / months).quantize(SHARE, "ROUND_DOWN") if months else None

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing. Only then may net value be called good."""
        return not self.uncovered


@dataclass(frozen=True)
class CostCoverage:
    """The months in which something was in production, each told once an initiative, and those without a run cost."""

    covered: int = 0
    missing: tuple[tuple[int, date], ...] = ()

    def __add__(self, other: "CostCoverage") -> "CostCoverage":
        return CostCoverage(self.covered + other.covered, (*self.missing, *other.missing))

    @property
    def count(self) -> CoverageCount:
        return CoverageCount(self.covered, len(self.missing), tuple(self.missing_months))

    @property
    def uncosted(self) -> int:
        """How many initiatives have a month without a run cost."""
        return len({initiative for initiative, _ in self.missing})

    @property
    def share(self) -> Decimal | None:
        return self.count.share

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @property
    def missing_months(self) -> list[date]:
        """Each month once, as its first day."""
        return sorted({month for _, month in self.missing})

    @property
    def is_long(self) -> bool:
        """Whether too many are missing to name them in a sentence."""
        return len(self.missing_months) > MOST_TOLD

    @property
    def told(self) -> str:
        """`April to June and November 2026`; of more than twelve how many, and from when to when."""
        months = self.missing_months
        if self.is_long:
            return f"{len(months)} months from {months[0]:%B %Y} to {months[-1]:%B %Y}"
        return self.named

    @property
    def named(self) -> str:
        """Each missing month, those in a row together; empty where none is missing."""
        rows = _in_a_row(self.missing_months)
        told = [_row_told(row, after) for row, after in zip(rows, [*rows[1:], None], strict=False)]
        return " and ".join(filter(None, (", ".join(told[:-1]), *told[-1:])))


def _in_a_row(months: list[date]) -> list[tuple[date, date]]:
    """The first and the last of those that follow one another; two that do stand apart."""
    rows: list[tuple[date, date]] = []
    for month in months:
        if rows and clock.months_later(rows[-1][1], 1) == month:
            rows[-1] = (rows[-1][0], month)
        else:
            rows.append((month, month))
    pairs = [(row,) if clock.months_later(row[0], 1) != row[1] else ((row[0],) * 2, (row[1],) * 2) for row in rows]
    return [each for pair in pairs for each in pair]


def _row_told(row: tuple[date, date], after: tuple[date, date] | None) -> str:
    """The year is left out where the months told next say the same one."""
    first, last = row
    years = {first.year, last.year}
    year = "" if after and years == {day.year for day in after} else f" {last.year}"
    begins = f"{first:%B}" if len(years) == 1 else f"{first:%B %Y}"
    return f"{begins} to {last:%B}{year}" if first != last else f"{first:%B}{year}"


def cost_coverage_by_initiative(
    initiatives: Iterable[int] | QuerySet[Initiative], window: Window, *, known_at: datetime | None = None
) -> dict[int, CostCoverage]:
    """By id; those that were not in production in the window are left out. One query, or two where asked by one."""
    ids = _ids(initiatives)
    told: dict[str, Any] = {"ids": ids, "as_of": window.as_of, "first": window.first, "known": known_at or clock.now()}
    covered: dict[int, list[date]] = defaultdict(list)
    missing: dict[int, list[date]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(MONTHS, told | {"stages": [*IN_PRODUCTION]})
        rows: Iterable[tuple[int, date, bool]] = cursor.fetchall()
    for initiative, month, is_covered in rows:
        (covered if is_covered else missing)[initiative].append(month)
    return {
        pk: CostCoverage(len(covered[pk]), tuple((pk, month) for month in missing[pk])) for pk in {*covered, *missing}
    }


def cost_coverage_of(
    initiatives: Iterable[int] | QuerySet[Initiative], window: Window, *, known_at: datetime | None = None
) -> CostCoverage:
    """Of several together, in the same queries."""
    parts = cost_coverage_by_initiative(initiatives, window, known_at=known_at).values()
    missing = tuple(each for part in parts for each in part.missing)
    return CostCoverage(sum(part.covered for part in parts), missing)


def _ids(initiatives: Iterable[int] | QuerySet[Initiative]) -> list[int]:
    if isinstance(initiatives, QuerySet):
        return [*initiatives.order_by().values_list("pk", flat=True)]
    return [*initiatives]
