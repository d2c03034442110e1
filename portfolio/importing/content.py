"""What the cells of a column look like, and which standard columns that speaks for or against."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .blanks import is_blank
from .catalogue import Column, Kind, columns
from .choices import is_answer, match_choice
from .dates import read_date

EMAIL = re.compile(r"[^@\s;,<>]+@[^@\s;,<>]+\.[A-Za-z]{2,}")
URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)*\s*%?")
CODE = re.compile(r"[A-Z][A-Z0-9&.\-]{1,9}")
IDENTIFIER = re.compile(r"(?=.*\d)[\w./#-]+(?: ?[-–—] ?[\w./#]+)*")
SAMPLE = 300


@dataclass(frozen=True)
class Profile:
    """Shares, from 0 to 1, of a column's filled cells; `filled` of all its cells."""

    cells: tuple[str, ...]
    filled: float
    distinct: float
    length: float
    emails: float
    links: float
    numbers: float
    dates: float
    codes: float
    identifiers: float


def profile(cells: Sequence[str]) -> Profile:
    """What a sample of a column, spread over all its rows, looks like."""
    said = [cell.strip() for cell in cells if not is_blank(cell)]
    sample = said[:: max(1, len(said) // SAMPLE)]
    count = len(sample) or 1

    def share(pattern: re.Pattern[str]) -> float:
        return sum(bool(pattern.fullmatch(cell)) for cell in sample) / count

    return Profile(
        cells=tuple(sample),
        filled=len(said) / (len(cells) or 1),
        distinct=len(set(sample)) / count,
        length=sum(map(len, sample)) / count,
        emails=sum(bool(EMAIL.search(cell)) for cell in sample) / count,
        links=sum(bool(URL.search(cell)) for cell in sample) / count,
        numbers=share(NUMBER),
        dates=sum(len(cell) <= 30 and read_date(cell).value is not None for cell in sample) / count,
        codes=share(CODE),
        identifiers=share(IDENTIFIER),
    )


def affinity(column: Column, seen: Profile) -> float:
    """From -1, the cells cannot be this column's, over 0, nothing to be told, to 1, they look just like it."""
    if not seen.cells:
        return 0.0
    match column.kind:
        case Kind.EMAIL:
            return _contact(seen)
        case Kind.URL:
            return seen.links if seen.links > 0.1 else -0.1
        case Kind.DATE:
            return 2 * seen.dates - 1
        case Kind.NUMBER:
            return 2 * seen.numbers - 1
        case Kind.CHOICE | Kind.CHOICES | Kind.YES_NO:
            return 2 * answers(column, seen) - 1
        case Kind.IDENTIFIER:
            return _identifier(seen)
        case Kind.CODE:
            return 2 * seen.codes - 1
        case Kind.LONG_TEXT:
            return _prose(seen)
        case _:
            return _name(seen) if column.key == "use_case_name" else _words(seen)


def answers(column: Column, seen: Profile) -> float:
    """The share of cells that say one of the column's legal values. Each distinct cell is looked at once."""
    if not column.choices or not seen.cells:
        return 0.0
    counts = Counter(seen.cells)
    said = sum(count for cell, count in counts.most_common(40) if is_answer(column, cell))
    return said / sum(count for _, count in counts.most_common(40))


def _contact(seen: Profile) -> float:
    """Owners are given by address or by name."""
    if seen.emails > 0.5:
        return 1.0
    return 0.0 if seen.length < 60 and seen.numbers < 0.3 and seen.dates < 0.3 else -0.7


def _identifier(seen: Profile) -> float:
    if seen.length > 40 or seen.emails > 0.3:
        return -1.0
    if seen.identifiers < 0.3 and seen.length > 15:  # words, not identifiers
        return -0.7
    return min(1.0, 2 * seen.distinct - 1) * (0.5 + seen.identifiers / 2)


def _name(seen: Profile) -> float:
    if seen.emails > 0.3 or seen.numbers > 0.7 or seen.dates > 0.7 or seen.length > 250:
        return -1.0
    return min(1.0, 2 * seen.distinct - 1) if 4 <= seen.length <= 150 else -0.3


def _words(seen: Profile) -> float:
    if seen.emails > 0.5 or seen.dates > 0.8:
        return -0.6
    return -0.3 if seen.numbers > 0.8 or seen.length > 400 else 0.1


def _prose(seen: Profile) -> float:
    if seen.numbers > 0.8 or seen.dates > 0.8 or seen.emails > 0.8:
        return -0.8
    return max(-0.4, min(1.0, (seen.length - 30) / 60))


# Columns whose cells alone give them away, whatever the header says.
TELLING = ("development_stage", "impact_type", "classification", "contracting_usage", "contact_email")


def telling_columns(seen: Profile) -> dict[str, float]:
    """Columns that the cells alone point to, for a header that says nothing."""
    found = {}
    for key in TELLING:
        column = columns()[key]
        share = seen.emails if column.kind is Kind.EMAIL else _several_answers(column, seen)
        if share >= 0.8:
            found[key] = share
    return found


def _several_answers(column: Column, seen: Profile) -> float:
    """The share of answers where they repeat and differ: a column of nothing but *no* could be any."""
    different = set(seen.cells)
    if len(different) > 60 or (seen.distinct > 0.6 and len(seen.cells) > 8):
        return 0.0
    kinds = {match.value for cell in different if (match := match_choice(column, cell))}
    return answers(column, seen) if len(kinds) > 1 else 0.0
