"""In which months something was in production, and in which of them a run cost covers it (`cost_coverage`)."""

from django.db.backends.utils import CursorWrapper

from ..models import CostMonth, LiveSpell
from .tables import KeptTable, Query, all_rows, start_touched
from .touched import TAKEN, Touched

INITIATIVES = "costed_initiatives"
TOUCHED = f"SELECT DISTINCT initiative_id FROM {TAKEN} WHERE about = 'stages' OR has_run_costs"  # noqa: S608
THESE = f"initiative_id IN (SELECT initiative_id FROM {INITIATIVES})"  # noqa: S608

# A stage lasts until the day before the next one begins; of several on one day the last one holds.
SPELLS = """
    SELECT initiative_id, changed_on, left_on - 1,
        lag(left_on - 1) OVER (PARTITION BY initiative_id ORDER BY changed_on)
    FROM (
        SELECT initiative_id, stage, changed_on,
            lead(changed_on) OVER (PARTITION BY initiative_id ORDER BY changed_on, id) AS left_on
        FROM portfolio_stagechange WHERE {these}
    ) AS stays
    WHERE stage IN ('limited_rollout', 'scale') AND (left_on IS NULL OR left_on > changed_on)
"""
# Of the run costs of a month, those as-of days together on which any stands: from the first on that nobody takes back,
# and before it from one until it is taken back.
MONTHS = """
    WITH launched AS (
        SELECT initiative_id, date_trunc('month', min(first_on)::timestamp)::date AS since
        FROM value_livespell WHERE {these} GROUP BY 1
    ), standing AS (
        SELECT e.initiative_id, m.month::date AS month, min(e.happened_on) AS shows_on, r.happened_on AS hides_on
        FROM launched AS l
        JOIN value_ledgerentry AS e ON e.initiative_id = l.initiative_id AND e.kind = 'run_cost'
            AND e.reverses_id IS NULL AND e.last_on >= l.since
        LEFT JOIN (
            SELECT reverses_id, happened_on FROM value_ledgerentry
            WHERE reverses_id IS NOT NULL AND kind = 'run_cost' AND {these}
        ) AS r ON r.reverses_id = e.id
        CROSS JOIN LATERAL generate_series(
            date_trunc('month', GREATEST(e.first_on, l.since)::timestamp), e.last_on::timestamp, '1 month'
        ) AS m (month)
        WHERE r.happened_on IS NULL OR r.happened_on > e.happened_on
        GROUP BY e.initiative_id, m.month, r.happened_on
    ), begun AS (
        SELECT *, shows_on > max(COALESCE(hides_on, 'infinity')) OVER (
            PARTITION BY initiative_id, month ORDER BY shows_on, hides_on
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS begins FROM standing
    ), counted AS (
        SELECT *, count(*) FILTER (WHERE begins) OVER (
            PARTITION BY initiative_id, month ORDER BY shows_on, hides_on ROWS UNBOUNDED PRECEDING
        ) AS place FROM begun
    )
    SELECT c.initiative_id, c.month, min(GREATEST(l.first_on, c.month)), max(LEAST(l.last_on, c.month_ends)),
        min(c.shows_on), CASE WHEN bool_or(c.hides_on IS NULL) THEN NULL ELSE max(c.hides_on) END
    FROM (SELECT *, (month + INTERVAL '1 month')::date - 1 AS month_ends FROM counted) AS c
    JOIN value_livespell AS l ON l.initiative_id = c.initiative_id
        AND l.first_on <= c.month_ends AND (l.last_on IS NULL OR l.last_on >= c.month)
    GROUP BY c.initiative_id, c.month, c.place
"""


def want_spells(cursor: CursorWrapper, touched: Touched) -> Query:
    if not touched.is_all:
        start_touched(cursor, INITIATIVES, TOUCHED)
    return _of_these(SPELLS, touched)


def want_cost_months(cursor: CursorWrapper, touched: Touched) -> Query:
    """From the days in production, which are up to date by now."""
    return _of_these(MONTHS, touched)


def _of_these(select: str, touched: Touched) -> Query:
    return select.format(these="TRUE" if touched.is_all else THESE), None


def _present(table: KeptTable, touched: Touched) -> str:
    return all_rows(table) if touched.is_all else all_rows(table, THESE)


LIVE_SPELLS = KeptTable("live_spells", LiveSpell, want_spells, _present)
COST_MONTHS = KeptTable("cost_months", CostMonth, want_cost_months, _present)
