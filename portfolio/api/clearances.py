from datetime import date, datetime
from typing import Annotated, Any, TypedDict

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.accounts.models import User
from aiso.api.nouns import Noun
from aiso.api.operations import Body, answers
from aiso.api.problems import Refusal
from aiso.api.shapes import Person, named

from ..actions.keep_tools import clear_tool
from ..models import Clearance, Tool
from ..models.tools import ToolQuerySet
from ..permissions import can_clear


class ClearanceShape(TypedDict):
    """What one function says of a tool."""

    function: Annotated[str, Clearance.Function]
    status: Annotated[str | None, "Null: nobody asked yet.", Clearance.Status]
    decided_on: Annotated[date | None, "Since when it says so."]
    expires_on: Annotated[date | None, "The last day it holds; null is open-ended."]
    is_current: Annotated[bool, "An approval that holds today."]
    note: Annotated[str, "Conditions, or why not."]
    recorded_by: Person | None
    recorded_at: datetime | None


class Said(Body):
    status = serializers.ChoiceField(
        Clearance.Status.choices,
        help_text="A new word: what else you leave out is since today, open-ended and without a note.",
    )
    decided_on = serializers.DateField(required=False, help_text="The day the function said so, or began to look.")
    expires_on = serializers.DateField(required=False, allow_null=True, help_text="The last day it holds.")
    note = serializers.CharField(
        max_length=500, required=False, allow_blank=True, help_text="Conditions; a refusal needs a reason."
    )


class Word(Said):
    was = Said(required=False, help_text="What you saw of its word: a part that is no longer so answers 409.")


PARTS = ("status", "decided_on", "expires_on", "note")


class Clearances(Noun):
    tag = "Tools"
    lookup_url_kwarg = "function"
    lookup_value_converter = "clearing"

    @answers(ClearanceShape)
    def retrieve(self, request: Request, tool: int, function: str) -> Response:
        """What a function says of a tool."""
        return self.answer(clearances_of(get_object_or_404(tools_for(self.person), pk=tool))[function])

    @answers(ClearanceShape, takes=Word)
    def partial_update(self, request: Request, tool: int, function: str) -> Response:
        """Record what a function says, in place of what it said before. For its reviewers and the office.

        Without a status its present word stands, with another day, end or note.
        """
        with self.held(tools_for(self.person), tool, lambda held: clearances_of(held)[function]) as held:
            if not can_clear(self.person, function):
                raise Refusal("forbidden", "The reviewers of this function and the office record what it says.")
            sent = dict(self.sent)
            seen = sent.pop("was", {})
            said = _whole(held, function, sent)
            clear_tool(held, actor=self.person, function=function, seen=seen, **said)
        return self.answer(clearances_of(tools_for(self.person).get(pk=tool))[function])


def _whole(tool: Tool, function: str, sent: dict[str, Any]) -> dict[str, Any]:
    """The whole word that is said from now on."""
    if "status" in sent:
        return sent
    present = tool.clearances.filter(function=function).first()
    if present is None:
        raise serializers.ValidationError({"status": ["Say what it is: nobody asked this function yet."]})
    return {name: getattr(present, name) for name in PARTS} | sent


def tools_for(user: User) -> ToolQuerySet:
    """The tools with their supplier and all that the functions say."""
    clearances = Prefetch("clearances", Clearance.objects.select_related("recorded_by"))
    return Tool.objects.visible_to(user).select_related("supplier").prefetch_related(clearances)


def clearances_of(tool: Tool) -> dict[str, ClearanceShape]:
    """What each function says, also the ones that nobody asked."""
    said = {clearance.function: clearance for clearance in tool.clearances.all()}
    return {function: _clearance(function, said.get(function)) for function in Clearance.Function.values}


def _clearance(function: str, said: Clearance | None) -> ClearanceShape:
    return {
        "function": function,
        "status": said.status if said else None,
        "decided_on": said.decided_on if said else None,
        "expires_on": said.expires_on if said else None,
        "is_current": bool(said and said.is_current),
        "note": said.note if said else "",
        "recorded_by": named(said.recorded_by) if said else None,
        "recorded_at": said.recorded_at if said else None,
    }
