"""Excel workbooks to a grid of cells for each sheet a person would see."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    ZipError,
)

from .limits import MAX_CELLS, MAX_UNPACKED_BYTES, MEGABYTE, UnreadableFileError, check_shape

ZIP_MARK = b"PK\x03\x04"
COMPOUND_MARK = b"\xd0\xcf\x11\xe0"  # the old XLS, and any workbook locked with a password
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
# Where a sheet's cells and rows say they stand, unless they are empty (`<c r="XFD9" s="1"/>`).
PLACE = re.compile(rb"""<(?:\w+:)?(?:c|row)\s(?:[^>]*?\s)?r\s*=\s*["']([A-Za-z]{0,3})(\d+)["'](?:[^>]*[^/>])?>""")
BROKEN = (
    "The workbook cannot be opened: it is damaged or of an unknown kind. Save it as XLSX or CSV again and upload that."
)
LOCKED = "The workbook is locked with a password. Take the password off and upload it again."

type Span = tuple[int, int, int, int]  # first row, first column, last row, last column, all from 0


@dataclass(frozen=True)
class Grid:
    """One sheet's cells as text, from its first row and column on, and its merged spans."""

    name: str
    cells: list[list[str]]
    merged: tuple[Span, ...] = ()


def is_workbook(content: bytes) -> bool:
    return content.startswith((ZIP_MARK, COMPOUND_MARK))


def read_workbook(content: bytes) -> list[Grid]:
    """Every visible sheet that holds something. Raises UnreadableFileError for a locked, broken or bloated file."""
    _check_unpacked(content)
    try:
        with CalamineWorkbook.from_object(io.BytesIO(content)) as workbook:
            return [grid for name in _visible_sheets(workbook) if (grid := _grid(workbook, name)).cells]
    except PasswordError as error:
        raise UnreadableFileError(LOCKED) from error
    except (CalamineError, ZipError, OSError, ValueError) as error:
        raise UnreadableFileError(BROKEN) from error


def _check_unpacked(content: bytes) -> None:
    """Refuse a zip bomb, and a sheet with one far-off cell, before they are unpacked into memory."""
    if content.startswith(COMPOUND_MARK):
        if ENCRYPTED_STREAM in content:
            raise UnreadableFileError(LOCKED)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(archive)
    except zipfile.BadZipFile as error:
        raise UnreadableFileError(BROKEN) from error


def _check_archive(archive: zipfile.ZipFile) -> None:
    if "xl/workbook.xml" not in archive.namelist():
        raise UnreadableFileError(BROKEN)
    unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MAX_UNPACKED_BYTES:
        size, most = unpacked / MEGABYTE, MAX_UNPACKED_BYTES // MEGABYTE
        raise UnreadableFileError(
            f"The workbook unpacks to {size:,.0f} MB; up to {most} MB are read. Keep only the sheet needed."
        )
    if any(entry.flag_bits & 1 for entry in archive.infolist()):
        raise UnreadableFileError(LOCKED)
    for entry in archive.infolist():
        last_row, last_column = _extent(archive, entry)
        # The reader fills a rectangle up to the last cell that holds something: one far cell would fill the memory.
        if last_row * last_column > 4 * MAX_CELLS:
            raise UnreadableFileError(
                f"A sheet reaches down to row {last_row:,} and across to column {last_column:,}. "
                "Delete what stands outside the table and upload it again."
            )


def _extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[int, int]:
    """The last filled row and column of a sheet, from 1.

    Every entry is read to its end, whatever it is: that finds a size or a checksum which lies.
    """
    is_sheet = entry.filename.startswith("xl/worksheets/")
    last_row = last_column = 0
    rest = b""
    with archive.open(entry) as file:
        while block := file.read(MEGABYTE):
            if is_sheet:
                for column, row in PLACE.findall(rest + block):
                    last_row, last_column = max(last_row, int(row)), max(last_column, _column_number(column))
                rest = block[-200:]
    return last_row, last_column


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _visible_sheets(workbook: CalamineWorkbook) -> Iterator[str]:
    for sheet in workbook.sheets_metadata:
        if sheet.visible is SheetVisibleEnum.Visible and sheet.typ is SheetTypeEnum.WorkSheet:
            yield sheet.name


def _grid(workbook: CalamineWorkbook, name: str) -> Grid:
    sheet = workbook.get_sheet_by_name(name)
    if sheet.end is None:
        return Grid(name, [])
    check_shape(sheet.end[0] + 1, sheet.end[1] + 1)
    rows = sheet.to_python(skip_empty_area=False)
    merged = tuple((*start, *end) for start, end in sheet.merged_cell_ranges or ())
    return Grid(name, [[as_text(cell) for cell in row] for row in rows], merged)


def as_text(cell: object) -> str:
    """What stands in a cell, as the person who typed it would write it down."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime():
            return cell.isoformat(" ", "seconds")
        case date():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return str(cell)
