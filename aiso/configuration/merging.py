"""Two people edit one draft: what each changed comes together, and where both changed the same, both are asked."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django import forms

from aiso.errors import ConflictError, Difference

from .differences import summary
from .shape import Content, Level, Rows, by_code, fields_of, label_of, title_of, told


@dataclass(frozen=True)
class Asked:
    """One conflict as the page asks it."""

    path: str
    what: str
    theirs: str
    yours: str


@dataclass
class Merge:
    """`seen` is what a person opened, `present` what stands there now, `wanted` what they send.

    Paths name a place: `threshold`, `questions.safety.text`, a row `questions.safety`, the order `questions`.
    """

    conflicts: dict[str, Difference] = field(default_factory=dict)

    def level(self, level: Level, seen: Content, present: Content, wanted: Content, path: str = "") -> Content:
        merged: Content = {"code": wanted["code"]} if isinstance(level, Rows) else {}
        for name, known in fields_of(level).items():
            values = seen.get(name), present.get(name), wanted.get(name)
            if isinstance(known, forms.MultipleChoiceField):
                values = _boxes(*values)
            merged[name] = self._value(f"{path}{name}", *values)
        if level.rows:
            merged[level.rows.name] = self._rows(level.rows, seen, present, wanted, f"{path}{level.rows.name}")
        return merged

    def _value(self, path: str, seen: Any, present: Any, wanted: Any) -> Any:
        if wanted in (seen, present):
            return present
        if present != seen:
            self.conflicts[path] = Difference(seen, present, wanted)
        return wanted

    def _rows(self, rows: Rows, seen: Content, present: Content, wanted: Content, path: str) -> list[Content]:
        was, now, to = (by_code(each.get(rows.name, [])) for each in (seen, present, wanted))
        merged: dict[str, Content] = {}
        for code in dict.fromkeys([*to, *now]):
            if code in to and code in now:
                place = f"{path}.{code}."
                merged[code] = self.level(rows, was.get(code, {}), now[code], to[code], place)
            elif (row := self._one_sided(f"{path}.{code}", was.get(code), now.get(code), to.get(code))) is not None:
                merged[code] = row
        return [merged[code] for code in self._order(path, [*was], [*now], [*to], merged)]

    def _one_sided(self, path: str, was: Content | None, now: Content | None, to: Content | None) -> Content | None:
        """A row that only one of the two has: the other removed it, or never had it."""
        left = to if now is None else now
        if was is None:
            return left
        if left != was:
            self.conflicts[path] = Difference(was, now, to)
            return to
        return None

    def _order(self, path: str, was: list[str], now: list[str], to: list[str], merged: dict[str, Content]) -> list[str]:
        """The order that somebody changed; rows that it lacks come last."""
        common = {*was} & {*now} & {*to}
        before, theirs, mine = ([code for code in each if code in common] for each in (was, now, to))
        chosen = self._value(path, before, theirs, mine) if len(common) > 1 else mine
        base = now if chosen == theirs and theirs != mine else to
        return [code for code in dict.fromkeys([*base, *to, *now]) if code in merged]


def _boxes(seen: Any, present: Any, wanted: Any) -> tuple[Any, Any, Any]:
    """Boxes that are ticked come in the order of the page: another order alone is no change."""
    sent = sorted(wanted or [])
    same = [each for each in (present, seen) if sorted(each or []) == sent]
    return seen, present, same[0] if same else wanted


def merged(level: Level, *, seen: Content, present: Content, wanted: Content) -> Content:
    """The content that keeps what both changed. Raises ConflictError, by path, where both changed the same."""
    merge = Merge()
    content = merge.level(level, seen, present, wanted)
    if merge.conflicts:
        raise ConflictError("Somebody else changed this meanwhile. Choose which stays.", changes=merge.conflicts)
    return content


def taken_over(level: Level, mine: Content, theirs: Content, paths: set[str], path: str = "") -> Content:
    """My content, with theirs at some paths."""
    content = deepcopy(mine)
    content |= {name: theirs.get(name) for name in fields_of(level) if f"{path}{name}" in paths}
    if rows := level.rows:
        place = f"{path}{rows.name}"
        other = by_code(theirs.get(rows.name, []))
        content[rows.name] = [*_rows_taken(rows, content[rows.name], other, paths, place)]
        if place in paths:
            order = {code: number for number, code in enumerate(other)}
            content[rows.name].sort(key=lambda row: order.get(row["code"], len(order)))
    return content


def _rows_taken(
    rows: Rows, mine: list[Content], theirs: dict[str, Content], paths: set[str], place: str
) -> Iterator[Content]:
    for row in mine:
        code = row["code"]
        if f"{place}.{code}" not in paths or not code:
            yield taken_over(rows, row, theirs.get(code, {}), paths, f"{place}.{code}.") if code else row
    there = {row["code"] for row in mine}
    yield from (row for code, row in theirs.items() if f"{place}.{code}" in paths and code not in there)


def asked(level: Level, path: str, mine: Content, theirs: Content, within: str = "") -> Asked | None:
    """A conflict in words; None for a path that leads nowhere."""
    name, _, rest = path.partition(".")
    if name in fields_of(level) and not rest:
        known = fields_of(level)[name]
        values = [told(known, each.get(name)) or "Nothing" for each in (theirs, mine)]
        return Asked(path, f"{within}{label_of(name, known)}", *values)
    if not level.rows or name != level.rows.name:
        return None
    rows, code, deeper = level.rows, rest.partition(".")[0], rest.partition(".")[2]
    listed = [by_code(each.get(name, [])) for each in (theirs, mine)]
    if not rest:
        names = ["; ".join(str(row[rows.called_by]) for row in each.values()) for each in listed]
        return Asked(path, f"{within}Order of the {rows.many}", *names)
    found = [each.get(code) for each in listed]
    titled = next((title_of(rows, each) for each in found if each), "")
    if not titled:
        return None
    if deeper:
        inner = asked(rows, deeper, found[1] or {}, found[0] or {}, f"{within}{titled}: ")
        return Asked(path, inner.what, inner.theirs, inner.yours) if inner else None
    words = ["Removed" if each is None else f"Kept. {summary(rows, each)}" for each in found]
    return Asked(path, f"{within}{titled}", *words)
