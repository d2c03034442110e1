from datetime import datetime
from typing import Annotated, TypedDict

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.nouns import wrong_parameters
from aiso.api.operations import Query, answers
from aiso.api.shapes import Person, named_as
from aiso.audit.history import Entry
from aiso.audit.rows import Place

from ..history import history_of_initiative
from ..permissions import can_see_money
from .below import BelowInitiative


class FieldChangeShape(TypedDict):
    """One field, from a value to another, in words."""

    field: str
    before: str
    now: str


class LineShape(TypedDict):
    """What happened to one thing."""

    what: Annotated[str, "Empty for the initiative itself, else what hangs on it."]
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


class HistoryOfInitiative(BelowInitiative):
    tag = "History"

    @answers(HistoryShape, query=HistoryQuery, version=False)
    def list(self, request: Request, initiative: int) -> Response:
        """Who changed what, when and why, newest first. The money asked for is left out where you may not see it."""
        after = self.asked.get("after", "")
        if after and Place.read(after) is None:
            raise wrong_parameters({"after": ["No list leads here; begin anew without it."]})
        subject = self.initiative()
        history = history_of_initiative(subject, sees_money=can_see_money(self.person, subject), after=after)
        told: HistoryShape = {
            "next": self.link(after=history.after),
            "results": [_entry(entry) for entry in history.entries],
        }
        return Response(told)


def _entry(entry: Entry) -> EntryShape:
    lines: list[LineShape] = [
        {
            "what": line.what,
            "done": line.done,
            "changes": [{"field": each.label, "before": each.before, "now": each.now} for each in line.changes],
        }
        for line in entry.lines
    ]
    person = named_as(entry.person.pk, entry.person.name) if entry.person else None
    return {"at": entry.at, "person": person, "reason": entry.reason, "lines": lines}
