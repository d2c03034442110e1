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
# Missing months that a sentence names.
MOST_TOLD = 3
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
class CostCoverage:
    """The months in which something was in production, each told once an initiative, and those without a run cost."""

    covered: int = 0
    missing: tuple[tuple[int, date], ...] = ()

    @property
    def share(self) -> Decimal | None:
        """From 0 to 1, in ten-thousandths, cut off so that 1 is whole; None where nothing was in production."""
        months = self.covered + len(self.missing)
        return (Decimal(self.covered) / months).quantize(SHARE, "ROUND_DOWN") if months else None

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing. Only then may net value be called good."""
        return not self.missing

    @property
    def missing_months(self) -> list[date]:
        """Each month once, as its first day."""
        return sorted({month for _, month in self.missing})

    @property
    def told(self) -> str:
        """`May 2026 and June 2026`; of more than three how many, and the last. Empty where none is missing."""
        months = [f"{month:%B %Y}" for month in self.missing_months]
        if len(months) > MOST_TOLD:
            return f"{len(months)} months up to {months[-1]}"
        return " and ".join(filter(None, (", ".join(months[:-1]), *months[-1:])))


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
