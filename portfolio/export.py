"""The register as a file. What is shown, or every column; XLSX as text cells, CSV with formulas made safe."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from io import BytesIO
from itertools import batched
from typing import Any, Protocol

import xlsxwriter
from django.utils import timezone

from aiso.accounts.models import User

from .importing.formulas import escaped
from .lane_words import lane_reason
from .models.initiative import PRIORITY_PARTS, InitiativeQuerySet
from .permissions import money_seen_among
from .tables import COLUMNS, fetch_for

# Columns that only a file has: what the register folds into one cell, and long texts.
ONLY_IN_FILES: dict[str, Any] = {
    "Summary": lambda row: row.summary,
    "Outcome": lambda row: row.outcome,
    "Stage since": lambda row: row.stage_since,
    "Why this lane": lane_reason,
    **{part.replace("_", " ").capitalize(): (lambda row, part=part: getattr(row, part)) for part in PRIORITY_PARTS},
    "Business owner e-mail": lambda row: row.business_owner.email if row.business_owner else "",
    "Technical owner e-mail": lambda row: row.technical_owner.email if row.technical_owner else "",
    "Risk owner e-mail": lambda row: row.risk_owner.email if row.risk_owner else "",
    "Parent unit": lambda row: row.unit.parent.name if row.unit.parent else "",
    "Confidential": lambda row: "Yes" if row.is_confidential else "No",
    "Notes": lambda row: row.notes,
}
# Rows read from the database at a time.
CHUNK = 1000
# The most that one Excel sheet of ours holds; CSV has no such bound.
MOST_XLSX = 20_000


class Written(Protocol):
    """What can be written as a file: a title, headers, and lines of plain values."""

    @property
    def title(self) -> str: ...

    @property
    def headers(self) -> list[str]: ...

    def lines(self) -> Iterator[list[Any]]: ...


class Sheet:
    """Rows and columns of one person's export."""

    title = "Register"

    def __init__(self, rows: InitiativeQuerySet, columns: list[str], *, user: User, everything: bool) -> None:
        self.columns = [*COLUMNS] if everything else columns
        self.rows = _fetched(rows, self.columns, everything=everything)
        self.extra = ONLY_IN_FILES if everything else {}
        self.user = user

    @property
    def headers(self) -> list[str]:
        return ["Reference", *(str(COLUMNS[name].verbose_name) for name in self.columns), *self.extra]

    def lines(self) -> Iterator[list[Any]]:
        """Each row as plain values, read in chunks, so that memory stays small."""
        cells = [COLUMNS[name] for name in self.columns]
        sums = {place for place, cell in enumerate(cells, start=1) if cell.is_money}
        draw = [cell.of for cell in cells] + [*self.extra.values()]
        for chunk in batched(self.rows.iterator(chunk_size=CHUNK), CHUNK, strict=False):
            fetch_for(chunk, self.columns)
            sees_money = money_seen_among(self.user, chunk if sums else ())
            for row in chunk:
                line = [row.reference, *(each(row) for each in draw)]
                yield line if sees_money(row) else [None if at in sums else cell for at, cell in enumerate(line)]


def csv_lines(sheet: Written) -> Iterator[str]:
    """CSV line by line, to be streamed; a byte-order mark tells Excel that it is UTF-8."""
    writer = csv.writer(_Line())
    yield "\ufeff"
    yield writer.writerow(sheet.headers)
    for line in sheet.lines():
        yield writer.writerow([escaped(_text(value)) for value in line])


def xlsx_bytes(sheet: Written) -> bytes:
    """A workbook whose cells are all text, so that nothing in them runs or turns into a date of its own."""
    buffer = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        page = book.add_worksheet(sheet.title)
        page.freeze_panes(1, 2)
        page.set_column(0, 0, 10)
        page.set_column(1, 1, 48)
        page.set_column(2, len(sheet.headers), 18)
        _write(page, 0, sheet.headers, book.add_format({"bold": True}))
        for number, line in enumerate(sheet.lines(), start=1):
            _write(page, number, map(_text, line))
    return buffer.getvalue()


def _write(page: Any, number: int, cells: Iterable[str], style: Any = None) -> None:
    for column, cell in enumerate(cells):
        page.write_string(number, column, cell[:32_767], style)


def _text(value: Any) -> str:
    """A value as a file states it: ISO dates, local time to the minute, nothing for none."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


def _fetched(rows: InitiativeQuerySet, columns: list[str], *, everything: bool) -> InitiativeQuerySet:
    needs = {need for name in columns for need in COLUMNS[name].needs} | {"unit"}
    if everything:
        needs |= {"unit__parent"}
    rows = rows.select_related(*sorted(need for need in needs if not need.endswith("*"))).defer("search")
    return rows.prefetch_related(*sorted(need.removesuffix("*") for need in needs if need.endswith("*"))).order_by("pk")


class _Line:
    """What csv writes into: gives each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line
