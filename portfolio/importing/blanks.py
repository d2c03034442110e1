"""The many ways people write nothing."""

import re

from .catalogue import words
from .wording import folded

LONGEST = 60  # characters; whatever is longer says something
# No word for nothing has a digit, so that most cells of sums, days and numbers need no closer look.
DIGIT = re.compile(r"[0-9]")


def is_blank(cell: str) -> bool:
    """Whether a cell says nothing: empty, only marks such as `-` and `?`, or a word for nothing."""
    if DIGIT.search(cell):
        return False
    if len(cell) > LONGEST and any(mark.isalnum() for mark in cell[:LONGEST]):
        return False
    return bool(blank_word(cell)) or not folded(cell)


def blank_word(cell: str) -> str:
    """`N/A`, `None` or `TBD` for a cell that says nothing in words, the empty text for any other."""
    if len(cell) > LONGEST:
        return ""
    text = folded(cell)
    if text in words("not_applicable"):
        return "N/A"
    if text in words("nothing"):
        return "None"
    return "TBD" if text in words("not_yet_known") else ""
