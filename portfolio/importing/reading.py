"""A file that somebody uploads to a sheet of rows under headers, told from banners, notes and empty space."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .catalogue import alternatives
from .delimited import read_delimited
from .header_row import Header, find_header
from .limits import UnreadableFileError, check_shape, check_size
from .workbook import Grid, is_workbook, read_workbook

# Notes below a table: one cell, behind an empty row or with words like these.
FOOTNOTE = re.compile(rf"\s*(?:\*|†|(?:{alternatives('footnotes')})\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one record, and its row as a person counts rows in the file, from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """One table: what stood over it, its rows, and what was left out of it."""

    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    header_row: int  # from 1; the lower one where the header takes two rows
    encoding: str = ""
    delimiter: str = ""
    name: str = ""
    notes: tuple[str, ...] = field(default=())

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Each row as the record it is kept as: header to cell, empty cells left out."""
        for row in self.rows:
            pairs = zip(self.headers, row.cells, strict=True)
            yield row.number, {header: cell for header, cell in pairs if cell.strip()}


def read_sheet(content: bytes) -> Sheet:
    """The table of a CSV or XLSX file; of a workbook, the visible sheet that looks most like a register.

    Raises UnreadableFileError, with what to do, for a file that holds no table that can be read.
    """
    check_size(content)
    if is_workbook(content):
        return _best_sheet(read_workbook(content))
    cells, encoding, delimiter = read_delimited(content)
    header = _find_header(cells)
    return _sheet(Grid("", cells), header, encoding=encoding, delimiter=delimiter)


def _find_header(cells: Sequence[Sequence[str]]) -> Header:
    header = find_header(cells)
    if header is None:
        raise UnreadableFileError("The file holds no text. Upload a table whose first row names its columns.")
    return header


def _best_sheet(grids: Sequence[Grid]) -> Sheet:
    found = [(grid, header) for grid in grids if (header := find_header(grid.cells, grid.merged))]
    if not found:
        raise UnreadableFileError("The workbook has no visible sheet with anything in it.")
    grid, header = max(found, key=lambda pair: (min(pair[1].known, 8), len(pair[0].cells) - pair[1].row))
    others = [f"Sheet “{other.name}” was not read." for other, _ in found if other is not grid]
    return _sheet(grid, header, notes=others)


def _sheet(grid: Grid, header: Header, encoding: str = "", delimiter: str = "", notes: Sequence[str] = ()) -> Sheet:
    width = max((len(row) for row in grid.cells[header.row :]), default=0)
    body = [
        (number, _padded(row, width)) for number, row in enumerate(grid.cells[header.row + 1 :], start=header.row + 2)
    ]
    labels = _padded(header.labels, width)
    rows = [(number, row) for number, row in body if any(row) and not _is_header_again(row, labels)]
    rows, footnotes = _without_footnotes(rows, width)
    used = [place for place in range(width) if labels[place] or any(row[place] for _, row in rows)]
    check_shape(len(rows), len(used))
    return Sheet(
        headers=_unique([labels[place] or f"Column {_letters(place)}" for place in used]),
        rows=tuple(Row(number, tuple(row[place] for place in used)) for number, row in rows),
        header_row=header.row + 1,
        encoding=encoding,
        delimiter=delimiter,
        name=grid.name,
        notes=(*notes, *footnotes),
    )


def _padded(row: Sequence[str], width: int) -> list[str]:
    """The row cut or filled to `width`; blank cells become empty, zero characters go."""
    return [cell.replace("\0", "") if cell.strip() else "" for cell in row[:width]] + [""] * (width - len(row))


def _is_header_again(row: Sequence[str], labels: Sequence[str]) -> bool:
    """Files put together from several pages repeat their header."""
    said = [(cell.strip(), label.strip()) for cell, label in zip(row, labels, strict=True) if cell]
    return len(said) > 1 and all(cell == label for cell, label in said)


def _without_footnotes(rows: list[tuple[int, list[str]]], width: int) -> tuple[list[tuple[int, list[str]]], list[str]]:
    """Cut the notes off that stand below the table, in a single cell of a row."""
    notes: list[str] = []
    while width > 3 and len(rows) > 1 and sum(map(bool, rows[-1][1])) == 1:
        number, row = rows[-1]
        text = next(cell for cell in row if cell)
        if not FOOTNOTE.match(text) and rows[-2][0] == number - 1:
            break
        notes.insert(0, f"Row {number}, below the table: {text.strip()[:200]}")
        rows = rows[:-1]
    return rows, notes


def _unique(labels: Sequence[str]) -> tuple[str, ...]:
    """The labels with a number behind each that comes again."""
    seen: dict[str, int] = {}
    unique = []
    for label in labels:
        label = label.strip()
        seen[label] = seen.get(label, 0) + 1
        unique.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return tuple(unique)


def _letters(place: int) -> str:
    """A column's name in a spreadsheet program: A, B, …, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
