"""CSV and its relatives to a grid of cells."""

import csv
import io
import re
import statistics
from collections.abc import Iterable

from .encoding import decode
from .formulas import unescaped
from .limits import MAX_CELL_CHARACTERS, MAX_COLUMNS, MAX_ROWS, UnreadableFileError, check_shape

DELIMITERS = ",;\t|"
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
# Excel writes "sep=;" as a first line to tell itself the delimiter.
DECLARED_DELIMITER = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
SAMPLE_ROWS = 200


def read_delimited(content: bytes) -> tuple[list[list[str]], str, str]:
    """The grid of a text table, its encoding and its delimiter."""
    text, encoding = decode(content)
    declared = DECLARED_DELIMITER.match(text)
    delimiter = declared[1] if declared and declared[1] in DELIMITERS else find_delimiter(text)
    grid = list(_rows(text, delimiter))
    if declared:
        grid[0] = []  # the row stays, so that rows count as a person counts them
    check_shape(len(grid), max((len(row) for row in grid), default=0))
    return grid, encoding, delimiter


def find_delimiter(text: str) -> str:
    """The delimiter that cuts most rows into the same number of cells, more than one."""
    # A table cut in the midst of a quoted cell would end in a row of one huge cell: leave the last one out.
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        score = _regularity(text, delimiter)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _regularity(text: str, delimiter: str) -> float:
    widths = []
    for row in _rows(text[:500_000], delimiter, limit=SAMPLE_ROWS):
        if any(cell.strip() for cell in row):
            widths.append(len(row))
    if len(widths) > 2:
        widths.pop()
    if not widths or max(widths) < 2:
        return 0.0
    usual = statistics.mode(widths)
    # Even where prose holds many commas, only the true delimiter gives equal widths; more cells break a tie.
    return (widths.count(usual) / len(widths)) * (1 + min(usual, 40) / 100) if usual > 1 else 0.1


def _rows(text: str, delimiter: str, limit: int | None = None) -> Iterable[list[str]]:
    csv.field_size_limit(max(csv.field_size_limit(), 10 * MAX_CELL_CHARACTERS))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 0
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if limit:
                return
            raise UnreadableFileError(
                f"Row {number + 1} cannot be read as CSV ({error}). Is a quotation mark not closed?"
            ) from error
        number += 1
        if limit and number > limit:
            return
        if not limit:
            _check_row(row, number)
        yield [unescaped(cell) for cell in row]


def _check_row(row: list[str], number: int) -> None:
    if number > MAX_ROWS + 100 or len(row) > MAX_COLUMNS:
        check_shape(number, len(row))
    if any(len(cell) > MAX_CELL_CHARACTERS for cell in row):
        raise UnreadableFileError(
            f"A cell in row {number} has more than {MAX_CELL_CHARACTERS:,} characters. Is a quotation mark not closed?"
        )
