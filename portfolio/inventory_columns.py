"""The columns of the files that fill the inventory, and what their cells say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from aiso.web.forms import PersonField

from .importing.blanks import is_blank
from .importing.dates import DayOrder, Precision, read_date
from .importing.wording import folded, folded_header
from .models import InventoryFile
from .models.autonomy import MOST_READ
from .models.decision import (
    MOST_A_WEEK,
    MOST_REVIEWERS,
    Confidence,
    CostOfDelay,
    CostOfError,
    Reversibility,
    ReviewCapacity,
)

YES, NO = {"yes", "y", "true", "1", "x", "ja", "oui", "si"}, {"no", "n", "false", "0", "nein", "non"}


class CellError(Exception):
    """A cell that says nothing that its column takes; the sentence says what it takes."""


@dataclass(frozen=True)
class Column:
    """One column: the field it fills, its head in our files, other heads it is known by, and how a cell is read."""

    field: str
    label: str
    read: Callable[[str], Any]
    names: tuple[str, ...] = ()
    is_required: bool = False


def words(longest: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if len(cell) > longest:
            raise CellError(f"has more than {longest} characters")
        return cell

    return read


def _count(most: int) -> Callable[[str], int]:
    def read(cell: str) -> int:
        plain = cell.replace(",", "").replace(" ", "").replace("\N{NO-BREAK SPACE}", "").removesuffix(".0")
        if not plain.isdecimal() or len(plain) > 12 or int(plain) > most:
            raise CellError(f"“{cell[:40]}” is not a whole number up to {most:,}")
        return int(plain)

    return read


def _choice(choices: Any) -> Callable[[str], str]:
    known: dict[str, str] = {
        folded(text): value for value, label in choices.choices for text in (value, label, value.replace("_", " "))
    }

    def read(cell: str) -> str:
        if (found := known.get(folded(cell))) is None:
            raise CellError(f"“{cell[:40]}” is none of {', '.join(label for _, label in choices.choices)}")
        return found

    return read


def _yes_no(cell: str) -> bool:
    if cell.casefold() not in YES | NO:
        raise CellError(f"“{cell[:40]}” is neither yes nor no")
    return cell.casefold() in YES


def _person(cell: str) -> Any:
    try:
        return PersonField(required=False).to_python(cell)
    except ValidationError as error:
        raise CellError(f"“{cell[:60]}”: {error.messages[0]}") from error


def read_day(cell: str) -> date:
    found = read_date(cell, order=DayOrder.DAY_FIRST)
    if found.value is None or found.precision != Precision.DAY:
        raise CellError(f"“{cell[:40]}” is not a day; write it as 2026-11-21")
    return found.value


INITIATIVE = Column(
    "initiative",
    "Initiative",
    words(300),
    ("reference", "initiative reference", "ai initiative"),
    is_required=True,
)
NAME = Column(
    "name", "Decision", words(200), ("decision class", "decision name", "decision made", "class"), is_required=True
)
DECISIONS = (
    INITIATIVE,
    NAME,
    Column("owner", "Owner", _person, ("decision owner", "owner email", "accountable", "responsible")),
    Column(
        "volume_per_week",
        "Volume per week",
        _count(MOST_A_WEEK),
        ("a week", "times a week", "weekly volume", "volume", "decisions per week"),
    ),
    Column("cost_of_delay", "Cost of delay", _choice(CostOfDelay), ("delay cost",)),
    Column("cost_of_error", "Cost of error", _choice(CostOfError), ("value at risk", "error cost"), is_required=True),
    Column("reversibility", "Can be undone", _choice(Reversibility), ("reversibility", "reversible"), is_required=True),
    Column("confidence", "Confidence", _choice(Confidence), ("confidence quality",)),
    Column("review_capacity", "Time to review", _choice(ReviewCapacity), ("review capacity", "human review capacity")),
    Column("reviewers", "Reviewers", _count(MOST_REVIEWERS), ("number of reviewers",)),
    Column("is_regulated", "Regulated", _yes_no, ("is regulated", "regulated decision")),
    Column("required_data", "Data it needs", words(500), ("required data", "data required", "data needed", "data")),
    Column("not_automated_because", "Not yet automated because", words(300), ("not yet automated", "reason")),
)
READINGS = (
    INITIATIVE,
    NAME,
    Column("first_day", "First day", read_day, ("from", "start", "period start", "first"), is_required=True),
    Column("last_day", "Last day", read_day, ("to", "end", "period end", "until", "last"), is_required=True),
    Column("volume", "Decisions made", _count(MOST_READ), ("volume", "decisions", "count"), is_required=True),
    Column("overrides", "Overrides", _count(MOST_READ), ("overridden", "override count"), is_required=True),
    Column("errors", "Errors", _count(MOST_READ), ("error count", "wrong"), is_required=True),
)
COLUMNS = {InventoryFile.Kind.DECISIONS: DECISIONS, InventoryFile.Kind.READINGS: READINGS}
# What an empty cell of a mapped column stands for, where that is not nothing.
EMPTY = {
    "volume_per_week": None,
    "reviewers": None,
    "owner": None,
    "confidence": Confidence.UNKNOWN,
    "review_capacity": ReviewCapacity.UNKNOWN,
    "is_regulated": False,
}


def columns_of(kind: str) -> tuple[Column, ...]:
    return COLUMNS[InventoryFile.Kind(kind)]


def suggested(columns: Sequence[Column], headers: Sequence[str]) -> list[str]:
    """The field that each header names, each field once; empty where a header names none."""
    known: dict[str, str] = {}
    for column in columns:
        for text in (column.label, column.field.replace("_", " "), *column.names):
            known.setdefault(folded_header(text), column.field)
    taken: set[str] = set()
    mapping = []
    for header in headers:
        field = known.get(folded_header(header), "")
        mapping.append("" if field in taken else field)
        taken.add(field)
    return mapping


def read_cells(
    columns: Sequence[Column], mapping: Sequence[str], cells: Sequence[str]
) -> tuple[dict[str, Any], list[str]]:
    """What a row says by field, and what is wrong with it, in sentences. Only mapped columns say anything."""
    told: dict[str, Any] = {}
    wrong = []
    by_field = {column.field: column for column in columns}
    for field, cell in zip(mapping, cells, strict=True):
        if not field:
            continue
        column, text = by_field[field], cell.strip()
        try:
            told[field] = _read(column, text)
        except CellError as error:
            wrong.append(f"{column.label} {error}" if not str(error).startswith("“") else f"{column.label}: {error}")
    return told, [f"{sentence}." for sentence in wrong]


def _read(column: Column, text: str) -> Any:
    # A name may read like a word for nothing; an empty cell alone is none.
    if not text or (column.field not in ("name", "initiative") and is_blank(text) and text.casefold() not in NO):
        if column.is_required:
            raise CellError("is missing")
        return EMPTY.get(column.field, "")
    return column.read(text)
