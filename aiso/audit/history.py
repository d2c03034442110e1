"""History as a person reads it: who changed what and when, from which value to which, and why.

    history_of(initiative, [Told(Tag, says=...), Told(Comment, hide=("text",))], after=request.GET.get("after", ""))

`{% include "audit/_history.html" %}` draws it from a context that has it as `history`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import models
from django.db.models import Value
from django.db.models.functions import Cast
from django.utils.text import capfirst

from aiso.accounts.models import User
from aiso.web import figures

from .rows import Facts, Place, Row, Table, newest_rows

# Changes on one page of history.
PAGE = 50
# Changes of several things that are read together.
AT_MOST = 2000
DONE = {"insert": "added", "update": "changed", "delete": "removed"}


def called_by_kind(thing: models.Model) -> str:
    """`Outcome metric: Calls a week`."""
    return f"{capfirst(str(thing._meta.verbose_name))}: {thing}"


@dataclass(frozen=True)
class Told:
    """Rows of a model that belong to a thing's history, by their foreign key to it.

    `says` names one of them for the reader; `hide` names fields whose values are not told, and `unless` the
    history rows of which nothing is. Rows that are never edited need no history of their own: `written` names their
    columns of when and by whom, and `key` the way to the thing.
    """

    model: type[models.Model]
    says: Callable[[Any], str] = called_by_kind
    hide: tuple[str, ...] = ()
    unless: models.Q | None = None
    written: tuple[str, str] | None = None
    key: str = ""

    def table(self, subject: models.Model, number: int) -> Table:
        """Where what happened to these rows is read."""
        if self.written is None:
            return Table(self.model, subject, number, self.unless)
        at, by = self.written
        return Facts(self.model, subject, number, at=at, by=by, key=self.key)


@dataclass(frozen=True)
class Change:
    """One field, from a value to another; empty where there was or is none."""

    label: str
    before: str
    now: str


@dataclass(frozen=True)
class Line:
    """What happened to one thing: it was added, changed or removed. `what` is empty for the subject itself."""

    what: str
    done: str
    changes: list[Change]


@dataclass(frozen=True)
class Entry:
    """All that one person did in one go. `person` is None for what the system did by itself."""

    at: datetime
    person: User | None
    reason: str
    path: str
    lines: list[Line]


@dataclass(frozen=True)
class History:
    """A page of history, newest first; `after` leads to the older one, and is empty on the last."""

    entries: list[Entry]
    after: str = ""
    is_first: bool = True


def history_of(
    subject: models.Model,
    related: Iterable[Told] = (),
    *,
    hide: tuple[str, ...] = (),
    after: str = "",
    size: int = PAGE,
) -> History:
    """The history of `subject` and of `related` rows that belong to it, from a place on.

    One query for the rows, one for all that is called by a column, and one for each other model whose rows they
    name, however long the history is.
    """
    told = [Told(type(subject), hide=hide), *related]
    tables = [each.table(subject, number) for number, each in enumerate(told)]
    place = Place.read(after)
    rows = newest_rows(tables, place, size + 1)
    shown = rows[:size]
    names = _Names(tables, shown)
    return History(
        _entries(shown, tables, told, names),
        after=str(shown[-1].place) if len(rows) > size else "",
        is_first=place is None,
    )


def changes_since(
    subjects: Mapping[int, models.Model],
    since: Mapping[int, datetime],
    related: Iterable[Told],
    *,
    hide: tuple[str, ...],
) -> dict[int, list[Entry]]:
    """What happened to each of several things of one model since a moment of its own, by id, newest first.

    As many queries as for one of them. Of the changes together only the newest AT_MOST are read.
    """
    if not subjects:
        return {}
    told = [Told(type(next(iter(subjects.values()))), hide=hide), *related]
    first = next(iter(subjects.values()))
    tables = [Table(each.model, first, number, each.unless, [*subjects]) for number, each in enumerate(told)]
    rows = newest_rows(tables, None, AT_MOST, min(since.values()))
    names = _Names(tables, rows, subjects)
    of: dict[int, list[Row]] = {pk: [] for pk in subjects}
    for row in rows:
        pk = tables[row.table].subject_of(row)
        if pk in of and row.at > since[pk]:
            of[pk].append(row)
    return {pk: _entries(found, tables, told, names) for pk, found in of.items()}


def _entries(rows: Sequence[Row], tables: Sequence[Table], told: Sequence[Told], names: "_Names") -> list[Entry]:
    """The rows that one person wrote in one go stand together; what tells nothing is left out."""
    grouped = groupby(rows, key=lambda row: (row.at, row.context_id or (row.context or {}).get("user")))
    entries = [_entry([*group], tables, told, names) for _, group in grouped]
    return [entry for entry in entries if entry.lines]


def _entry(rows: list[Row], tables: Sequence[Table], told: Sequence[Told], names: "_Names") -> Entry:
    context = rows[0].context or {}
    # The subject comes first, then what hangs on it, each in the order in which it happened.
    lines = [_line(row, tables[row.table], told[row.table], names) for row in reversed(rows)]
    return Entry(
        at=rows[0].at,
        person=names.person(context.get("user")),
        reason=str(context.get("reason", "")),
        path=str(context.get("url", "")),
        lines=[line for line in lines if line.changes or line.done != "changed"],
    )


def _line(row: Row, table: Table, told: Told, names: "_Names") -> Line:
    what = "" if table.is_of_subject else told.says(names.thing(table, row))
    done = DONE.get(row.label, row.label)
    shown = [each for each in table.fields if each.name not in (*told.hide, table.key)]
    changes = [_change(each, row, names) for each in shown] if done != "removed" else []
    return Line(what, done, [change for change in changes if change.before != change.now])


def _change(each: "models.Field[Any, Any]", row: Row, names: "_Names") -> Change:
    before = row.before if row.label == "update" else None
    return Change(
        label=capfirst(str(each.verbose_name)),
        before=names.text(each, (before or {}).get(each.attname)),
        now=names.text(each, row.now.get(each.attname)),
    )


@dataclass
class _Names:
    """What ids, codes and plain values of some rows are called.

    A model whose rows are called by one column names it as `called_by`; all of those are read together.
    """

    tables: Sequence[Table]
    rows: Sequence[Row]
    subjects: Mapping[int, models.Model] = field(default_factory=dict)
    found: dict[type[models.Model], dict[Any, models.Model]] = field(init=False)

    def __post_init__(self) -> None:
        wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        for row in self.rows:
            wanted[User].add((row.context or {}).get("user"))
            for each in self.tables[row.table].links:
                wanted[each.related_model] |= {row.now.get(each.attname), (row.before or {}).get(each.attname)}
        subject = self.tables[0].subject
        known = {subject.pk: subject, **self.subjects}
        wanted[type(subject)] -= known.keys()
        asked = {model: ids - {None} for model, ids in wanted.items() if ids - {None}}
        self.found = _called_by_column({model: ids for model, ids in asked.items() if hasattr(model, "called_by")})
        for model in asked.keys() - self.found.keys():
            self.found[model] = model._base_manager.in_bulk(asked[model])
        self.found.setdefault(type(subject), {}).update(known)

    def person(self, pk: object) -> User | None:
        found = self.found.get(User, {}).get(pk)
        return found if isinstance(found, User) else None

    def thing(self, table: Table, row: Row) -> models.Model:
        """The thing as it was, with the things it names, so that `str()` of it asks nothing more."""
        values = {each.attname: _value(each, row.now.get(each.attname)) for each in table.fields}
        thing = table.model(**values)
        for each in table.fields:
            named = self.found.get(each.related_model, {}) if isinstance(each, models.ForeignKey) else {}
            # A list from JSON is no key.
            if named and (known := named.get(row.now.get(each.attname))):
                setattr(thing, each.name, known)
        return thing

    def text(self, each: "models.Field[Any, Any]", raw: Any) -> str:
        """A recorded value in words."""
        if raw is None or raw == "":
            return ""
        if isinstance(each, models.ForeignKey):
            known = self.found.get(each.related_model, {}).get(raw)
            return str(known) if known else f"No. {raw}, no longer there"
        if each.choices:
            return str(dict(each.flatchoices).get(_value(each, raw), raw))
        return _words(_value(each, raw))


def _called_by_column(wanted: dict[type[models.Model], set[Any]]) -> dict[type[models.Model], dict[Any, models.Model]]:
    """The rows of several models, each with its id and name only, in one query."""
    kinds = [*wanted]
    found: dict[type[models.Model], dict[Any, models.Model]] = {model: {} for model in kinds}
    parts = [
        model._base_manager.filter(pk__in=wanted[model])
        .order_by()
        .values_list(Value(number), "pk", Cast(model.called_by, models.TextField()))  # type: ignore[attr-defined]
        for number, model in enumerate(kinds)
    ]
    if parts:
        for number, pk, name in parts[0].union(*parts[1:], all=True).order_by():
            model = kinds[number]
            found[model][pk] = model(pk=pk, **{model.called_by: name})
    return found


def _value(each: "models.Field[Any, Any]", raw: Any) -> Any:
    """What JSON tells as the field's Python value."""
    return raw if isinstance(each, models.ForeignKey) else each.to_python(raw)


def _words(value: Any) -> str:
    match value:
        case bool():
            return "Yes" if value else "No"
        case datetime():
            return figures.moment(value)
        case Decimal():
            return figures.number(value, max(0, -int(value.normalize().as_tuple().exponent)))
        case date():
            return figures.day(value)
        case list():
            return ", ".join(map(_words, value))
    return str(value)
