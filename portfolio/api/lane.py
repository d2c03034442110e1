from typing import Annotated, TypedDict

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.operations import Body, answers

from ..actions.conclude_lanes import lower_lane, raise_lane
from ..lane import Condition, LaneResult, State, without_money
from ..lane_facts import lanes_of
from ..lane_threshold import lane_threshold
from ..models import Initiative, Lane
from ..permissions import can_see_money
from .below import BelowInitiative

STATES = {"enum": [state.value for state in State]}


class ConditionShape(TypedDict):
    """One condition of the fast lane, and how it stands."""

    code: str
    text: str
    state: Annotated[str, "Open is not known yet, and keeps a case in the full lane like a failure.", STATES]
    found: Annotated[str, "What it was judged by; empty where it holds, and for money that you may not see."]


class LaneShape(TypedDict):
    """The way to a first decision, and why."""

    lane: Annotated[str, Lane]
    decided_by: Annotated[ConditionShape | None, "The first that failed, else the first open one; null when fast."]
    conditions: list[ConditionShape]


class InitiativeLaneShape(LaneShape):
    """The lane of an initiative, and why."""

    raised_because: Annotated[str | None, "Why it was raised to the full lane; null where nobody did."]


class Reason(Body):
    reason = serializers.CharField(max_length=5000, help_text="Everybody who sees the initiative reads it.")


class LaneOfInitiative(BelowInitiative):
    tag = "Lane"

    @answers(InitiativeLaneShape)
    def list(self, request: Request, initiative: int) -> Response:
        """The lane that follows from its facts, with every condition."""
        return self.answer(self._of(self.initiative()))

    @action(detail=False, methods=["post"], url_path="raise")
    @answers(InitiativeLaneShape, takes=Reason)
    def raise_case(self, request: Request, initiative: int) -> Response:
        """Take the full lane although the fast one is open. For its owners and the office."""
        with self.held_initiative(self._of) as subject:
            return self.answer(self._of(raise_lane(subject, actor=self.person, **self.sent)))

    @action(detail=False, methods=["post"], url_path="lower")
    @answers(InitiativeLaneShape, takes=Reason)
    def lower_case(self, request: Request, initiative: int) -> Response:
        """Let a raised case take the lane that its facts give. For the risk reviewers."""
        with self.held_initiative(self._of) as subject:
            return self.answer(self._of(lower_lane(subject, actor=self.person, **self.sent)))

    def _of(self, initiative: Initiative) -> InitiativeLaneShape:
        [result] = lanes_of([initiative], lane_threshold())
        told = result if can_see_money(self.person, initiative) else without_money(result)
        return {**drawn(told), "raised_because": initiative.lane_raised_because or None}


def drawn(result: LaneResult) -> LaneShape:
    return {
        "lane": result.lane.value,
        "decided_by": _condition(result.deciding) if result.deciding else None,
        "conditions": [_condition(each) for each in result.conditions],
    }


def _condition(condition: Condition) -> ConditionShape:
    return {
        "code": condition.code,
        "text": condition.text,
        "state": condition.state.value,
        "found": condition.found,
    }
