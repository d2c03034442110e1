"""History as the API tells it: the same entries as on pages, by the same shape for everything that has one."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, TypedDict

from rest_framework import serializers
from rest_framework.response import Response

from aiso.audit.history import Entry, History, Line
from aiso.audit.rows import Place

from .nouns import Noun, wrong_parameters
from .operations import Query
from .shapes import Person, named_as


class FieldChangeShape(TypedDict):
    """One field, from a value to another, in words."""

    field: str
    before: str
    now: str


class LineShape(TypedDict):
    """What happened to one thing."""

    what: Annotated[str, "Empty for the thing itself, else what hangs on it."]
    done: Annotated[str, "added, changed or removed"]
    changes: list[FieldChangeShape]


class EntryShape(TypedDict):
    """All that one person did in one go."""

    at: datetime
    person: Annotated[Person | None, "Null for what the system did by itself."]
    reason: str
    lines: list[LineShape]


class HistoryShape(TypedDict):
    """A page of history, newest first."""

    next: Annotated[str | None, "Where the older ones are; null at the beginning.", {"format": "uri"}]
    results: list[EntryShape]


class HistoryQuery(Query):
    after = serializers.CharField(required=False, max_length=100, help_text="Where to go on, from `next`.")


def answer_history(noun: Noun, read: Callable[[str], History]) -> Response:
    """The page of history that was asked for; `read` gives the one after a place. Raises what becomes a 400."""
    after = noun.asked.get("after", "")
    if after and Place.read(after) is None:
        raise wrong_parameters({"after": ["No list leads here; begin anew without it."]})
    history = read(after)
    told: HistoryShape = {
        "next": noun.link(after=history.after),
        "results": [drawn_entry(entry) for entry in history.entries],
    }
    return Response(told)


def drawn_entry(entry: Entry, only: Sequence[Line] | None = None) -> EntryShape:
    """An entry with all its lines, or some of them."""
    lines: list[LineShape] = [
        {
            "what": line.what,
            "done": line.done,
            "changes": [{"field": each.label, "before": each.before, "now": each.now} for each in line.changes],
        }
        for line in (entry.lines if only is None else only)
    ]
    person = named_as(entry.person.pk, entry.person.name) if entry.person else None
    return {"at": entry.at, "person": person, "reason": entry.reason, "lines": lines}
