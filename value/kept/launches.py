"""When initiatives first entered production and pilot, on which days they were in pilot (DESIGN §6.1), and when they
ended (DESIGN §6.5).
"""

from django.db.backends.utils import CursorWrapper

from portfolio.models.stage import ENDED

from ..models import Ending, Launch, PilotSpell
from .tables import KeptTable, Query, all_rows, start_table
from .touched import TAKEN, Touched

INITIATIVES = "launched_initiatives"
ABOUT = ("stages",)
TOUCHED = f"SELECT DISTINCT initiative_id FROM {TAKEN} WHERE about = 'stages'"  # noqa: S608 (a constant)
THESE = f"initiative_id IN (SELECT initiative_id FROM {INITIATIVES})"  # noqa: S608 (a constant)
LAUNCHED = """
    SELECT initiative_id, produced_on, CASE WHEN piloted_on <= produced_on THEN piloted_on END
    FROM (
        SELECT initiative_id, min(changed_on) FILTER (WHERE stage IN ('limited_rollout', 'scale')) AS produced_on,
            min(changed_on) FILTER (WHERE stage = 'pilot') AS piloted_on
        FROM portfolio_stagechange WHERE {these} GROUP BY initiative_id
    ) AS firsts
    WHERE produced_on IS NOT NULL
"""
PILOTED = """
    SELECT initiative_id, changed_on, left_on - 1, began_on
    FROM (
        SELECT initiative_id, stage, changed_on,
            lead(changed_on) OVER (PARTITION BY initiative_id ORDER BY changed_on, id) AS left_on,
            min(changed_on) FILTER (WHERE stage = 'pilot') OVER (PARTITION BY initiative_id) AS began_on
        FROM portfolio_stagechange WHERE {these}
    ) AS stays
    WHERE stage = 'pilot' AND (left_on IS NULL OR left_on > changed_on)
"""
ENDINGS = f"""
    SELECT initiative_id, changed_on, has_rationale, goes_on
    FROM (
        SELECT initiative_id, stage, changed_on, rationale ~ '\\S' AS has_rationale,
            lead(changed_on) OVER (PARTITION BY initiative_id ORDER BY changed_on, id) AS goes_on
        FROM portfolio_stagechange WHERE {{these}}
    ) AS stays
    WHERE stage IN ({", ".join(f"'{stage}'" for stage in ENDED)})
"""  # noqa: S608 (constants)


def want_launches(cursor: CursorWrapper, touched: Touched) -> Query:
    if not touched.is_all:
        start_table(cursor, INITIATIVES, TOUCHED)
    return _of_these(LAUNCHED, touched)


def want_pilots(cursor: CursorWrapper, touched: Touched) -> Query:
    """Of the same initiatives, which are at hand by now."""
    return _of_these(PILOTED, touched)


def want_endings(cursor: CursorWrapper, touched: Touched) -> Query:
    return _of_these(ENDINGS, touched)


def _of_these(select: str, touched: Touched) -> Query:
    return select.format(these="TRUE" if touched.is_all else THESE), None


def _present(table: KeptTable, touched: Touched) -> str:
    return all_rows(table) if touched.is_all else all_rows(table, THESE)


LAUNCHES = KeptTable("launches", Launch, want_launches, _present, about=ABOUT)
PILOTS = KeptTable("pilots", PilotSpell, want_pilots, _present, about=ABOUT)
ENDED_ONES = KeptTable("endings", Ending, want_endings, _present, about=ABOUT)
