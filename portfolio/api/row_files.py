"""What all uploaded tables are over the API, whatever their rows say."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, TypedDict

from ..models.row_file import RowFile
from ..row_files import CREATED, REJECTED, UNCHANGED, PlannedRow

# What becomes of a row that adds something and changes nothing.
OUTCOMES = (CREATED, UNCHANGED, REJECTED)


class RowFileRowShape(TypedDict):
    """An uploaded table, as lists tell it."""

    id: int
    file_name: str
    uploaded_at: datetime
    landed_at: Annotated[datetime | None, "Null: nothing of it is booked yet."]


class RowFileColumnShape(TypedDict):
    """A column of the file."""

    header: str
    holds: Annotated[str, "The field that it fills; empty: left out."]


class RowFileShape(RowFileRowShape):
    """An uploaded table on its way to where its rows land."""

    columns: list[RowFileColumnShape]
    outcomes: Annotated[dict[str, int], "Rows by what would become of them, or by what did once the file landed."]


def drawn_row(file: RowFile) -> RowFileRowShape:
    return {
        "id": file.pk,
        "file_name": file.file_name,
        "uploaded_at": file.uploaded_at,
        "landed_at": file.landed_at,
    }


def drawn_file(file: RowFile, plan: Sequence[PlannedRow]) -> RowFileShape:
    """A file with what would become of its rows; `plan` is empty once it landed."""
    outcomes = [outcome for outcome, _ in file.outcomes] if file.landed_at else [row.outcome for row in plan]
    held = zip(file.headers, file.mapping, strict=True)
    return {
        **drawn_row(file),
        "columns": [{"header": header, "holds": field} for header, field in held],
        "outcomes": dict(Counter(outcomes)),
    }
