"""The many ways people write nothing."""

from .catalogue import words
from .wording import folded


def is_blank(cell: str) -> bool:
    """Whether a cell says nothing: empty, only marks such as `-` and `?`, or a word for nothing."""
    return bool(blank_word(cell)) or not folded(cell)


def blank_word(cell: str) -> str:
    """`N/A`, `None` or `TBD` for a cell that says nothing in words, the empty text for any other."""
    text = folded(cell)
    if text in words("not_applicable"):
        return "N/A"
    if text in words("nothing"):
        return "None"
    return "TBD" if text in words("not_yet_known") else ""
