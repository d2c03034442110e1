from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import person_field
from aiso.api.history import HistoryQuery, HistoryShape, answer_history
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.shapes import Person
from portfolio.api.shapes import REFERENCE

from ..action_register import DUE_FIRST, RELATED, STATES, UNREAD, in_state
from ..actions.action_items import drop_action, finish_action, give_action, move_action, pass_on_action
from ..histories import history_of_action
from ..models import ActionItem, ActionItemQuerySet, AgendaItem, Forum, Meeting


class ActionShape(TypedDict):
    """Something that one person does by a date for a forum."""

    id: int
    forum: Annotated[str, "The address of the forum."]
    meeting: Annotated[int | None, "The meeting in which it was given; null when it was given outside one."]
    item: Annotated[int | None, "The item that it is about, for those who see that."]
    initiative: Annotated[str | None, REFERENCE]
    text: str
    owner: Person
    due_on: date
    state: Annotated[str, {"enum": ["open", "overdue", "done", "dropped"]}]
    given_by: Person
    given_at: datetime
    done_by: Person | None
    done_at: datetime | None
    done_note: str
    dropped_by: Person | None
    dropped_at: datetime | None
    dropped_because: str


class ActionsQuery(PageQuery):
    state = serializers.ChoiceField(
        choices=[*STATES, "all"], default="all", help_text="`mine` and `forums` are the open ones of one’s own."
    )
    forum = serializers.SlugField(required=False)
    owner = person_field(required=False)


class NewAction(Body):
    forum = serializers.SlugField(help_text="The address of the forum that wants it done.")
    text = serializers.CharField(max_length=10_000)
    owner = person_field()
    due_on = serializers.DateField()
    meeting = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, help_text="Its meeting that is in progress."
    )
    item = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, help_text="The item of that meeting that it is about."
    )


class DoneNote(Body):
    note = serializers.CharField(max_length=10_000, help_text="What was done.")


class DropReason(Body):
    reason = serializers.CharField(max_length=10_000)


class NewOwner(Body):
    to = person_field()
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class NewDay(Body):
    due_on = serializers.DateField()
    reason = serializers.CharField(max_length=1000)
    seen = serializers.DateField(
        required=False, help_text="The day that you saw: one that is no longer so answers 409."
    )


class Actions(Noun):
    tag = "Actions"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(ActionShape, query=ActionsQuery)
    def list(self, request: Request) -> Response:
        """What forums want done, due first."""
        rows = self._visible()
        if self.asked["state"] != "all":
            rows = rows.filter(in_state(self.asked["state"], self.person))
        if forum := self.asked.get("forum"):
            rows = rows.filter(forum__slug=forum)
        if owner := self.asked.get("owner"):
            rows = rows.filter(owner=owner)
        return self.page(rows, DUE_FIRST, drawn)

    @answers(ActionShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One action."""
        return self.answer(drawn(self._action(id)))

    @answers(ActionShape, status=201, takes=NewAction)
    def create(self, request: Request) -> Response:
        """Give somebody something to do. For the forum's members and the office."""
        sent = dict(self.sent)
        forum = get_object_or_404(Forum.objects.visible_to(self.person), slug=sent.pop("forum"))
        meeting = item = None
        if pk := sent.pop("meeting", None):
            meeting = get_object_or_404(Meeting.objects.visible_to(self.person), pk=pk)
        if pk := sent.pop("item", None):
            item = get_object_or_404(AgendaItem.objects.visible_to(self.person), pk=pk)
        given = give_action(forum, actor=self.person, meeting=meeting, item=item, **sent)
        return self.answer(drawn(self._action(given.pk)), status=201, location=f"{request.path}{given.pk}/")

    @action(detail=True, methods=["post"])
    @answers(ActionShape, takes=DoneNote)
    def finish(self, request: Request, id: int) -> Response:
        """Say what was done. For its owner, the chair and the secretary."""
        return self._done(id, lambda it: finish_action(it, actor=self.person, **self.sent))

    @action(detail=True, methods=["post"])
    @answers(ActionShape, takes=DropReason)
    def drop(self, request: Request, id: int) -> Response:
        """Ask for it no longer. For who gave it, the chair and the secretary."""
        return self._done(id, lambda it: drop_action(it, actor=self.person, **self.sent))

    @action(detail=True, methods=["post"], url_path="pass-on")
    @answers(ActionShape, takes=NewOwner)
    def pass_on(self, request: Request, id: int) -> Response:
        """Let somebody else see to it. For its owner, who gave it, the chair and the secretary."""
        return self._done(id, lambda it: pass_on_action(it, actor=self.person, **self.sent))

    @action(detail=True, methods=["post"])
    @answers(ActionShape, takes=NewDay)
    def move(self, request: Request, id: int) -> Response:
        """Change its day, with a reason. For its owner, who gave it, the chair and the secretary."""
        return self._done(id, lambda it: move_action(it, actor=self.person, **self.sent))

    @action(detail=True, methods=["get"])
    @answers(HistoryShape, query=HistoryQuery, version=False)
    def history(self, request: Request, id: int) -> Response:
        """Who gave, moved, passed on and settled it, newest first."""
        found = self._action(id)
        return answer_history(self, lambda after: history_of_action(found, after=after))

    def _done(self, pk: int, deed: Callable[[ActionItem], ActionItem]) -> Response:
        deed(self._action(pk))
        return self.answer(drawn(self._action(pk)))

    def _action(self, pk: int) -> ActionItem:
        return get_object_or_404(self._visible(), pk=pk)

    def _visible(self) -> ActionItemQuerySet:
        visible = ActionItem.objects.visible_to(self.person).with_sight(self.person)
        return visible.select_related(*RELATED).defer(*UNREAD)


def drawn(action: ActionItem) -> ActionShape:
    item = action.item if action.sees_item else None  # type: ignore[attr-defined]
    return {
        "id": action.pk,
        "forum": action.forum.slug,
        "meeting": action.meeting_id,
        "item": item.pk if item else None,
        "initiative": item.initiative.reference if item and item.initiative else None,
        "text": action.text,
        "owner": {"id": action.owner_id, "name": str(action.owner)},
        "due_on": action.due_on,
        "state": action.state,
        "given_by": {"id": action.given_by_id, "name": str(action.given_by)},
        "given_at": action.given_at,
        "done_by": {"id": action.done_by.pk, "name": str(action.done_by)} if action.done_by else None,
        "done_at": action.done_at,
        "done_note": action.done_note,
        "dropped_by": {"id": action.dropped_by.pk, "name": str(action.dropped_by)} if action.dropped_by else None,
        "dropped_at": action.dropped_at,
        "dropped_because": action.dropped_because,
    }
