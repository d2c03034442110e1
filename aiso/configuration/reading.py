"""A content as people read it."""

from dataclasses import dataclass, field

from django.utils.text import Truncator, capfirst

from .shape import NOTES, Content, Level, Rows, fields_of, groups_of, label_of, told

# Characters of the line that stands for a folded row.
GIST = 320


@dataclass(frozen=True)
class Group:
    """What a row says under one head: values with their labels."""

    title: str
    facts: list[tuple[str, str]]

    @property
    def told(self) -> list[tuple[str, str]]:
        """The facts that say something."""
        return [(label, text) for label, text in self.facts if text]


@dataclass(frozen=True)
class Shown:
    """One level in words: what names it, what it says of itself, and its rows below the heads of their columns."""

    title: str
    notes: list[str]
    groups: list[Group]
    code: str = ""
    many: str = ""
    heads: list[str] = field(default_factory=list)
    rows: "list[Shown]" = field(default_factory=list)

    @property
    def facts(self) -> list[tuple[str, str]]:
        return [fact for group in self.groups for fact in group.facts]

    @property
    def told(self) -> list[tuple[str, str]]:
        return [fact for group in self.groups for fact in group.told]

    @property
    def is_grouped(self) -> bool:
        """Whether its rows are read as a table whose columns are the groups."""
        return any(group.title for row in self.rows for group in row.groups)


def shown(level: Level, content: Content) -> Shown:
    fields = fields_of(level)
    called_by = level.called_by if isinstance(level, Rows) else ""
    notes = [told(fields[name], content.get(name)) for name in fields if called_by and name in NOTES]
    groups = [
        Group(title, [(label_of(name, fields[name]), told(fields[name], content.get(name))) for name in facts])
        for title, names in groups_of(level)
        if (facts := [name for name in names if not (called_by and name in NOTES)])
    ]
    title = str(content.get(called_by, "")) if called_by else ""
    told_notes = [note for note in notes if note]
    if level.rows is None:
        return Shown(title, told_notes, groups, content.get("code", ""))
    inner = level.rows
    rows = [shown(inner, row) for row in content.get(inner.name, [])]
    names = [inner.called_by, *(name for _, each in groups_of(inner) for name in each if name not in NOTES)]
    heads = [label_of(name, fields_of(inner)[name]) for name in names]
    return Shown(title, told_notes, groups, content.get("code", ""), capfirst(inner.many), heads, rows)


def _gist(group: Group, *, labelled: bool) -> str:
    told = [(label, " · ".join(text.splitlines())) for label, text in group.told]
    return "; ".join(f"{label}: {text}" for label, text in told) if labelled else ", ".join(text for _, text in told)


def gist_of(rows: Rows, content: Content) -> str:
    """A row in one line, as it stands while it is folded: after the first group each value with its label."""
    row = shown(rows, content)
    parts = [_gist(group, labelled=place > 0) for place, group in enumerate(row.groups)]
    line = " → ".join(part or "always" for part in parts) if row.groups[1:] else "".join(parts)
    if rows.rows:
        count = len(row.rows)
        line = "; ".join(filter(None, [line, f"{count} {rows.rows.one if count == 1 else rows.rows.many}"]))
    return Truncator(line).chars(GIST)
