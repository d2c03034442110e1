"""What differs between two contents, as lines that people read."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from django.utils.text import capfirst

from .shape import Content, Level, Rows, by_code, fields_of, label_of, title_of, told


@dataclass(frozen=True)
class Line:
    """One difference. `was` and `now` are told where a value changed, `now` where something was added."""

    sign: Literal["added", "removed", "changed", "moved"]
    what: str
    was: str = ""
    now: str = ""


def differences(level: Level, old: Content, new: Content, *, within: str = "") -> list[Line]:
    """Fields first, then the rows in their new order, each with what differs inside it."""
    lines = [
        Line("changed", _inside(within, label_of(name, field)), told(field, old.get(name)), told(field, new.get(name)))
        for name, field in fields_of(level).items()
        if old.get(name) != new.get(name)
    ]
    return [*lines, *_row_lines(level.rows, old, new, within)] if level.rows else lines


def _row_lines(rows: Rows, old: Content, new: Content, within: str) -> list[Line]:
    before, after = by_code(old.get(rows.name, [])), by_code(new.get(rows.name, []))
    lines = []
    for code, row in after.items():
        what = _inside(within, title_of(rows, row))
        if code in before:
            lines += differences(rows, before[code], row, within=_inside(within, title_of(rows, before[code])))
        else:
            lines.append(Line("added", what, now=summary(rows, row)))
    gone = [row for code, row in before.items() if code not in after]
    lines += [Line("removed", _inside(within, title_of(rows, row))) for row in gone]
    for code in _moved([*before], [*after]):
        places = [f"place {[*each].index(code) + 1}" for each in (before, after)]
        lines.append(Line("moved", _inside(within, title_of(rows, after[code])), *places))
    return lines


def _moved(before: list[str], after: list[str]) -> list[str]:
    """The fewest rows that must have been moved to come from one order to the other."""
    was, now = ([code for code in each if code in before and code in after] for each in (before, after))
    stayed = {
        code
        for block in SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks()
        for code in was[block.a : block.a + block.size]
    }
    return [code for code in now if code not in stayed]


def summary(rows: Rows, row: Content) -> str:
    """What a row says beside its name, in one line; with the labels of its fields where it has many."""
    fields = fields_of(rows).items()
    texts = [(label_of(name, field), told(field, row.get(name))) for name, field in fields if name != rows.called_by]
    parts = [f"{label}: {', '.join(text.splitlines())}" if rows.folded else text for label, text in texts if text]
    inner = rows.rows
    if inner and (below := row.get(inner.name, [])):
        each = [" → ".join(filter(None, (str(one[inner.called_by]), summary(inner, one)))) for one in below]
        parts.append(f"{capfirst(inner.many)}: {'; '.join(each)}")
    return ". ".join(part.rstrip(".") for part in parts if part)


def _inside(within: str, what: str) -> str:
    return f"{within}: {what[:1].lower()}{what[1:]}" if within else what
