"""The columns of files of adoption readings, what their cells say, and how a reading is written into them."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from portfolio.importing.wording import folded
from portfolio.inventory_columns import CellError, Column, read_day, words

from .adoption_told import UNDER, Told
from .models.adoption import MOST_USERS
from .weeks import week_ending, week_name, week_named

# A figure that was withheld where the file comes from.
WITHHELD = object()


def _week(cell: str) -> date:
    """`2026-W46`, or any day of the week."""
    if (named := week_named(cell)) is not None:
        return named
    try:
        return week_ending(read_day(cell))
    except (CellError, OverflowError):
        raise CellError(f"“{cell[:40]}” is no week; write it as 2026-W46, or as a day of it") from None


def _people(cell: str) -> Any:
    if _is_withheld(cell):
        return WITHHELD
    plain = cell.replace(",", "").replace(" ", "").replace("\N{NO-BREAK SPACE}", "").removesuffix(".0")
    if not (plain.isascii() and plain.isdecimal()) or len(plain) > 12 or int(plain) > MOST_USERS:
        raise CellError(f"“{cell[:40]}” is not a whole number up to {MOST_USERS:,}")
    return int(plain)


def _satisfaction(cell: str) -> Any:
    if _is_withheld(cell):
        return WITHHELD
    try:
        found = Decimal(cell.replace(",", "."))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or not 1 <= found <= 5:
        raise CellError(f"“{cell[:40]}” is not 1 to 5, such as 4.25")
    return found


def _is_withheld(cell: str) -> bool:
    return folded(cell) == folded(UNDER)


ADOPTION_COLUMNS = (
    Column("workflow", "Workflow", words(200), ("process", "business process", "workflow name"), is_required=True),
    Column("week_ends_on", "Week", _week, ("iso week", "calendar week", "week of", "date"), is_required=True),
    Column("target_users", "Target users", _people, ("target", "intended users", "licences"), is_required=True),
    Column("active_users", "Active users", _people, ("active", "users", "weekly active users"), is_required=True),
    Column("repeat_users", "Repeat users", _people, ("repeat", "returning users")),
    Column("opt_outs", "Opt-outs", _people, ("opt outs", "opted out")),
    Column("satisfaction", "Satisfaction", _satisfaction, ("satisfaction score", "score", "rating")),
    Column("answered", "Answers", _people, ("answered", "responses", "number of answers")),
    Column("source", "Source", words(300), ("evidence", "where from", "report"), is_required=True),
    Column("reason", "Reason of the correction", words(500), ("reason", "correction")),
)


def cell_of(told: Told, field: str) -> Any:
    """A reading's cell in a file that imports again."""
    if field in told.hidden:
        return UNDER
    if field == "week_ends_on":
        return week_name(told.reading.week_ends_on)
    if field == "workflow":
        return told.reading.workflow.name
    return getattr(told.reading, field)
