"""A content as people read it."""

from dataclasses import dataclass, field

from django.utils.text import capfirst

from .shape import Content, Level, Rows, fields_of, label_of, told


@dataclass(frozen=True)
class Shown:
    """One level in words: what names it, what it says of itself, and its rows below the heads of their columns."""

    title: str
    facts: list[tuple[str, str]]
    many: str = ""
    heads: list[str] = field(default_factory=list)
    rows: "list[Shown]" = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.facts if text]


def shown(level: Level, content: Content) -> Shown:
    called_by = level.called_by if isinstance(level, Rows) else ""
    facts = [
        (label_of(name, each), told(each, content.get(name)))
        for name, each in fields_of(level).items()
        if name != called_by
    ]
    title = str(content.get(called_by, "")) if called_by else ""
    if level.rows is None:
        return Shown(title, facts)
    rows = [shown(level.rows, row) for row in content.get(level.rows.name, [])]
    heads = [label_of(name, each) for name, each in fields_of(level.rows).items()]
    return Shown(title, facts, capfirst(level.rows.many), heads, rows)
