"""Notifications, the choice of mail, and the outgoing mail on the REST API."""

from datetime import datetime
from typing import Annotated, Any, TypedDict

from django.db.models import DateTimeField, F
from django.shortcuts import get_object_or_404
from django.urls import path
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.accounts.permissions import can_manage_people
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.problems import Refusal
from aiso.api.routing import Nouns
from aiso.api.shapes import Person, named
from aiso.web.keyset import Order, page_of

from .actions import choose_mail, mark_read, send_again
from .models import Mail, MailPreference, Notification
from .sight import still_seen

NEWEST = Order(F("created_at"), DateTimeField(), descending=True)
How = MailPreference.How


class NotificationShape(TypedDict):
    """One sentence that you were told."""

    id: int
    kind: Annotated[str, Notification.Kind]
    text: Annotated[str | None, "Null where what it was about is not yours to see any more."]
    path: Annotated[str | None, "Where it is dealt with, inside this site; null like the text."]
    created_at: datetime
    read_at: datetime | None


class ReadShape(TypedDict):
    """How many were marked as read."""

    read: int


class NotificationsQuery(PageQuery):
    kind = serializers.ChoiceField(required=False, choices=Notification.Kind.choices, help_text="Only those of a kind.")
    is_read = serializers.BooleanField(
        required=False, default=None, allow_null=True, help_text="Only those read, or only the unread."
    )


class ReadBody(Body):
    kind = serializers.ChoiceField(required=False, choices=Notification.Kind.choices, help_text="Only those of a kind.")


class Notifications(Noun):
    tag = "Notifications"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(NotificationShape, query=NotificationsQuery)
    def list(self, request: Request) -> Response:
        """What you were told, the newest first."""
        rows = self._mine()
        if kind := self.asked.get("kind"):
            rows = rows.filter(kind=kind)
        if self.asked["is_read"] is not None:
            rows = rows.filter(read_at__isnull=not self.asked["is_read"])
        found = page_of(rows, NEWEST, size=self.asked["page_size"], **self.place_in(NEWEST))
        seen = {each.pk for each in still_seen(self.person, found.rows)}
        told = [drawn(each, is_seen=each.pk in seen) for each in found.rows]
        return self.paged(found, told, rows.order_by().count)

    @answers(NotificationShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One notification."""
        return self._one(id)

    @action(detail=True, methods=["post"])
    @answers(NotificationShape)
    def read(self, request: Request, id: int) -> Response:
        """Mark it as read."""
        mark_read(self._mine().filter(pk=id), actor=self.person)
        return self._one(id)

    @action(detail=False, methods=["post"], url_path="read")
    @answers(ReadShape, takes=ReadBody, version=False)
    def read_all(self, request: Request) -> Response:
        """Mark all as read, or all of a kind."""
        kind = self.sent.get("kind")
        told: ReadShape = {"read": mark_read(self._mine().filter(**{"kind": kind} if kind else {}), actor=self.person)}
        return self.answer(told)

    def _one(self, pk: int) -> Response:
        found = get_object_or_404(self._mine(), pk=pk)
        return self.answer(drawn(found, is_seen=bool(still_seen(self.person, [found]))))

    def _mine(self) -> Any:
        return Notification.objects.visible_to(self.person)


def drawn(notification: Notification, *, is_seen: bool) -> NotificationShape:
    return {
        "id": notification.pk,
        "kind": notification.kind,
        "text": notification.text if is_seen else None,
        "path": notification.path if is_seen else None,
        "created_at": notification.created_at,
        "read_at": notification.read_at,
    }


class MailPreferenceShape(TypedDict):
    """How you are mailed of each kind of notification, and when the digest comes."""

    request: Annotated[str, How]
    reminder: Annotated[str, How]
    escalation: Annotated[str, How]
    mention: Annotated[str, How]
    news: Annotated[str, How]
    digest_at: Annotated[str, "Hours and minutes in the office’s time zone."]


def _how() -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=How.choices, required=False)


class MailChoices(Body):
    request = _how()
    reminder = _how()
    escalation = _how()
    mention = _how()
    news = _how()
    digest_at = serializers.TimeField(required=False, format="%H:%M", input_formats=["%H:%M"])


class MyMail(Noun):
    tag = "Notifications"

    @answers(MailPreferenceShape)
    def retrieve(self, request: Request) -> Response:
        """How am I mailed?"""
        return self.answer(preference_drawn(MailPreference.of(self.person)))

    @answers(MailPreferenceShape, takes=MailChoices)
    def partial_update(self, request: Request) -> Response:
        """Choose how you are mailed."""
        return self.answer(preference_drawn(choose_mail(actor=self.person, **self.sent)))


def preference_drawn(preference: MailPreference) -> MailPreferenceShape:
    return {
        "request": preference.request,
        "reminder": preference.reminder,
        "escalation": preference.escalation,
        "mention": preference.mention,
        "news": preference.news,
        "digest_at": f"{preference.digest_at:%H:%M}",
    }


class MailShape(TypedDict):
    """A mail that the office sends."""

    id: int
    person: Person | None
    state: Annotated[str, Mail.State]
    subject: Annotated[str, "Empty until it was first tried."]
    digest_of: Annotated[str | None, "The day of a digest; null for a mail at once."]
    created_at: datetime
    attempts: int
    next_try_at: Annotated[datetime | None, "Null once it is settled."]
    settled_at: Annotated[datetime | None, "When it was sent, given up, or found not to be wanted."]
    problem: Annotated[str, "Why it was not sent, or not yet."]


class OutgoingQuery(PageQuery):
    state = serializers.ChoiceField(required=False, choices=Mail.State.choices, help_text="Only those in a state.")


class OutgoingMail(Noun):
    tag = "Notifications"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(MailShape, query=OutgoingQuery)
    def list(self, request: Request) -> Response:
        """What was sent, what waits, what failed; the newest first. For office leads."""
        rows = self._kept()
        if state := self.asked.get("state"):
            rows = rows.filter(state=state)
        return self.page(rows, NEWEST, mail_drawn)

    @answers(MailShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One mail."""
        return self.answer(mail_drawn(get_object_or_404(self._kept(), pk=id)))

    @action(detail=True, methods=["post"])
    @answers(MailShape)
    def retry(self, request: Request, id: int) -> Response:
        """Try it once more, now."""
        with self.held(self._kept(), id, mail_drawn) as mail:
            return self.answer(mail_drawn(send_again(mail, actor=self.person)))

    def _kept(self) -> Any:
        if not can_manage_people(self.person):
            raise Refusal("forbidden", "Outgoing mail is for office leads of the whole company.")
        return Mail.objects.visible_to(self.person).select_related("person")


def mail_drawn(mail: Mail) -> MailShape:
    return {
        "id": mail.pk,
        "person": named(mail.person),
        "state": mail.state,
        "subject": mail.subject,
        "digest_of": mail.digest_of.isoformat() if mail.digest_of else None,
        "created_at": mail.created_at,
        "attempts": mail.attempts,
        "next_try_at": mail.next_try_at if mail.settled_at is None else None,
        "settled_at": mail.settled_at,
        "problem": mail.problem,
    }


nouns = Nouns()
nouns.add("notifications", Notifications, "notification")
nouns.add("outgoing-mail", OutgoingMail, "mail")
urlpatterns = [
    *nouns.urls,
    path("me/mail/", MyMail.as_view({"get": "retrieve", "patch": "partial_update"}), name="my-mail"),
]
