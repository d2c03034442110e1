from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypedDict

from django.db import transaction
from django.db.models import DateTimeField, F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.history import HistoryQuery, HistoryShape, answer_history
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_file, answers_page
from aiso.web.keyset import Order

from ..actions.agenda import fill_agenda, reorder
from ..actions.meetings import call_meeting, cancel_meeting, move_meeting, open_meeting
from ..histories import history_of_meeting
from ..invitations import MEDIA_TYPE as CALENDAR
from ..invitations import file_name_of, invitation
from ..models import Forum, Meeting, MeetingQuerySet
from ..models.meeting import AHEAD

LATEST_FIRST = Order(F("starts_at"), DateTimeField(), descending=True)
SOONEST_FIRST = Order(F("starts_at"), DateTimeField())


class MeetingShape(TypedDict):
    """One sitting of a forum. Its agenda is at `meetings/{id}/items/`."""

    id: int
    forum: Annotated[str, "The address of the forum."]
    starts_at: datetime
    minutes_planned: int
    place: str
    state: Annotated[str, Meeting.State]
    opened_at: Annotated[datetime | None, "When its agenda was sent."]
    started_at: datetime | None
    closed_at: datetime | None
    cancelled_because: str
    version: Annotated[int, "Grows with each change that calendars must take over."]


class FilledShape(TypedDict):
    """What refreshing an agenda changed."""

    put: Annotated[int, "How many items were put on."]
    taken_off: Annotated[int, "How many no longer held."]


class MeetingsQuery(PageQuery):
    when = serializers.ChoiceField(
        choices=["coming", "past", "all"], default="all", help_text="`coming` gives the next one first."
    )


class NewMeeting(Body):
    starts_at = serializers.DateTimeField()
    minutes_planned = serializers.IntegerField(min_value=15, max_value=1440, required=False)
    place = serializers.CharField(max_length=200, required=False, allow_blank=True)


class MeetingFacts(Body):
    starts_at = serializers.DateTimeField(required=False)
    minutes_planned = serializers.IntegerField(min_value=15, max_value=1440, required=False)
    place = serializers.CharField(max_length=200, required=False, allow_blank=True)


class MeetingChanges(MeetingFacts):
    was = MeetingFacts(
        required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409."
    )


class CancelReason(Body):
    reason = serializers.CharField(max_length=1000, help_text="Those who were invited read it.")


class AgendaOrder(Body):
    items = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        max_length=500,
        help_text="Ids of the items to come; those left out follow in their present order.",
    )


class ForumMeetings(Noun):
    tag = "Meetings"

    @answers_page(MeetingShape, query=MeetingsQuery)
    def list(self, request: Request, forum: str) -> Response:
        """The meetings of a forum, the latest first."""
        rows = self._forum().meetings.visible_to(self.person).select_related("forum").order_by()
        when = self.asked["when"]
        if when != "all":
            rows = rows.filter(state__in=AHEAD) if when == "coming" else rows.exclude(state__in=AHEAD)
        return self.page(rows, SOONEST_FIRST if when == "coming" else LATEST_FIRST, drawn)

    @answers(MeetingShape, status=201, takes=NewMeeting)
    def create(self, request: Request, forum: str) -> Response:
        """Call a meeting besides those of the cadence. For its chair, its secretary and the office."""
        meeting = call_meeting(self._forum(), actor=self.person, **self.sent)
        return self.answer(drawn(meeting), status=201, location=f"/api/v1/meetings/{meeting.pk}/")

    def _forum(self) -> Forum:
        return get_object_or_404(Forum.objects.visible_to(self.person), slug=self.kwargs["forum"])


class Meetings(Noun):
    tag = "Meetings"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers(MeetingShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One meeting."""
        return self.answer(drawn(self._meeting(id)))

    @answers(MeetingShape, takes=MeetingChanges)
    def partial_update(self, request: Request, id: int) -> Response:
        """Move a meeting before it begins. For its chair, its secretary and the office."""
        forum = self._meeting(id).forum_id
        with transaction.atomic():
            # The forum first, as actions lock.
            Forum.objects.select_for_update(of=["self"]).get(pk=forum)
            with self.held(self._visible(), id, drawn) as meeting:
                sent = dict(self.sent)
                move_meeting(meeting, actor=self.person, seen=sent.pop("was", {}), **sent)
                return self.answer(drawn(self._meeting(id)))

    @action(detail=True, methods=["get"])
    @answers_file(CALENDAR)
    def invitation(self, request: Request, id: int) -> HttpResponse:
        """An invitation for calendars, with its members as attendees; it replaces an earlier one of the meeting."""
        meeting = self._meeting(id)
        return self.file(invitation(meeting), file_name_of(meeting), CALENDAR)

    @action(detail=True, methods=["get"])
    @answers(HistoryShape, query=HistoryQuery, version=False)
    def history(self, request: Request, id: int) -> Response:
        """Who changed what of it, and who was there, newest first."""
        meeting = self._meeting(id)
        return answer_history(self, lambda after: history_of_meeting(meeting, after=after))

    @action(detail=True, methods=["post"])
    @answers(MeetingShape, takes=CancelReason)
    def cancel(self, request: Request, id: int) -> Response:
        """Cancel a meeting before it begins; its items wait in the backlog. For its chair, secretary and the office."""
        return self._done(id, lambda meeting: cancel_meeting(meeting, actor=self.person, **self.sent))

    @action(detail=True, methods=["post"])
    @answers(MeetingShape)
    def open(self, request: Request, id: int) -> Response:
        """Send the agenda: its order stands from now on. For its chair, its secretary and the office."""
        return self._done(id, lambda meeting: open_meeting(meeting, actor=self.person))

    @action(detail=True, methods=["post"])
    @answers(FilledShape, version=False)
    def refresh(self, request: Request, id: int) -> Response:
        """Ask the sources anew what is to be spoken of. For its chair, its secretary and the office."""
        filled = fill_agenda(self._meeting(id), actor=self.person)
        return Response({"put": filled.put, "taken_off": filled.taken_off})

    @action(detail=True, methods=["post"])
    @answers(MeetingShape, takes=AgendaOrder)
    def order(self, request: Request, id: int) -> Response:
        """Put the agenda in order before it is sent. For its chair, its secretary and the office."""
        return self._done(id, lambda meeting: reorder(meeting, actor=self.person, **self.sent))

    def _done(self, pk: int, deed: Callable[[Meeting], object]) -> Response:
        deed(self._meeting(pk))
        return self.answer(drawn(self._meeting(pk)))

    def _meeting(self, pk: int) -> Meeting:
        return get_object_or_404(self._visible(), pk=pk)

    def _visible(self) -> MeetingQuerySet:
        return Meeting.objects.visible_to(self.person).select_related("forum")


def drawn(meeting: Meeting) -> MeetingShape:
    return {
        "id": meeting.pk,
        "forum": meeting.forum.slug,
        "starts_at": meeting.starts_at,
        "minutes_planned": meeting.minutes_planned,
        "place": meeting.place,
        "state": meeting.state,
        "opened_at": meeting.opened_at,
        "started_at": meeting.started_at,
        "closed_at": meeting.closed_at,
        "cancelled_because": meeting.cancelled_because,
        "version": meeting.version,
    }
