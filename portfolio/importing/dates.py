"""Dates as people type them into inventories, and why some are none.

A reading is the first day of what was said and how exact that was. Cells that hold no date get a sentence
that says so, which the import shows beside the row.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from .blanks import blank_word, is_blank
from .catalogue import alternatives, months
from .wording import folded

EXCEL_EPOCH = date(1899, 12, 30)
EARLIEST_YEAR, LATEST_YEAR = 1950, 2099
# A bare number of this size is a spreadsheet's count of days: 1954 to 2064.
SERIALS = range(20_000, 60_000)
FEDERAL_FISCAL_YEAR_START = 10


class Precision(StrEnum):
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class DayOrder(StrEnum):
    """Which number of 3/4/2025 is the month."""

    MONTH_FIRST = "month first"
    DAY_FIRST = "day first"


@dataclass(frozen=True)
class DateReading:
    """A date and how exact it is, or the reason why there is none. A blank cell has neither."""

    value: date | None = None
    precision: Precision | None = None
    reason: str = ""


BLANK = DateReading()
TIME = r"(?:[T\s]+\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:[ap]m|z|[+-]\d\d:?\d\d)?)?"
NUMERIC = re.compile(rf"(\d{{1,4}})\s*([./-])\s*(\d{{1,2}})\s*\2\s*(\d{{4}}|\d{{2}}){TIME}", re.IGNORECASE)
PLANNED = re.compile(rf"\b(?:{alternatives('planned')})\b")
ONE_ENDED = re.compile(rf"(?:{alternatives('one_ended')})\b")
CONTINUING = re.compile(rf"(?:{alternatives('continuing')})\b")
REMARK = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*")
DATE_IN_TEXT = re.compile(r"\d{4}-\d{1,2}(?!\d)(?:-\d{1,2})?|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\b(?:19|20)\d\d\b")

_MONTH = "(?P<month_name>" + "|".join(sorted(months(), key=len, reverse=True)) + ")"
_MONTH_NUMBER = "(?P<month>0?[1-9]|1[0-2])"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_SHORT_YEAR = r"(?P<short_year>\d\d)"
_ANY_YEAR = f"(?:{_YEAR}|{_SHORT_YEAR})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er)?"
_OF = "(?: de| of)?"
_CLOCK = r"(?: \d\d \d\d(?: \d\d)?)?"
_VAGUE = f"(?:(?:{alternatives('vague')}) )?"
_FISCAL = f"(?P<fiscal>{alternatives('fiscal')})"
_QUARTER = f"(?:{alternatives('quarters')}) ?(?P<quarter>[1-4])"
_ORDINAL_QUARTER = f"(?P<quarter>[1-4]) ?(?:{alternatives('ordinal_quarters')})"
# Against the folded cell, so with blanks where dashes, dots and commas stood; the first that fits counts.
WORDED = [
    (re.compile(pattern), precision)
    for pattern, precision in (
        (f"{_DAY}{_OF} {_MONTH}{_OF} {_YEAR}{_CLOCK}", Precision.DAY),
        (f"{_MONTH} {_DAY} {_YEAR}{_CLOCK}", Precision.DAY),
        (f"{_YEAR} {_MONTH} {_DAY}", Precision.DAY),
        (f"{_DAY} {_MONTH} {_SHORT_YEAR}", Precision.DAY),
        (f"{_VAGUE}{_MONTH}{_OF} {_YEAR}", Precision.MONTH),
        (f"{_YEAR} {_MONTH}", Precision.MONTH),
        (f"{_SHORT_YEAR} {_MONTH}", Precision.MONTH),
        (f"{_MONTH} {_SHORT_YEAR}", Precision.MONTH),
        (f"{_YEAR} {_MONTH_NUMBER}", Precision.MONTH),
        (f"{_MONTH_NUMBER} {_YEAR}", Precision.MONTH),
        (f"{_QUARTER} ?{_FISCAL}? ?{_ANY_YEAR}", Precision.QUARTER),
        (f"{_FISCAL}? ?{_ANY_YEAR} ?{_QUARTER}", Precision.QUARTER),
        (f"{_ORDINAL_QUARTER} ?{_FISCAL}? ?{_ANY_YEAR}", Precision.QUARTER),
        (f"h(?P<half>[12]) ?{_YEAR}", Precision.YEAR),
        (f"{_YEAR} ?h(?P<half>[12])", Precision.YEAR),
        (f"{_FISCAL} ?{_ANY_YEAR}", Precision.YEAR),
        (f"{_VAGUE}{_YEAR}", Precision.YEAR),
    )
]


def day_order(cells: Iterable[str], default: DayOrder = DayOrder.MONTH_FIRST) -> DayOrder:
    """The order of day and month that a column's cells agree with."""
    first_too_large = second_too_large = dotted = 0
    for cell in cells:
        if not (match := NUMERIC.match(cell.strip())) or len(match[1]) > 2:
            continue
        first_too_large += int(match[1]) > 12
        second_too_large += int(match[3]) > 12
        dotted += match[2] == "."
    if first_too_large != second_too_large:
        return DayOrder.DAY_FIRST if first_too_large > second_too_large else DayOrder.MONTH_FIRST
    return DayOrder.DAY_FIRST if dotted else default


def read_date(
    cell: str, order: DayOrder = DayOrder.MONTH_FIRST, fiscal_start: int = FEDERAL_FISCAL_YEAR_START
) -> DateReading:
    """The date a cell names. `fiscal_start` is the month in which the fiscal year before begins."""
    text = cell.strip().strip(".,;").strip()
    if is_blank(text):
        waits = blank_word(text) == "TBD"
        return DateReading(reason=f"“{text}”: no date is known yet") if waits else BLANK
    found = _numeric(text, order) or _number(text) or _worded(folded(text), fiscal_start)
    return found or _with_remark(text, order, fiscal_start) or DateReading(reason=_why_not(text))


def _numeric(text: str, order: DayOrder) -> DateReading | None:
    """1/31/2024, 31.1.24, 2024-01-31 and the like."""
    match = NUMERIC.fullmatch(text)
    if not match:
        return None
    first, second, third = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) == 4:
        return _day(first, second, third) or _no_such_day(text)
    if len(match[1]) == 3:
        return None
    year = third if len(match[4]) == 4 else _full_year(third)
    month, day = (second, first) if order is DayOrder.DAY_FIRST or match[2] == "." else (first, second)
    return _day(year, month, day) or _day(year, day, month) or _no_such_day(text)


def _number(text: str) -> DateReading | None:
    """A bare year, a spreadsheet's day count, or the digits of a date."""
    match = re.fullmatch(r"(\d{4,5}|\d{8})(?:\.0+)?", text)
    if not match:
        return None
    number = int(match[1])
    if EARLIEST_YEAR <= number <= LATEST_YEAR:
        return DateReading(date(number, 1, 1), Precision.YEAR)
    if number in SERIALS:
        return DateReading(EXCEL_EPOCH + timedelta(days=number), Precision.DAY)
    return _day(number // 10_000, number // 100 % 100, number % 100) if number > 10_000_000 else None


def _worded(text: str, fiscal_start: int) -> DateReading | None:
    for pattern, precision in WORDED:
        if match := pattern.fullmatch(text):
            parts = {name: part for name, part in match.groupdict().items() if part}
            return _from_parts(parts, precision, fiscal_start)
    return None


def _from_parts(parts: dict[str, str], precision: Precision, fiscal_start: int) -> DateReading | None:
    year = int(parts.get("year", 0)) or _full_year(int(parts.get("short_year", 0)))
    month = months().get(parts.get("month_name", ""), 0) or int(parts.get("month", 1))
    if quarter := int(parts.get("quarter", 0)):
        month = 3 * quarter - 2
    if half := int(parts.get("half", 0)):
        month = 6 * half - 5
    if "fiscal" in parts:
        year, month = _fiscal_month(year, month, fiscal_start)
    return _day(year, month, int(parts.get("day", 1)), precision)


def _fiscal_month(fiscal_year: int, month: int, fiscal_start: int) -> tuple[int, int]:
    """The calendar month of the nth month of a fiscal year, which carries the name of the year it ends in."""
    months = fiscal_start - 1 + month - 1
    year = fiscal_year - (fiscal_start > 1) + months // 12
    return year, months % 12 + 1


def _with_remark(text: str, order: DayOrder, fiscal_start: int) -> DateReading | None:
    """A date with words in brackets behind it, if it is the only date in the cell and has come to pass."""
    if len(DATE_IN_TEXT.findall(text)) > 1 or not REMARK.search(text):
        return None
    bare = REMARK.sub(" ", text).strip()
    reading = read_date(bare, order, fiscal_start) if bare != text.strip() else None
    return reading if reading and reading.value else None


def _day(year: int, month: int, day: int, precision: Precision = Precision.DAY) -> DateReading | None:
    try:
        value = date(year, month, day)
    except ValueError:
        return None
    if year == EXCEL_EPOCH.year + 6:  # 1905: a year typed into a cell of dates, counted as days
        return DateReading(date((value - EXCEL_EPOCH).days, 1, 1), Precision.YEAR)
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return DateReading(reason=f"“{value.isoformat()}” lies outside {EARLIEST_YEAR} to {LATEST_YEAR}")
    return DateReading(value, precision)


def _full_year(two_digits: int) -> int:
    return two_digits + (1900 if two_digits >= 70 else 2000)


def _no_such_day(text: str) -> DateReading:
    return DateReading(reason=f"“{text}” is no day of the calendar")


def _why_not(text: str) -> str:
    plain = folded(text)
    short = text if len(text) <= 60 else text[:57] + "…"
    if plain.split()[:1] == ["n"] or plain.startswith(("na ", "not applicable")):
        return f"“{short}”: not applicable"
    if PLANNED.search(plain):
        return f"“{short}” is planned and has not happened"
    if len(DATE_IN_TEXT.findall(text)) > 1:
        return f"“{short}” names more than one date"
    if CONTINUING.match(plain):
        return f"“{short}” is not a date"
    if ONE_ENDED.match(plain):
        return f"“{short}” names only one end of a time"
    return f"“{short}” cannot be read as a date"
