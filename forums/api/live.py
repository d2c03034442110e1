"""A meeting while it runs, by the same actions as behind the pages: its course, who is there, votes and results."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.accounts.models import User
from aiso.api.fields import person_field
from aiso.api.nouns import Noun
from aiso.api.operations import Body, answers
from aiso.api.shapes import Person

from ..actions import live
from ..models import AgendaItem, Attendance, Meeting, Proxy, VoteChoice
from ..votes import Chamber, Count, Voter, count_votes


class PresenceShape(TypedDict):
    """Somebody who came."""

    person: Person
    role: Annotated[str, "Their seat; empty for a guest."]
    has_vote: bool
    arrived_at: datetime
    left_at: datetime | None


class ProxyShape(TypedDict):
    """A member who is away lets another one vote for them."""

    id: int
    giver: Person
    holder: Person
    given_at: datetime


class LiveShape(TypedDict):
    """Where a meeting stands."""

    state: Annotated[str, Meeting.State]
    beat: Annotated[int, "Grows with each change of what is on screen."]
    started_at: datetime | None
    paused_at: Annotated[datetime | None, "Since when there is a break."]
    current: Annotated[int | None, "The item on screen; null too where you may not see it."]
    voting: Annotated[int, "How many have a vote."]
    needed: Annotated[int, "How many of them make a quorum."]
    able: Annotated[int, "How many are there, or have their proxy there."]
    attendance: list[PresenceShape]
    proxies: list[ProxyShape]


class VoterShape(TypedDict):
    """One member with a vote, and how they voted."""

    person: Person
    is_there: bool
    choice: Annotated[str | None, "`for`, `against`, `abstain` or `recused`; null while they have not voted."]
    reason: str
    cast_by: Annotated[Person | None, "Themselves, or whom they gave their proxy."]
    recused: Annotated[str, "Why they may not vote on it; empty when they may."]


class VotesShape(TypedDict):
    """The votes on one item."""

    agree: int
    against: int
    abstain: int
    waiting: int
    needed: Annotated[int, "How many must take part."]
    has_quorum: bool
    is_carried: bool
    voters: list[VoterShape]


class LiveItemShape(TypedDict):
    """An item, as far as the running meeting changes it."""

    id: int
    state: Annotated[str, AgendaItem.State]
    seconds: Annotated[int, "Spent on it before it came on screen this time."]
    began_at: Annotated[datetime | None, "On screen since."]
    motion: Annotated[str, "What is put to the vote; empty while nothing is."]
    motion_number: Annotated[int, "Counts what was put to the vote so far. A vote names the number that it is on."]
    result: str
    note: str
    settled_by: Person | None
    settled_at: datetime | None


class Presence(Body):
    person = person_field(required=False, help_text="Yourself unless told.")


class NewProxy(Body):
    giver = person_field(help_text="Who is away.")
    holder = person_field(help_text="Who votes for them.")


class NewVote(Body):
    choice = serializers.ChoiceField(VoteChoice.choices)
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    person = person_field(required=False, help_text="For whom you vote by proxy; yourself unless told.")
    motion = serializers.IntegerField(
        required=False, help_text="The `motion_number` that you saw put to the vote: one that is no longer so is 409."
    )


class NoteText(Body):
    note = serializers.CharField(max_length=10_000, allow_blank=True)
    was = serializers.CharField(
        max_length=10_000, required=False, allow_blank=True, help_text="What you saw: one that is no longer so is 409."
    )


class Outcome(Body):
    result = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="What came of it, where its source decides nothing."
    )
    decision = serializers.DictField(
        child=serializers.JSONField(), required=False, help_text="What its source asks in order to decide it."
    )


class LiveMeetings(Noun):
    tag = "Meetings"

    @answers(LiveShape, version=False)
    def list(self, request: Request, meeting: int) -> Response:
        """Where it stands: the item on screen, who is there, and who votes for whom."""
        return self._state()

    @action(detail=False, methods=["post"])
    @answers(LiveShape, version=False)
    def start(self, request: Request, meeting: int) -> Response:
        """Begin it. For its chair, its secretary and the office."""
        return self._done(lambda found: live.start_meeting(found, actor=self.person))

    @action(detail=False, methods=["post"])
    @answers(LiveShape, version=False)
    def next(self, request: Request, meeting: int) -> Response:
        """Show the next item."""
        return self._done(lambda found: live.go_on(found, actor=self.person))

    @action(detail=False, methods=["post"])
    @answers(LiveShape, version=False)
    def previous(self, request: Request, meeting: int) -> Response:
        """Show the item before."""
        return self._done(lambda found: live.go_on(found, actor=self.person, back=True))

    @action(detail=False, methods=["post"], url_path="break")
    @answers(LiveShape, version=False)
    def take_break(self, request: Request, meeting: int) -> Response:
        """Stop the clock."""
        return self._done(lambda found: live.take_break(found, actor=self.person))

    @action(detail=False, methods=["post"])
    @answers(LiveShape, version=False)
    def resume(self, request: Request, meeting: int) -> Response:
        """Go on after a break."""
        return self._done(lambda found: live.resume_meeting(found, actor=self.person))

    @action(detail=False, methods=["post"])
    @answers(LiveShape, version=False, takes=Presence)
    def arrive(self, request: Request, meeting: int) -> Response:
        """Note that somebody is there: yourself as a member, anybody as one who leads the meeting."""
        who = self.sent.get("person", self.person)
        return self._done(lambda found: live.arrive(found, actor=self.person, person=who))

    @action(detail=False, methods=["post"])
    @answers(LiveShape, version=False, takes=Presence)
    def leave(self, request: Request, meeting: int) -> Response:
        """Note that somebody left."""
        who = self.sent.get("person", self.person)
        return self._done(lambda found: live.leave(found, actor=self.person, person=who))

    def _done(self, deed: Callable[[Meeting], Any]) -> Response:
        deed(meeting_of(self))
        return self._state()

    def _state(self) -> Response:
        meeting = meeting_of(self)
        seen = {*meeting.items.visible_to(self.person).values_list("pk", flat=True)}
        chamber = Chamber(meeting)
        told: LiveShape = {
            "state": meeting.state,
            "beat": meeting.beat,
            "started_at": meeting.started_at,
            "paused_at": meeting.paused_at,
            "current": meeting.current_id if meeting.current_id in seen else None,
            "voting": len(chamber.voting),
            "needed": chamber.needed,
            "able": chamber.able,
            "attendance": [_presence(row) for row in chamber.attendance],
            "proxies": [drawn_proxy(proxy) for proxy in chamber.proxies.values()],
        }
        return Response(told)


class Proxies(Noun):
    tag = "Meetings"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers(ProxyShape, status=201, takes=NewProxy, version=False)
    def create(self, request: Request, meeting: int) -> Response:
        """Give your proxy, or note one as whoever leads the meeting; never one that you hold."""
        proxy = live.give_proxy(meeting_of(self), actor=self.person, **self.sent)
        return Response(drawn_proxy(proxy), 201)

    @answers(None, status=204)
    def destroy(self, request: Request, meeting: int, id: int) -> Response:
        """Take it back. For its giver and whoever leads the meeting."""
        proxies = Proxy.objects.select_related("meeting__forum")
        live.end_proxy(get_object_or_404(proxies, meeting=meeting_of(self), pk=id), actor=self.person)
        return Response(status=204)


class LiveItems(Noun):
    tag = "Meetings"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @action(detail=True, methods=["post"])
    @answers(LiveItemShape, version=False)
    def show(self, request: Request, meeting: int, id: int) -> Response:
        """Put it on everybody's screen. For its chair, its secretary and the office."""
        return self._done(id, lambda item: live.show_item(item, actor=self.person))

    @action(detail=True, methods=["post"])
    @answers(LiveItemShape, version=False, takes=NoteText)
    def note(self, request: Request, meeting: int, id: int) -> Response:
        """Write what the minutes say of it."""
        seen = {"note": self.sent["was"]} if "was" in self.sent else {}
        return self._done(id, lambda item: live.write_note(item, actor=self.person, note=self.sent["note"], seen=seen))

    @action(detail=True, methods=["post"])
    @answers(LiveItemShape, version=False, takes=Outcome)
    def record(self, request: Request, meeting: int, id: int) -> Response:
        """Decide and settle it, once: who is second is told who was first, with 409."""
        data = {**self.sent.get("decision", {}), "result": self.sent.get("result", "")}
        return self._done(id, lambda item: live.record_item(item, actor=self.person, data=data))

    @action(detail=True, methods=["post"], url_path="put-to-vote")
    @answers(LiveItemShape, version=False, takes=Outcome)
    def put_to_vote(self, request: Request, meeting: int, id: int) -> Response:
        """Let the members vote on what this would record. Votes on something else stop counting."""
        data = {**self.sent.get("decision", {}), "result": self.sent.get("result", "")}
        return self._done(id, lambda item: live.put_to_vote(item, actor=self.person, data=data))

    @action(detail=True, methods=["post"])
    @answers(LiveItemShape, version=False)
    def defer(self, request: Request, meeting: int, id: int) -> Response:
        """Put it off to the backlog while the meeting runs."""
        return self._done(id, lambda item: live.put_off_live(item, actor=self.person))

    @action(detail=True, methods=["get"])
    @answers(VotesShape, version=False)
    def votes(self, request: Request, meeting: int, id: int) -> Response:
        """The votes on it, and who may still vote."""
        return Response(drawn_votes(count_votes(self._item(id))))

    @votes.mapping.post
    @answers(VotesShape, version=False, takes=NewVote)
    def cast_vote(self, request: Request, meeting: int, id: int) -> Response:
        """Vote, for yourself or by the proxy that you hold. For members who are there."""
        item = self._item(id)
        live.cast_item_vote(item, actor=self.person, **self.sent)
        return Response(drawn_votes(count_votes(item)))

    def _done(self, pk: int, deed: Callable[[AgendaItem], Any]) -> Response:
        deed(self._item(pk))
        return Response(drawn_item(self._item(pk)))

    def _item(self, pk: int) -> AgendaItem:
        items = meeting_of(self).items.visible_to(self.person)
        found: AgendaItem = get_object_or_404(items.select_related("meeting__forum", "forum", "settled_by"), pk=pk)
        return found


def meeting_of(noun: Noun) -> Meeting:
    meetings = Meeting.objects.visible_to(noun.person).select_related("forum")
    found: Meeting = get_object_or_404(meetings, pk=noun.kwargs["meeting"])
    return found


def drawn_proxy(proxy: Proxy) -> ProxyShape:
    return {
        "id": proxy.pk,
        "giver": _person(proxy.giver),
        "holder": _person(proxy.holder),
        "given_at": proxy.given_at,
    }


def drawn_item(item: AgendaItem) -> LiveItemShape:
    return {
        "id": item.pk,
        "state": item.state,
        "seconds": item.seconds,
        "began_at": item.began_at,
        "motion": item.motion,
        "motion_number": item.motion_number,
        "result": item.result,
        "note": item.note,
        "settled_by": _person(item.settled_by) if item.settled_by else None,
        "settled_at": item.settled_at,
    }


def drawn_votes(count: Count) -> VotesShape:
    tally = count.tally
    return {
        "agree": tally.agree,
        "against": tally.against,
        "abstain": tally.abstain,
        "waiting": tally.waiting,
        "needed": tally.needed,
        "has_quorum": tally.has_quorum,
        "is_carried": tally.is_carried,
        "voters": [_voter(voter) for voter in count.voters],
    }


def _voter(voter: Voter) -> VoterShape:
    return {
        "person": _person(voter.person),
        "is_there": voter.is_there,
        "choice": voter.vote.choice if voter.vote else None,
        "reason": voter.vote.reason if voter.vote else "",
        "cast_by": _person(voter.vote.cast_by) if voter.vote else None,
        "recused": voter.recused,
    }


def _presence(row: Attendance) -> PresenceShape:
    return {
        "person": _person(row.person),
        "role": row.role,
        "has_vote": row.has_vote,
        "arrived_at": row.arrived_at,
        "left_at": row.left_at,
    }


def _person(person: User) -> Person:
    return {"id": person.pk, "name": str(person)}
