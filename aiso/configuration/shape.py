"""What a configuration's content looks like: fields on top, and a list of rows that may have a list of their own.

Content is JSON: `{"questions": [{"code": "safety", "text": "…", "options": [{"code": "no", "text": "No"}]}]}`.
Fields are those of a Django form, which also checks them; a row's code names it across versions.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.choices import flatten_choices
from django.utils.text import capfirst, slugify

from aiso.web import figures
from aiso.web.forms import MoneyField

type Content = dict[str, Any]

# Fields that say more of what they stand under, and need no label of their own.
NOTES = ("about", "help_text", "description")
CODE_LENGTH = 60
CODE = re.compile(rf"[a-z0-9_-]{{1,{CODE_LENGTH}}}")


@dataclass(frozen=True)
class Rows:
    """A list in the content. `name` is its key, and `called_by` the field that names a row to people.

    Rows of many fields are `folded`: the draft shows each as a line that opens. Their form may name `groups`,
    e.g. `(("When", ("tiers",)), ("Then", ("functions",)))`, which then are the columns of a table.
    """

    name: str
    one: str
    many: str
    form: type[forms.Form]
    called_by: str
    rows: "Rows | None" = None
    least: int = 1
    folded: bool = False


@dataclass(frozen=True)
class Shape:
    """The top of a content: the fields of `form`, and perhaps a list."""

    form: type[forms.Form] = forms.Form
    rows: Rows | None = None


type Level = Shape | Rows


def fields_of(level: Level) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = level.form.base_fields
    return fields


def shaped(level: Level, thing: object) -> Content:
    """Of anything, that which has the shape: known fields, rows that are rows. It may still break rules."""
    given = thing if isinstance(thing, dict) else {}
    content: Content = {"code": _code(given.get("code"))} if isinstance(level, Rows) else {}
    content |= {name: _plain(given.get(name)) for name in fields_of(level)}
    if level.rows:
        listed = given.get(level.rows.name)
        rows = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
        content[level.rows.name] = [shaped(level.rows, each) for each in rows]
    return content


def posted_content(level: Level, data: QueryDict, prefix: str = "") -> Content:
    """What a form sent, in the shape of the content; rows come in the order of their numbers."""
    named = {
        name: field.widget.value_from_datadict(data, data, f"{prefix}{name}")
        for name, field in fields_of(level).items()
    }
    content: Content = {**named}
    if isinstance(level, Rows):
        content["code"] = data.get(f"{prefix}code", "")
    if level.rows:
        beginning = f"{prefix}{level.rows.name}-"
        place = re.compile(rf"{re.escape(beginning)}(\d{{1,4}})-code")
        numbers = sorted({int(found[1]) for name in data if (found := place.fullmatch(name))})
        content[level.rows.name] = [posted_content(level.rows, data, f"{beginning}{number}-") for number in numbers]
    return shaped(level, content)


def by_code(rows: list[Content]) -> dict[str, Content]:
    return {row["code"]: row for row in rows}


def new_code(text: str, taken: Collection[str], fallback: str) -> str:
    """A code made from a text, unlike those taken."""
    stem = slugify(text)[: CODE_LENGTH - 4].strip("-") or slugify(fallback)
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}-{number}", number + 1
    return code


def stored(value: Any) -> Any:
    """A cleaned value as JSON holds it; 50,000.00 and 50k are the same 50000, and nothing is the empty text."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date):
        return value.isoformat()
    return [*value] if isinstance(value, list | tuple | set) else value


def told(field: forms.Field, value: Any) -> str:
    """A stored value as people read it; empty where there is none."""
    if value is None or value in ("", []):
        return ""
    if isinstance(field, forms.BooleanField):
        return "Yes" if value else "No"
    if isinstance(field, forms.DateField):
        return _day(value)
    if isinstance(field, MoneyField):
        return _money(value)
    pairs: list[tuple[Any, Any]] = [*flatten_choices(getattr(field, "choices", ()))]
    choices = {str(key): str(label) for key, label in pairs}
    values = value if isinstance(value, list) else [value]
    return ", ".join(choices.get(str(each), str(each)) for each in values)


def groups_of(level: Level) -> list[tuple[str, list[str]]]:
    """The fields below a row's name, by the groups of its form; all in one group without a title where it has none."""
    own = level.called_by if isinstance(level, Rows) else ""
    names = [name for name in fields_of(level) if name != own]
    groups = getattr(level.form, "groups", ())
    grouped = {name for _, members in groups for name in members}
    rest = [name for name in names if name not in grouped]
    return [*([("", rest)] if rest else []), *((title, [*members]) for title, members in groups)]


def label_of(name: str, field: forms.Field) -> str:
    return str(field.label or capfirst(name.replace("_", " ")))


def title_of(rows: Rows, row: Content) -> str:
    """`Question “Could it harm?”`."""
    return f"{capfirst(rows.one)} “{row.get(rows.called_by, '')}”"


def _money(value: Any) -> str:
    try:
        return figures.exact_money(Decimal(str(value)))
    except ArithmeticError:
        return str(value)


def _day(value: Any) -> str:
    try:
        return figures.day(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def _plain(value: object) -> Any:
    if isinstance(value, bool | str):
        return value
    if isinstance(value, list):
        return [each for each in value if isinstance(each, str)]
    return str(value) if isinstance(value, int | float) else ""


def _code(value: object) -> str:
    return value if isinstance(value, str) and CODE.fullmatch(value) else ""
