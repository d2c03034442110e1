"""How large a file may be, and the error that says which limit it broke.

The limits keep one upload from filling the memory of a worker: a spreadsheet of a million cells is read in
a second or two and some hundred megabytes.
"""

from aiso.errors import DomainError

MEGABYTE = 1024 * 1024
MAX_FILE_BYTES = 25 * MEGABYTE
MAX_UNPACKED_BYTES = 400 * MEGABYTE  # an XLSX is a zip file; real ones unpack to 5 to 15 times their size
MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_CELLS = 5_000_000
MAX_CELL_CHARACTERS = 100_000


class UnreadableFileError(DomainError):
    """A file that cannot be imported at all; the sentence tells the person what to do about it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


def check_size(content: bytes) -> None:
    if not content.strip():
        raise UnreadableFileError("The file is empty.")
    if len(content) > MAX_FILE_BYTES:
        size, most = len(content) / MEGABYTE, MAX_FILE_BYTES // MEGABYTE
        raise UnreadableFileError(f"The file has {size:.0f} MB; up to {most} MB are read. Split it into parts.")


def check_shape(rows: int, columns: int) -> None:
    """Refuse a table that is too long, too wide or both."""
    if rows > MAX_ROWS:
        raise UnreadableFileError(f"The table has {rows:,} rows; up to {MAX_ROWS:,} are read. Split it into parts.")
    if columns > MAX_COLUMNS:
        raise UnreadableFileError(
            f"The table has {columns:,} columns; up to {MAX_COLUMNS:,} are read. Remove those not needed."
        )
    if rows * columns > MAX_CELLS:
        raise UnreadableFileError(
            f"The table has {rows * columns:,} cells; up to {MAX_CELLS:,} are read. Split it into parts."
        )
