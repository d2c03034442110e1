from datetime import date
from typing import Annotated, TypedDict

from django.db.models import DateField, F
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import person_field
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.shapes import Person
from aiso.web.keyset import Order

from ..actions.keep_forums import add_member, end_membership
from ..models import Forum, Membership
from ..models import MembershipQuerySet as Seats

BY_START = Order(F("started_on"), DateField())


class MemberShape(TypedDict):
    """One person's time in a forum."""

    id: int
    person: Person
    role: Annotated[str, Membership.Role]
    started_on: date
    ended_on: Annotated[date | None, "The first day that no longer counts; null while there is none."]


class MembersQuery(PageQuery):
    on = serializers.DateField(required=False, help_text="Those who sat in it on this day; without it all, ended too.")


class NewMember(Body):
    person = person_field(help_text="A person; a service account decides nothing.")
    role = serializers.ChoiceField(Membership.Role.choices, required=False)
    started_on = serializers.DateField(required=False, help_text="Today unless told.")


class MemberEnd(Body):
    ended_on = serializers.DateField(required=False, help_text="The first day not to count, today unless told.")
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class Members(Noun):
    tag = "Forums"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(MemberShape, query=MembersQuery)
    def list(self, request: Request, forum: str) -> Response:
        """Who sits or sat in it, since when and until when."""
        seats = self._seats()
        if day := self.asked.get("on"):
            seats = seats.on(day)
        return self.page(seats, BY_START, drawn)

    @answers(MemberShape)
    def retrieve(self, request: Request, forum: str, id: int) -> Response:
        """One person's time in it."""
        return self.answer(drawn(get_object_or_404(self._seats(), pk=id)))

    @answers(MemberShape, status=201, takes=NewMember)
    def create(self, request: Request, forum: str) -> Response:
        """Give a person a seat. For office leads."""
        seat = add_member(self._forum(), actor=self.person, **self.sent)
        return self.answer(drawn(seat), status=201, location=f"{request.path}{seat.pk}/")

    @action(detail=True, methods=["post"])
    @answers(MemberShape, takes=MemberEnd)
    def end(self, request: Request, forum: str, id: int) -> Response:
        """End a seat; its time stays. For office leads."""
        with self.held(self._seats(), id, drawn) as seat:
            return self.answer(drawn(end_membership(seat, actor=self.person, **self.sent)))

    def _forum(self) -> Forum:
        return get_object_or_404(Forum.objects.visible_to(self.person), slug=self.kwargs["forum"])

    def _seats(self) -> Seats:
        seats: Seats = self._forum().memberships.visible_to(self.person).select_related("person")
        return seats


def drawn(seat: Membership) -> MemberShape:
    return {
        "id": seat.pk,
        "person": {"id": seat.person_id, "name": str(seat.person)},
        "role": seat.role,
        "started_on": seat.started_on,
        "ended_on": seat.ended_on,
    }
