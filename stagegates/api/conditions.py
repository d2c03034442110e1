from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.shapes import Person
from portfolio.api.shapes import REFERENCE

from ..actions.conditions import confirm_condition, meet_condition, refuse_condition, waive_condition
from ..decision_lists import CONDITION_RELATED, CONDITION_STATES, DUE_FIRST, in_state
from ..models import Condition
from ..models.condition import ConditionQuerySet


class ApprovalConditionShape(TypedDict):
    """What an approval still demands, by a date."""

    id: int
    initiative: Annotated[str, REFERENCE]
    decision: Annotated[int | None, "The decision that set it; null for one of a sign-off."]
    text: str
    owner: Person
    due_on: date
    set_by: Person
    state: Annotated[str, {"enum": ["open", "overdue", "claimed", "confirmed", "waived"]}]
    met_note: str
    met_at: Annotated[datetime | None, "When its owner said that it is met."]
    confirmed_at: datetime | None
    refused_because: str
    waived_at: datetime | None
    waived_because: str


class ConditionsQuery(PageQuery):
    state = serializers.ChoiceField(choices=[*CONDITION_STATES], default="all")
    mine = serializers.BooleanField(default=False, help_text="Only those that one sees to oneself.")


class Note(Body):
    note = serializers.CharField(max_length=10_000, help_text="How it was met.")


class ConditionReason(Body):
    reason = serializers.CharField(max_length=10_000)


class Conditions(Noun):
    tag = "Decisions"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(ApprovalConditionShape, query=ConditionsQuery)
    def list(self, request: Request) -> Response:
        """What approvals demand, the one due first on top."""
        rows = self._visible().filter(in_state(self.asked["state"]))
        return self.page(rows.filter(owner=self.person) if self.asked["mine"] else rows, DUE_FIRST, drawn)

    @answers(ApprovalConditionShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One condition."""
        return self.answer(drawn(get_object_or_404(self._visible(), pk=id)))

    @action(detail=True, methods=["post"])
    @answers(ApprovalConditionShape, takes=Note)
    def meet(self, request: Request, id: int) -> Response:
        """Say how it was met; it stays open until that is confirmed. For its owner."""
        return self._done(id, lambda it: meet_condition(it, actor=self.person, **self.sent))

    @action(detail=True, methods=["post"])
    @answers(ApprovalConditionShape)
    def confirm(self, request: Request, id: int) -> Response:
        """Confirm that it is met. For whoever may rule on its review, never its owner or a party."""
        return self._done(id, lambda it: confirm_condition(it, actor=self.person))

    @action(detail=True, methods=["post"])
    @answers(ApprovalConditionShape, takes=ConditionReason)
    def refuse(self, request: Request, id: int) -> Response:
        """Say what it lacks. For whoever may rule on its review, never its owner or a party."""
        return self._done(id, lambda it: refuse_condition(it, actor=self.person, **self.sent))

    @action(detail=True, methods=["post"])
    @answers(ApprovalConditionShape, takes=ConditionReason)
    def waive(self, request: Request, id: int) -> Response:
        """Demand it no longer. For whoever may rule on its review, never its owner or a party."""
        return self._done(id, lambda it: waive_condition(it, actor=self.person, **self.sent))

    def _done(self, pk: int, deed: Callable[[Condition], Condition]) -> Response:
        deed(get_object_or_404(self._visible(), pk=pk))
        # What they settled last may have been what let them see it.
        return self.answer(drawn(Condition.objects.select_related(*CONDITION_RELATED).get(pk=pk)))

    def _visible(self) -> ConditionQuerySet:
        return Condition.objects.visible_to(self.person).select_related(*CONDITION_RELATED)


def drawn(condition: Condition) -> ApprovalConditionShape:
    return {
        "id": condition.pk,
        "initiative": condition.initiative.reference,
        "decision": condition.decision_id,
        "text": condition.text,
        "owner": {"id": condition.owner_id, "name": str(condition.owner)},
        "due_on": condition.due_on,
        "set_by": {"id": condition.set_by_id, "name": str(condition.set_by)},
        "state": condition.state,
        "met_note": condition.met_note,
        "met_at": condition.met_at,
        "confirmed_at": condition.confirmed_at,
        "refused_because": condition.refused_because,
        "waived_at": condition.waived_at,
        "waived_because": condition.waived_because,
    }
