"""The pre-read of a meeting as data: what its page tells of each item, as far as the reader sees it."""

from datetime import datetime
from typing import Annotated, Any, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.nouns import Noun
from aiso.api.operations import answers

from ..item_page import sections_told, told_of
from ..meeting_page import Line, MeetingPage
from ..models import Meeting
from .items import RELATED, AgendaItemShape, drawn, hidden

# What apps registered when they were ready, each with its shape.
PreReadSections: Any = TypedDict(  # type: ignore[misc]
    "PreReadSections",
    {each.name: Annotated[each.shape | None, f"{each.title}."] for each in sections_told()},
)
PreReadSections.__doc__ = "What the parts of the item's page tell; null for one that has nothing to say."


class PreReadItemShape(TypedDict):
    """One item with all that is to be read of it before the meeting."""

    number: Annotated[int, "Its place on the agenda; 0 for one that was taken off or put off."]
    at: Annotated[datetime | None, "When it is its turn if every item takes its minutes."]
    item: AgendaItemShape
    sections: Annotated[PreReadSections | None, "Null where you may not see the item."]


class PreReadShape(TypedDict):
    """The agenda in its order."""

    results: list[PreReadItemShape]


class PreRead(Noun):
    tag = "Meetings"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers(PreReadShape)
    def list(self, request: Request, meeting: int) -> Response:
        """What is to be read of each item: what is asked, evidence, sign-offs, money, priority, the plan as approved
        against now, what changed since last time.
        """
        lines = MeetingPage(self._meeting(), self.person).lines
        told = told_of([line.item for line in lines if line.is_seen], self.person)
        return self.answer({"results": [_line(line, told.get(line.item.pk)) for line in lines]})

    @answers(PreReadItemShape)
    def retrieve(self, request: Request, meeting: int, id: int) -> Response:
        """The same of one item, also of one that was taken off or put off."""
        found = self._meeting()
        item = get_object_or_404(found.items.visible_to(self.person).select_related(*RELATED), pk=id)
        lines = {line.item.pk: line for line in MeetingPage(found, self.person).lines}
        return self.answer(_line(lines.get(id, Line(item, True)), told_of([item], self.person)[id]))

    def _meeting(self) -> Meeting:
        meetings = Meeting.objects.visible_to(self.person).select_related("forum")
        return get_object_or_404(meetings, pk=self.kwargs["meeting"])


def _line(line: Line, sections: Any) -> PreReadItemShape:
    item = drawn(line.item) if line.is_seen else hidden(line.item)
    return {"number": line.number, "at": line.at, "item": item, "sections": sections}
