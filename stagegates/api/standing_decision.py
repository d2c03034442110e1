"""Pausing, resuming or ending an initiative without a review."""

from typing import Annotated, TypedDict

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.operations import Body, answers
from aiso.api.problems import Refusal
from aiso.api.shapes import Named, named
from forums.models import Forum
from portfolio.api.below import BelowInitiative
from portfolio.models import Initiative

from ..actions.decide import OF_INITIATIVES, UNSEEN, decide_initiative
from ..deciding import who_decides_on
from ..decision_lists import fetched
from ..decision_panel import outcomes_for
from ..models import Decision
from ..permissions import can_decide_on
from .decisions import DecisionShape, drawn
from .rulings import WantedClosing

OUTCOMES = [(each.value, each.label) for each in OF_INITIATIVES]


class StandingOutcomeShape(TypedDict):
    """What may be decided, and what it leads to."""

    outcome: Annotated[str, {"enum": [each.value for each in OF_INITIATIVES]}]
    leads_to: str


class StandingDecisionShape(TypedDict):
    """Who decides on an initiative that has no open review, and what."""

    body: Annotated[Named | None, "The body of its next gate; a higher one may too."]
    why: Annotated[str, "What names the body."]
    may_decide: Annotated[bool, "Whether you have a vote there and are no party."]
    outcomes: list[StandingOutcomeShape]


class NewStandingDecision(Body):
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    rationale = serializers.CharField(max_length=10_000)
    closing = WantedClosing(required=False, allow_null=True, help_text="Why it ends: needed to terminate.")
    seen = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        help_text="The decision on this initiative that you saw last: another one since answers 409.",
    )


class StandingDecision(BelowInitiative):
    tag = "Decisions"

    @answers(StandingDecisionShape)
    def list(self, request: Request, initiative: int) -> Response:
        """Who may pause, resume or end it without a review, and what each of that leads to."""
        found = self.initiative()
        names, body = who_decides_on(found), _body_of(found)
        told = {
            "body": named(body),
            "why": names.says,
            "may_decide": body is not None and can_decide_on(self.person, found, body),
            "outcomes": [{"outcome": each, "leads_to": where} for each, where in outcomes_for(found).items()],
        }
        return self.answer(told)

    @answers(DecisionShape, status=201, takes=NewStandingDecision)
    def create(self, request: Request, initiative: int) -> Response:
        """Pause, resume or end it. For those who decide alone in the body of its next gate or in a higher one.

        Never a party and never a program. While a review is open that one is decided: 409.
        """
        found = self.initiative()
        body = _body_of(found)
        if body is None or not can_decide_on(self.person, found, body):
            raise Refusal("forbidden", f"{body or 'Nobody'} decides this, and a higher body may; never a party.")
        decision = decide_initiative(found, actor=self.person, **{"seen": UNSEEN} | self.sent)
        told = drawn(fetched(Decision.objects.all()).get(pk=decision.pk), sees_money=True)
        return self.answer(told, status=201, location=f"/api/v1/decisions/{decision.pk}/")


def _body_of(initiative: Initiative) -> Forum | None:
    return Forum.objects.filter(slug=who_decides_on(initiative).body).first()
