from datetime import date, datetime
from typing import Annotated, TypedDict

from django.db.models import DateTimeField, F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, Query, answers, answers_file, answers_page
from aiso.api.shapes import Person
from aiso.web.keyset import Order
from portfolio.api.shapes import REFERENCE

from ..actions.minutes import close_meeting, sign_addendum, write_addendum
from ..minutes_content import Content
from ..minutes_page import LABELS, Holding, MinutesPage
from ..minutes_pdf import pdf_for
from ..models import Addendum, AddendumQuerySet, Meeting, Minutes, VoteChoice

BY_TIME = Order(F("written_at"), DateTimeField())
PDF = "application/pdf"


class AttendedShape(TypedDict):
    person: Person
    role: Annotated[str, "Empty for a guest."]
    has_vote: bool
    times: Annotated[list[list[datetime]], "From and to, once for each time that they came."]


class AbsentShape(TypedDict):
    person: Person
    role: str


class MinutedProxyShape(TypedDict):
    giver: Person
    holder: Person


class MinuteVoteShape(TypedDict):
    person: Person
    choice: Annotated[str, VoteChoice]
    reason: str
    cast_by: Annotated[Person | None, "Who cast it for them; null for oneself."]


class MinuteFactShape(TypedDict):
    """One thing recorded with an item, such as a decision's rationale."""

    label: str
    text: str


class MinuteActionShape(TypedDict):
    id: int
    text: str
    owner: Person
    due_on: date


class MinuteShape(TypedDict):
    """What is kept of one item."""

    id: int
    number: int
    title: str
    asked: str
    initiative: Annotated[str | None, REFERENCE]
    is_confidential: bool
    state: Annotated[str, {"enum": ["done", "deferred"]}]
    result: str
    note: str
    minutes_planned: int
    minutes_taken: int
    took_part: Annotated[int, "With a vote, proxies included, when it was settled."]
    quorum: Annotated[int, "How many had to."]
    votes: list[MinuteVoteShape]
    facts: list[MinuteFactShape]
    actions: list[MinuteActionShape]


class MinutesShape(TypedDict):
    """What was recorded in a meeting, as it stood when it was closed. Addenda are at `meetings/{id}/addenda/`."""

    meeting: int
    forum: Annotated[str, "The address of the forum."]
    started_at: datetime
    closed_at: datetime
    place: str
    attendance: list[AttendedShape]
    absent: list[AbsentShape]
    proxies: list[MinutedProxyShape]
    items: list[MinuteShape]
    actions: Annotated[list[MinuteActionShape], "Given for the meeting as a whole."]
    left_out: Annotated[int, "Confidential items that are not told: not asked for, or not seen."]
    sha256: Annotated[str, "Of all that was recorded."]
    made_at: datetime
    made_by: Person


class AddendumShape(TypedDict):
    """What was added to minutes. It counts once the chair has signed it."""

    id: int
    text: str
    written_by: Person
    written_at: datetime
    signed_by: Person | None
    signed_at: datetime | None


class MinutesQuery(Query):
    confidential = serializers.BooleanField(
        default=False, help_text="With confidential outcomes, as far as one may see them."
    )
    without = serializers.MultipleChoiceField(
        choices=[(name, LABELS[name]) for name in LABELS if name != "confidential"],
        required=False,
        help_text="What they need not hold; may be given several times.",
    )


class NewAddendum(Body):
    text = serializers.CharField(max_length=10_000, help_text="Everybody reads it once it is signed.")


class MeetingMinutes(Noun):
    tag = "Meetings"

    @answers(MinutesShape, query=MinutesQuery)
    def list(self, request: Request, meeting: int) -> Response:
        """The minutes of a closed meeting; 404 for one that is not."""
        return self.answer(drawn(self._page(meeting)))

    @action(detail=False, methods=["get"])
    @answers_file(PDF, query=MinutesQuery, may_wait=True)
    def pdf(self, request: Request, meeting: int) -> HttpResponse | Response:
        """The same as a PDF."""
        page = self._page(meeting)
        pdf = pdf_for(page)
        if pdf is None:
            return self.being_made()
        return self.file(pdf, page.file_name, PDF)

    @answers(MinutesShape, status=201)
    def create(self, request: Request, meeting: int) -> Response:
        """Close the meeting and make its minutes: what it holds stays as it is. For its chair, secretary and the
        office.
        """
        found = get_object_or_404(Meeting.objects.visible_to(self.person).select_related("forum"), pk=meeting)
        page = MinutesPage(close_meeting(found, actor=self.person), self.person, Holding())
        return self.answer(drawn(page), status=201, location=request.path)

    def _page(self, meeting: int) -> MinutesPage:
        rows = Minutes.objects.visible_to(self.person).select_related("meeting__forum", "made_by")
        without = dict.fromkeys(self.asked.get("without", ()), False)
        holding = Holding(confidential=self.asked["confidential"], **without)
        return MinutesPage(get_object_or_404(rows, meeting=meeting), self.person, holding)


class Addenda(Noun):
    tag = "Meetings"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(AddendumShape, query=PageQuery)
    def list(self, request: Request, meeting: int) -> Response:
        """What was added to the minutes; for the forum's members also what waits for the chair's signature."""
        return self.page(self._visible(), BY_TIME, addendum_drawn)

    @answers(AddendumShape)
    def retrieve(self, request: Request, meeting: int, id: int) -> Response:
        """One addendum."""
        return self.answer(addendum_drawn(get_object_or_404(self._visible(), pk=id)))

    @answers(AddendumShape, status=201, takes=NewAddendum)
    def create(self, request: Request, meeting: int) -> Response:
        """Add to the minutes. For the forum's members and its secretary; it counts once the chair signs it."""
        addendum = write_addendum(self._minutes(), actor=self.person, **self.sent)
        return self.answer(addendum_drawn(addendum), status=201, location=f"{request.path}{addendum.pk}/")

    @action(detail=True, methods=["post"])
    @answers(AddendumShape)
    def sign(self, request: Request, meeting: int, id: int) -> Response:
        """Let it count. For the chair of today alone."""
        sign_addendum(get_object_or_404(self._visible(), pk=id), actor=self.person)
        return self.answer(addendum_drawn(self._visible().get(pk=id)))

    def _minutes(self) -> Minutes:
        rows = Minutes.objects.visible_to(self.person).select_related("meeting__forum")
        return get_object_or_404(rows, meeting=self.kwargs["meeting"])

    def _visible(self) -> AddendumQuerySet:
        rows: AddendumQuerySet = self._minutes().addenda.visible_to(self.person)
        return rows.select_related("written_by", "signed_by")


def drawn(page: MinutesPage) -> MinutesShape:
    """What was recorded, as far as its reader sees it."""
    content, minutes, holding = page.content, page.minutes, page.holding
    return {
        "meeting": minutes.meeting_id,
        "forum": content["forum"]["slug"],
        "started_at": content["started_at"],
        "closed_at": content["closed_at"],
        "place": content["place"],
        "attendance": content["attendance"] if holding.attendance else [],
        "absent": content["absent"] if holding.attendance else [],
        "proxies": content["proxies"] if holding.attendance else [],
        "actions": content["actions"] if holding.actions else [],
        "items": [_minute(item, holding) for item in page.items],
        "left_out": page.left_out,
        "sha256": minutes.sha256,
        "made_at": minutes.made_at,
        "made_by": {"id": minutes.made_by_id, "name": str(minutes.made_by)},
    }


def _minute(item: Content, holding: Holding) -> MinuteShape:
    return {
        "id": item["id"],
        "number": item["number"],
        "title": item["title"],
        "asked": item["asked"],
        "is_confidential": item["is_confidential"],
        "state": item["state"],
        "result": item["result"],
        "note": item["note"] if holding.notes else "",
        "minutes_planned": item["minutes_planned"],
        "minutes_taken": item["minutes_taken"],
        "votes": item["votes"] if holding.votes else [],
        "actions": item["actions"] if holding.actions else [],
        "initiative": item["initiative"]["reference"] if item["initiative"] else None,
        "took_part": item["quorum"]["there"],
        "quorum": item["quorum"]["needed"],
        "facts": [{"label": each["label"], "text": each["text"]} for each in item["facts"]],
    }


def addendum_drawn(addendum: Addendum) -> AddendumShape:
    signed_by = addendum.signed_by
    return {
        "id": addendum.pk,
        "text": addendum.text,
        "written_by": {"id": addendum.written_by_id, "name": str(addendum.written_by)},
        "written_at": addendum.written_at,
        "signed_by": {"id": signed_by.pk, "name": str(signed_by)} if signed_by else None,
        "signed_at": addendum.signed_at,
    }
