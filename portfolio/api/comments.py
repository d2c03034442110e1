from datetime import datetime
from typing import Annotated, TypedDict

from django.db.models import DateTimeField, F, QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.operations import Body, answers, answers_page
from aiso.api.problems import Refusal
from aiso.api.shapes import Person, named_as
from aiso.web.keyset import Order

from ..actions.discuss import add_comment, edit_comment, withdraw_comment
from ..models import Comment
from ..permissions import can_comment
from .below import BelowInitiative

OLDEST_FIRST = Order(F("written_at"), DateTimeField())


class CommentShape(TypedDict):
    """A remark in the discussion of an initiative."""

    id: int
    author: Person | None
    text: Annotated[str | None, "Markdown; null once it is withdrawn."]
    written_at: datetime
    edited_at: datetime | None
    withdrawn_at: datetime | None


class CommentText(Body):
    text = serializers.CharField(max_length=10_000, help_text="Markdown; @ and an e-mail address mention somebody.")


class Comments(BelowInitiative):
    tag = "Comments"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(CommentShape)
    def list(self, request: Request, initiative: int) -> Response:
        """The discussion, oldest first."""
        return self.page(self._comments(), OLDEST_FIRST, drawn)

    @answers(CommentShape)
    def retrieve(self, request: Request, initiative: int, id: int) -> Response:
        """One remark."""
        return self.answer(drawn(get_object_or_404(self._comments(), pk=id)))

    @answers(CommentShape, status=201, takes=CommentText)
    def create(self, request: Request, initiative: int) -> Response:
        """Say something. Those whom it mentions are told."""
        subject = self.initiative()
        if not can_comment(self.person):
            raise Refusal("forbidden", "Auditors read the discussion and do not join it.")
        comment = add_comment(subject, actor=self.person, **self.sent)
        return self.answer(drawn(comment), status=201, location=self.address_of(comment.pk))

    @answers(CommentShape, takes=CommentText)
    def partial_update(self, request: Request, initiative: int, id: int) -> Response:
        """Correct one's own remark; the earlier wording stays in the history."""
        with self.held(self._comments(), id, drawn) as comment:
            text = self.sent.get("text", comment.text)
            return self.answer(drawn(edit_comment(comment, actor=self.person, text=text)))

    @action(detail=True, methods=["post"])
    @answers(CommentShape)
    def withdraw(self, request: Request, initiative: int, id: int) -> Response:
        """Take one's own remark back. That there was one stays visible."""
        with self.held(self._comments(), id, drawn) as comment:
            withdraw_comment(comment, actor=self.person)
        return self.answer(drawn(self._comments().get(pk=id)))

    def _comments(self) -> "QuerySet[Comment]":
        return self.initiative().comments.select_related("author")


def drawn(comment: Comment) -> CommentShape:
    return {
        "id": comment.pk,
        "author": named_as(comment.author_id, comment.author.name),
        "text": None if comment.withdrawn_at else comment.text,
        "written_at": comment.written_at,
        "edited_at": comment.edited_at,
        "withdrawn_at": comment.withdrawn_at,
    }
