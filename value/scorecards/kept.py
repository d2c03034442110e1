"""Lines of scorecards as kept rows: brought up to date with all others, of what was marked or of all (`value.kept`)."""

from django.db.backends.utils import CursorWrapper

from ..kept.tables import KeptTable, Query, all_rows, register_kept, start_touched
from ..kept.touched import TAKEN, Touched
from ..models import ScorecardLine
from .wanted import wanted

INITIATIVES = "scored_initiatives"
# What is marked of a measurement names the initiative where it was measured; its metric may have moved on since.
TOUCHED = f"""
    SELECT initiative_id FROM {TAKEN} WHERE about IN ('scored', 'measured') AND initiative_id IS NOT NULL
    UNION SELECT metric.initiative_id FROM {TAKEN} JOIN portfolio_outcomemetric AS metric ON metric.id = metric_id
        WHERE about = 'measured'
"""  # noqa: S608 (a constant)
THESE = f"IN (SELECT initiative_id FROM {INITIATIVES})"  # noqa: S608


def want_lines(cursor: CursorWrapper, touched: Touched) -> Query:
    if not touched.is_all:
        start_touched(cursor, INITIATIVES, TOUCHED)
    lines = wanted(None if touched.is_all else THESE)
    return f"SELECT {SCORECARD_LINES.columns} FROM ({lines}) AS lines", None  # noqa: S608


def _present(table: KeptTable, touched: Touched) -> str:
    return all_rows(table) if touched.is_all else all_rows(table, f"initiative_id {THESE}")


SCORECARD_LINES = KeptTable(
    "scorecard_lines", ScorecardLine, want_lines, _present, is_dated=False, about=("scored", "measured")
)


def register_lines() -> None:
    register_kept(SCORECARD_LINES)
