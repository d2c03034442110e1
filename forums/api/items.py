from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypedDict

from django.db import transaction
from django.db.models import F, IntegerField
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import IdField
from aiso.api.nouns import Noun
from aiso.api.operations import Body, answers, answers_page
from aiso.api.shapes import Person, named
from aiso.web.keyset import Order, page_of
from portfolio.api.shapes import REFERENCE
from portfolio.models import Initiative

from ..actions.agenda import (
    change_item,
    locked_ahead,
    move_item,
    put_back,
    put_in_backlog,
    put_off,
    put_on_agenda,
    take_in,
    take_off,
)
from ..meeting_page import HIDDEN, seen_among
from ..models import AgendaItem, AgendaItemQuerySet, Forum, Meeting
from ..sources import label_of

BY_POSITION = Order(F("position"), IntegerField())
RELATED = ("initiative", "put_by", "settled_by", "meeting", "forum")


class AgendaItemShape(TypedDict):
    """One thing to speak of. Of one that one may not see, only its place, its minutes and its state are told."""

    id: int
    is_confidential: Annotated[bool, "One may not see what it is about."]
    meeting: Annotated[int | None, "Null while it waits in the backlog."]
    position: int
    title: str
    why: Annotated[str, "What is asked, or why it is here."]
    initiative: Annotated[str | None, REFERENCE]
    source: Annotated[str, "Which part of the product put it there; `by_hand` for people."]
    label: Annotated[str, "What items of this source are called."]
    minutes: Annotated[int, "Planned for it."]
    state: Annotated[str, AgendaItem.State]
    result: str
    put_by: Annotated[Person | None, "Null for what a source put there."]
    put_at: datetime | None
    settled_by: Person | None
    settled_at: datetime | None


class NewItem(Body):
    title = serializers.CharField(
        max_length=300, required=False, allow_blank=True, help_text="May be left out for an initiative."
    )
    why = serializers.CharField(max_length=500, required=False, allow_blank=True)
    minutes = serializers.IntegerField(min_value=1, max_value=240, required=False)
    initiative = serializers.RegexField(
        r"^[Aa][Ii]-[0-9]{1,9}$", required=False, allow_null=True, help_text="Its reference."
    )
    let_see = serializers.BooleanField(
        required=False,
        help_text="Whether members who do not see a confidential initiative now may read the item. Until you say so, "
        "422 names them.",
    )

    def validate_initiative(self, value: str | None) -> Initiative | None:
        """The initiative, if the person sees it."""
        if value is None:
            return None
        visible = Initiative.objects.visible_to(self.context["person"]).on_register()
        found: Initiative | None = visible.filter(pk=int(value[3:])).first()
        if found is None:
            raise serializers.ValidationError("There is none with this reference.")
        return found


class ItemFacts(Body):
    title = serializers.CharField(max_length=300, required=False)
    why = serializers.CharField(max_length=500, required=False, allow_blank=True)
    minutes = serializers.IntegerField(min_value=1, max_value=240, required=False)


class ItemChanges(ItemFacts):
    was = ItemFacts(
        required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409."
    )


class ItemMove(Body):
    places = serializers.IntegerField(
        min_value=-500, max_value=500, help_text="How many places down the agenda; up when negative."
    )


class PutOff(Body):
    to = IdField(
        Meeting.objects.all(),
        required=False,
        allow_null=True,
        help_text="A later meeting of the forum; the backlog without it.",
    )


class TakeIn(Body):
    meeting = IdField(Meeting.objects.all(), help_text="A meeting of the forum that is not over.")


class AgendaItems(Noun):
    tag = "Meetings"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(AgendaItemShape)
    def list(self, request: Request, meeting: int) -> Response:
        """The agenda in its order, with what was taken off and put off."""
        rows = self._meeting().items.order_by()
        found = page_of(
            rows.select_related(*RELATED), BY_POSITION, size=self.asked["page_size"], **self.place_in(BY_POSITION)
        )
        seen = seen_among(rows.filter(pk__in=[row.pk for row in found.rows]), self.person)
        told = [drawn(row) if row.pk in seen else hidden(row) for row in found.rows]
        return self.paged(found, told, rows.count)

    @answers(AgendaItemShape)
    def retrieve(self, request: Request, meeting: int, id: int) -> Response:
        """One item."""
        return self.answer(drawn(self._item(id)))

    @answers(AgendaItemShape, status=201, takes=NewItem)
    def create(self, request: Request, meeting: int) -> Response:
        """Put something at the end of the agenda. For members, the initiative's owners and the office."""
        item = put_on_agenda(self._meeting(), actor=self.person, **self.sent)
        return self.answer(drawn(item), status=201, location=f"{request.path}{item.pk}/")

    @answers(AgendaItemShape, takes=ItemChanges)
    def partial_update(self, request: Request, meeting: int, id: int) -> Response:
        """Change what an item says or takes. For the chair, the secretary and the office."""
        self._item(id)
        with transaction.atomic():
            locked_ahead(self._meeting())  # the meeting first, as actions lock
            with self.held(self._visible(), id, drawn) as item:
                sent = dict(self.sent)
                change_item(item, actor=self.person, seen=sent.pop("was", {}), **sent)
                return self.answer(drawn(self._item(id)))

    @action(detail=True, methods=["post"])
    @answers(AgendaItemShape, takes=ItemMove)
    def move(self, request: Request, meeting: int, id: int) -> Response:
        """Move it up or down before the agenda is sent. For the chair, the secretary and the office."""
        return self._done(id, lambda item: move_item(item, actor=self.person, **self.sent))

    @action(detail=True, methods=["post"], url_path="take-off")
    @answers(AgendaItemShape)
    def take_off(self, request: Request, meeting: int, id: int) -> Response:
        """Take it off the agenda. For whoever put it there, the chair, the secretary and the office."""
        return self._done(id, lambda item: take_off(item, actor=self.person))

    @action(detail=True, methods=["post"], url_path="put-back")
    @answers(AgendaItemShape)
    def put_back(self, request: Request, meeting: int, id: int) -> Response:
        """Undo that it was taken off. For whoever took it off, the chair, the secretary and the office."""
        return self._done(id, lambda item: put_back(item, actor=self.person))

    @action(detail=True, methods=["post"], url_path="put-off")
    @answers(AgendaItemShape, takes=PutOff)
    def put_off(self, request: Request, meeting: int, id: int) -> Response:
        """Put it off; answers with the item that is to come. For the chair, the secretary and the office."""
        return self.answer(drawn(put_off(self._item(id), actor=self.person, **self.sent)))

    def _done(self, pk: int, deed: Callable[[AgendaItem], object]) -> Response:
        deed(self._item(pk))
        return self.answer(drawn(self._item(pk)))

    def _meeting(self) -> Meeting:
        visible = Meeting.objects.visible_to(self.person).select_related("forum")
        return get_object_or_404(visible, pk=self.kwargs["meeting"])

    def _visible(self) -> AgendaItemQuerySet:
        found: AgendaItemQuerySet = self._meeting().items.visible_to(self.person)
        return found

    def _item(self, pk: int) -> AgendaItem:
        return get_object_or_404(self._visible().select_related(*RELATED), pk=pk)


class Backlog(Noun):
    tag = "Meetings"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(AgendaItemShape)
    def list(self, request: Request, forum: str) -> Response:
        """What waits for a meeting that is not chosen yet."""
        return self.page(self._visible(), BY_POSITION, drawn)

    @answers(AgendaItemShape)
    def retrieve(self, request: Request, forum: str, id: int) -> Response:
        """One item that waits."""
        return self.answer(drawn(self._item(id)))

    @answers(AgendaItemShape, status=201, takes=NewItem)
    def create(self, request: Request, forum: str) -> Response:
        """Let something wait for a meeting. For members, the initiative's owners and the office."""
        item = put_in_backlog(self._forum(), actor=self.person, **self.sent)
        return self.answer(drawn(item), status=201, location=f"{request.path}{item.pk}/")

    @action(detail=True, methods=["post"], url_path="take-in")
    @answers(AgendaItemShape, takes=TakeIn)
    def take_in(self, request: Request, forum: str, id: int) -> Response:
        """Put it on a meeting's agenda. For the chair, the secretary and the office."""
        return self.answer(drawn(take_in(self._item(id), actor=self.person, **self.sent)))

    @action(detail=True, methods=["post"], url_path="take-off")
    @answers(AgendaItemShape)
    def take_off(self, request: Request, forum: str, id: int) -> Response:
        """Take it off the backlog. For whoever put it there, the chair, the secretary and the office."""
        return self.answer(drawn(take_off(self._item(id), actor=self.person)))

    def _forum(self) -> Forum:
        return get_object_or_404(Forum.objects.visible_to(self.person), slug=self.kwargs["forum"])

    def _visible(self) -> AgendaItemQuerySet:
        found: AgendaItemQuerySet = self._forum().items.backlog().visible_to(self.person)
        return found.select_related(*RELATED).order_by()

    def _item(self, pk: int) -> AgendaItem:
        return get_object_or_404(self._visible(), pk=pk)


def drawn(item: AgendaItem) -> AgendaItemShape:
    return {
        "id": item.pk,
        "is_confidential": False,
        "meeting": item.meeting_id,
        "position": item.position,
        "title": item.title,
        "why": item.why,
        "initiative": item.initiative.reference if item.initiative else None,
        "source": item.source,
        "label": label_of(item.source),
        "minutes": item.minutes,
        "state": item.state,
        "result": item.result,
        "put_by": named(item.put_by),
        "put_at": item.put_at,
        "settled_by": named(item.settled_by),
        "settled_at": item.settled_at,
    }


def hidden(item: AgendaItem) -> AgendaItemShape:
    """An item that one may not see (DESIGN §8)."""
    return {
        "id": item.pk,
        "is_confidential": True,
        "meeting": item.meeting_id,
        "position": item.position,
        "title": HIDDEN,
        "why": "",
        "initiative": None,
        "source": "",
        "label": "",
        "minutes": item.minutes,
        "state": item.state,
        "result": "",
        "put_by": None,
        "put_at": None,
        "settled_by": None,
        "settled_at": None,
    }
