from decimal import Decimal
from typing import Annotated, TypedDict

from django.db.models import F, IntegerField
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso import clock
from aiso.accounts.permissions import can_see_administration
from aiso.api.fields import person_field, unit_field
from aiso.api.history import HistoryQuery, HistoryShape, answer_history
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_file, answers_page
from aiso.api.problems import Refusal
from aiso.api.shapes import Named, Person, named
from aiso.web.keyset import Order

from ..actions.keep_forums import change_forum
from ..histories import history_of_forum
from ..invitations import MEDIA_TYPE as CALENDAR
from ..invitations import calendar_of, file_name_of
from ..models import Forum, ForumQuerySet, Membership

HIGHEST_FIRST = Order(F("rank"), IntegerField(), descending=True)


class ForumShape(TypedDict):
    """A body that decides. Its members are at `forums/{slug}/members/`."""

    slug: str
    name: str
    about: str
    rank: Annotated[int, "The higher, the higher the body: where two match, the higher one decides."]
    is_delegate: Annotated[bool, "One person or a few decide without a meeting."]
    quorum_share: Annotated[Decimal, "The share of those with a vote who must take part, from 0 to 1."]
    quorum_least: Annotated[int, "How many must take part, however few there are."]
    majority: Annotated[str, Forum.Majority]
    most_members: Annotated[int | None, "How many with a vote may sit in it at once; null for any number."]
    unit: Annotated[Named | None, "The business unit it decides for; null for the whole company."]
    chair: Annotated[Person | None, "Who holds it today."]
    secretary: Annotated[Person | None, "Keeps the minutes, without a vote."]


class ForumsQuery(PageQuery):
    person = person_field(required=False, help_text="Those in which this person sits today.")


class ForumFacts(Body):
    name = serializers.CharField(max_length=120, required=False)
    about = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    rank = serializers.IntegerField(min_value=0, max_value=1000, required=False)
    is_delegate = serializers.BooleanField(required=False)
    quorum_share = serializers.DecimalField(
        max_digits=3, decimal_places=2, min_value=Decimal(0), max_value=Decimal(1), required=False
    )
    quorum_least = serializers.IntegerField(min_value=1, max_value=1000, required=False)
    majority = serializers.ChoiceField(Forum.Majority.choices, required=False)
    most_members = serializers.IntegerField(min_value=1, max_value=1000, required=False, allow_null=True)
    unit = unit_field(required=False, allow_null=True)


class ForumChanges(ForumFacts):
    was = ForumFacts(
        required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409."
    )


class Forums(Noun):
    tag = "Forums"
    lookup_url_kwarg = "forum"
    lookup_value_converter = "slug"

    @answers_page(ForumShape, query=ForumsQuery)
    def list(self, request: Request) -> Response:
        """The bodies that decide, the highest first."""
        forums = self._visible()
        if person := self.asked.get("person"):
            forums = forums.bodies_of(person)
        return self.page(forums, HIGHEST_FIRST, drawn)

    @answers(ForumShape)
    def retrieve(self, request: Request, forum: str) -> Response:
        """One forum."""
        return self.answer(drawn(get_object_or_404(self._visible(), slug=forum)))

    @answers(ForumShape, takes=ForumChanges)
    def partial_update(self, request: Request, forum: str) -> Response:
        """Change how a forum decides. For office leads."""
        found = get_object_or_404(Forum.objects.visible_to(self.person), slug=forum)
        with self.held(self._visible(), found.pk, drawn):
            sent = dict(self.sent)
            change_forum(found, actor=self.person, seen=sent.pop("was", {}), **sent)
            return self.answer(drawn(self._visible().get(pk=found.pk)))

    @action(detail=True, methods=["get"])
    @answers_file(CALENDAR)
    def calendar(self, request: Request, forum: str) -> HttpResponse:
        """Its meetings from today on as a calendar; it invites nobody."""
        found = get_object_or_404(Forum.objects.visible_to(self.person).filter(is_delegate=False), slug=forum)
        return self.file(calendar_of(found), file_name_of(found), CALENDAR)

    @action(detail=True, methods=["get"])
    @answers(HistoryShape, query=HistoryQuery, version=False)
    def history(self, request: Request, forum: str) -> Response:
        """Who changed how it decides and who sits in it, newest first. For the office and auditors."""
        found = get_object_or_404(self._visible(), slug=forum)
        if not can_see_administration(self.person):
            raise Refusal("forbidden", "The office and auditors read the history of forums.")
        return answer_history(self, lambda after: history_of_forum(found, after=after))

    def _visible(self) -> ForumQuerySet:
        return Forum.objects.visible_to(self.person).with_seats(clock.today()).select_related("unit")


def drawn(forum: Forum) -> ForumShape:
    return {
        "slug": forum.slug,
        "name": forum.name,
        "about": forum.about,
        "rank": forum.rank,
        "is_delegate": forum.is_delegate,
        "quorum_share": forum.quorum_share,
        "quorum_least": forum.quorum_least,
        "majority": forum.majority,
        "most_members": forum.most_members,
        "unit": named(forum.unit),
        "chair": _holder(forum, Membership.Role.CHAIR),
        "secretary": _holder(forum, Membership.Role.SECRETARY),
    }


def _holder(forum: Forum, role: str) -> Person | None:
    held = [seat.person for seat in forum.seats if seat.role == role]  # type: ignore[attr-defined]
    return {"id": held[0].pk, "name": str(held[0])} if held else None
