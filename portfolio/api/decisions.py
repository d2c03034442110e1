from datetime import date
from typing import Annotated, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.accounts.models import User
from aiso.api.fields import IdField
from aiso.api.operations import Body, answers, answers_page
from aiso.api.shapes import Person, named
from aiso.web.keyset import AS_MADE

from ..actions.keep_decisions import add_decision_class, edit_decision_class, remove_decision_class
from ..autonomy import Outcome
from ..levels import shown_level
from ..models import AutonomyLevel, DecisionClass
from ..models.decision import (
    MOST_A_WEEK,
    MOST_REVIEWERS,
    Confidence,
    CostOfDelay,
    CostOfError,
    Reversibility,
    ReviewCapacity,
)
from .below import BelowInitiative

REFUSAL = "Its owners and the office say what it decides."
OUTCOMES = {"enum": [outcome.value for outcome in Outcome]}


class TestsShape(TypedDict):
    """What each of the four tests says. An answer that is not known counts as weak."""

    reversibility: Annotated[str, OUTCOMES]
    cost_of_error: Annotated[str, OUTCOMES]
    confidence: Annotated[str, OUTCOMES]
    review_capacity: Annotated[str, OUTCOMES]


class AutonomyShape(TypedDict):
    """How far the system may act, and why."""

    level: Annotated[str, "It follows from the tests, the level chosen and the steps down.", AutonomyLevel]
    reason: str
    calibrated: Annotated[str, "What the four tests say.", AutonomyLevel]
    chosen: Annotated[str | None, "The level chosen in place of it, where one holds.", AutonomyLevel]
    chosen_until: Annotated[date | None, "The last day that the chosen level holds."]
    steps_down: Annotated[int, "Levels that it stepped down, until that is lifted."]
    tests: TestsShape


class DecisionClassShape(TypedDict):
    """One recurring operational decision inside a workflow."""

    id: int
    name: Annotated[str, "What is decided, e.g. which team gets a request."]
    owner: Annotated[Person | None, "Who answers for how it is decided."]
    volume_per_week: Annotated[int | None, "How often, about."]
    reviewers: Annotated[int | None, "How many people look at what the system proposes."]
    cost_of_delay: Annotated[str | None, "What it costs when it waits; null is not known.", CostOfDelay]
    required_data: Annotated[str, "What must be known to decide, and where that is."]
    cost_of_error: Annotated[str, CostOfError]
    reversibility: Annotated[str, Reversibility]
    confidence: Annotated[str, "How well it is known how sure the system is of its answers.", Confidence]
    review_capacity: Annotated[str, "The time that people have to look at them.", ReviewCapacity]
    is_regulated: Annotated[bool, "A law or a supervisor prescribes how it is decided, or by whom."]
    not_automated_because: Annotated[str, "A reason keeps the decision with people; empty for none."]
    autonomy: AutonomyShape


class DecisionFacts(Body):
    name = serializers.CharField(max_length=200)
    volume_per_week = serializers.IntegerField(min_value=0, max_value=MOST_A_WEEK, required=False, allow_null=True)
    owner = IdField(User.objects.active().people(), required=False, allow_null=True, help_text="An active person.")
    reviewers = serializers.IntegerField(min_value=0, max_value=MOST_REVIEWERS, required=False, allow_null=True)
    cost_of_delay = serializers.ChoiceField(CostOfDelay.choices, required=False, allow_blank=True)
    required_data = serializers.CharField(max_length=500, required=False, allow_blank=True)
    cost_of_error = serializers.ChoiceField(CostOfError.choices, help_text="What one wrong decision costs.")
    reversibility = serializers.ChoiceField(Reversibility.choices, help_text="How easily it is put right.")
    confidence = serializers.ChoiceField(Confidence.choices, required=False)
    review_capacity = serializers.ChoiceField(ReviewCapacity.choices, required=False)
    is_regulated = serializers.BooleanField(required=False)
    not_automated_because = serializers.CharField(max_length=300, required=False, allow_blank=True)


class DecisionChanges(DecisionFacts):
    was = DecisionFacts(
        required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409."
    )


class Decisions(BelowInitiative):
    tag = "Decisions it makes"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(DecisionClassShape)
    def list(self, request: Request, initiative: int) -> Response:
        """The decisions that it makes or prepares, each with its autonomy level."""
        return self.page(self.initiative().decision_classes.select_related("owner"), AS_MADE, drawn)

    @answers(DecisionClassShape)
    def retrieve(self, request: Request, initiative: int, id: int) -> Response:
        """One decision."""
        return self.answer(drawn(get_object_or_404(self.initiative().decision_classes, pk=id)))

    @answers(DecisionClassShape, status=201, takes=DecisionFacts)
    def create(self, request: Request, initiative: int) -> Response:
        """Add a decision; its level and the lane follow. For its owners and the office."""
        decision = add_decision_class(self.initiative_to_edit(REFUSAL), actor=self.person, **self.sent)
        return self.answer(drawn(decision), status=201, location=self.address_of(decision.pk))

    @answers(DecisionClassShape, takes=DecisionChanges)
    def partial_update(self, request: Request, initiative: int, id: int) -> Response:
        """Change a decision; its level and the lane follow. For its owners and the office."""
        with self.held_below(REFUSAL, DecisionClass.objects.all(), id, drawn) as decision:
            sent = dict(self.sent)
            seen = sent.pop("was", {})
            return self.answer(drawn(edit_decision_class(decision, actor=self.person, seen=seen, **sent)))

    @answers(None, status=204)
    def destroy(self, request: Request, initiative: int, id: int) -> Response:
        """Take a decision away; its history stays. For its owners and the office."""
        with self.held_below(REFUSAL, DecisionClass.objects.all(), id, drawn) as decision:
            remove_decision_class(decision, actor=self.person)
        return Response(status=204)


def drawn(decision: DecisionClass) -> DecisionClassShape:
    autonomy = shown_level(decision)
    told = {test: outcome.value for test, outcome in autonomy.calibrated.outcomes.items()}
    return {
        "id": decision.pk,
        "name": decision.name,
        "owner": named(decision.owner),
        "volume_per_week": decision.volume_per_week,
        "reviewers": decision.reviewers,
        "cost_of_delay": decision.cost_of_delay or None,
        "required_data": decision.required_data,
        "cost_of_error": decision.cost_of_error,
        "reversibility": decision.reversibility,
        "confidence": decision.confidence,
        "review_capacity": decision.review_capacity,
        "is_regulated": decision.is_regulated,
        "not_automated_because": decision.not_automated_because,
        "autonomy": {
            "level": decision.autonomy,
            "reason": autonomy.reason,
            "calibrated": autonomy.calibrated.level.value,
            "chosen": decision.chosen_level or None,
            "chosen_until": decision.chosen_until,
            "steps_down": decision.steps_down,
            "tests": {
                "reversibility": told["reversibility"],
                "cost_of_error": told["cost_of_error"],
                "confidence": told["confidence"],
                "review_capacity": told["review_capacity"],
            },
        },
    }
