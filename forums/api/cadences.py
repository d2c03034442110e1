from datetime import time
from typing import Annotated, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.nouns import Noun
from aiso.api.operations import Body, answers

from ..actions.meetings import set_cadence
from ..models import Cadence, Forum


class CadenceShape(TypedDict):
    """On which day of each month a forum meets."""

    week: Annotated[int, "Which one of the month: 1 to 4, -1 for the last."]
    weekday: Annotated[int, "0 is Monday."]
    at: Annotated[str, "When it starts, in the office's time zone."]
    minutes: int
    place: str
    months_ahead: Annotated[int, "For how many months its meetings are made ahead."]


class CadenceFacts(Body):
    week = serializers.ChoiceField(Cadence.Week.choices, required=False)
    weekday = serializers.ChoiceField(Cadence.Weekday.choices, required=False)
    at = serializers.TimeField(required=False, help_text="Needed for the first one.")
    minutes = serializers.IntegerField(min_value=15, max_value=480, required=False)
    place = serializers.CharField(max_length=200, required=False, allow_blank=True)
    months_ahead = serializers.IntegerField(min_value=1, max_value=12, required=False)


class CadenceChanges(CadenceFacts):
    was = CadenceFacts(
        required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409."
    )


class Cadences(Noun):
    tag = "Meetings"

    @answers(CadenceShape)
    def list(self, request: Request, forum: str) -> Response:
        """When it meets; 404 for a forum that has no day of the month."""
        return self.answer(drawn(get_object_or_404(Cadence, forum=self._forum())))

    @answers(CadenceShape, takes=CadenceChanges)
    def create(self, request: Request, forum: str) -> Response:
        """Say or change when it meets; drafts that nobody moved by hand follow. For office leads."""
        sent = dict(self.sent)
        cadence = set_cadence(self._forum(), actor=self.person, seen=sent.pop("was", {}), **sent)
        return self.answer(drawn(cadence))

    def _forum(self) -> Forum:
        return get_object_or_404(Forum.objects.visible_to(self.person), slug=self.kwargs["forum"])


def drawn(cadence: Cadence) -> CadenceShape:
    return {
        "week": cadence.week,
        "weekday": cadence.weekday,
        "at": time.isoformat(cadence.at, "minutes"),
        "minutes": cadence.minutes,
        "place": cadence.place,
        "months_ahead": cadence.months_ahead,
    }
