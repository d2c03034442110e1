"""Adding, removing and moving rows of a content before it is saved: what the buttons beside them do."""

from typing import Any

from .shape import Content, Level, shaped


def rearranged(level: Level, content: Content, deed: str) -> tuple[Content, str]:
    """The content after a deed such as `add questions-2-options` or `up questions-2`, and where it put a row.

    A deed that leads nowhere changes nothing.
    """
    verb, _, address = deed.partition(" ")
    place = _place(level, content, address)
    if place is None:
        return content, ""
    rows, number, inner, before = place
    if verb == "add" and number is None:
        rows.append(shaped(inner, {}))
        return content, f"{before}{len(rows) - 1}"
    if number is None or number >= len(rows):
        return content, ""
    if verb == "remove":
        del rows[number]
        return content, ""
    to = number + {"up": -1, "down": 1}.get(verb, 0)
    if 0 <= to < len(rows):
        rows[number], rows[to] = rows[to], rows[number]
    return content, f"{before}{min(max(to, 0), len(rows) - 1)}"


def _place(level: Level, content: Content, address: str) -> "tuple[list[Any], int | None, Level, str] | None":
    """The list that an address names, and which of its rows; `questions-2-options` names a list alone."""
    name, _, rest = address.partition("-")
    if level.rows is None or level.rows.name != name:
        return None
    rows, inner, before = content[name], level.rows, f"{name}-"
    digits, _, deeper = rest.partition("-")
    if not rest:
        return rows, None, inner, before
    if not (digits.isdecimal() and len(digits) < 5):
        return None
    if not deeper:
        return rows, int(digits), inner, before
    if int(digits) >= len(rows):
        return None
    found = _place(inner, rows[int(digits)], deeper)
    return found and (*found[:3], f"{before}{digits}-{found[3]}")
