"""What all uploaded tables share: how their rows are read, land once, and are told on a page."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError

from .actions.imports.upload import REASON_HEADER
from .importing.reading import read_sheet
from .inventory_columns import Column, suggested
from .models import Initiative
from .models.initiative import InitiativeQuerySet
from .models.row_file import RowFile

CREATED, UPDATED, UNCHANGED, REJECTED = "created", "updated", "unchanged", "rejected"
# Rows of a preview; what is rejected is told of all.
SHOWN = 50


class PlannedRow(Protocol):
    """What would become of one row."""

    @property
    def number(self) -> int: ...
    @property
    def outcome(self) -> str: ...
    @property
    def reason(self) -> str: ...


def read_rows(content: bytes, columns: Sequence[Column], *, file_name: str, most: int) -> dict[str, Any]:
    """The fields of a row file, its columns matched by their names. Raises DomainError for a file that cannot be read,
    is empty or has more than `most` rows.
    """
    sheet = read_sheet(content)
    if not sheet.rows:
        raise DomainError("The file has a header and no rows below it.", field="file")
    if len(sheet.rows) > most:
        raise DomainError(f"The file has {len(sheet.rows):,} rows; split it into parts of {most}.", field="file")
    headers = [*sheet.headers]
    return {
        "file_name": PurePath(file_name).name[:255],
        "headers": headers,
        "mapping": suggested(columns, [header if header != REASON_HEADER else "" for header in headers]),
        "rows": [[row.number, [*row.cells]] for row in sheet.rows],
    }


def check_columns(columns: Sequence[Column], mapping: Sequence[str], told: str) -> None:
    """Raises DomainError where a column is missing that every row needs; `told` names such files."""
    missing = [each.label for each in columns if each.is_required and each.field not in mapping]
    if missing:
        needed = ", ".join(each.label for each in columns)
        raise DomainError(f"No column is {' or '.join(missing)}. {told} has: {needed}.", field="file")


def initiatives_named(rows: InitiativeQuerySet, names: set[str]) -> dict[str, Initiative]:
    """The initiatives among `rows` that cells name, by reference, else by their whole name where only one is called
    that. Two queries.
    """
    numbers = {name: int(name[3:]) for name in names if name[:3].upper() == "AI-" and name[3:].isdecimal()}
    numbers = {name: number for name, number in numbers.items() if number < 10**9}
    by_pk = rows.in_bulk([*numbers.values()])
    found = {name: by_pk[number] for name, number in numbers.items() if number in by_pk}
    called: dict[str, list[Initiative]] = {}
    for each in rows.filter(name__in=names - numbers.keys()):
        called.setdefault(each.name, []).append(each)
    return found | {name: several[0] for name, several in called.items() if len(several) == 1}


def hold_unlanded[F: RowFile](file: F, *, actor: User, may: Callable[[User], bool]) -> F:
    """The file, locked, so that it lands once. Raises PermissionDenied for anybody but its uploader, DomainError where
    it landed before.
    """
    held: F = type(file)._default_manager.select_for_update().get(pk=file.pk)
    if held.uploaded_by_id != actor.pk or not may(actor):
        raise PermissionDenied("Only the person who uploaded a file lands it.")
    if held.landed_at:
        raise DomainError("This file has landed. Upload it again: what is there already stays as it is.")
    return held


def keep_outcomes(file: RowFile, outcomes: list[list[str]]) -> dict[str, int]:
    """Keep what became of each row. Returns how many of each outcome."""
    file.outcomes, file.landed_at = outcomes, clock.now()
    file.save(update_fields=["outcomes", "landed_at"])
    return dict(Counter(outcome for outcome, _ in outcomes))


def told_of(file: RowFile, plan: Sequence[PlannedRow]) -> dict[str, Any]:
    """What the page of a file shows: what did happen, or, by a `plan`, what would."""
    if file.landed_at:
        numbers = (number for number, _ in file.rows)
        ended = [(number, *told) for number, told in zip(numbers, file.outcomes, strict=True)]
    else:
        ended = [(row.number, row.outcome, row.reason) for row in plan]
    landing = [row for row in plan if row.outcome in (CREATED, UPDATED)]
    return {
        "file": file,
        "rejected": [(number, reason) for number, outcome, reason in ended if outcome == REJECTED],
        "counts": Counter(outcome for _, outcome, _ in ended),
        "landing": landing,
        "nothing_lands": not file.landed_at and not landing,
        "shown": landing[:SHOWN],
    }
