"""Requirements as answers of the API tell them, of a review or of the gate that comes next."""

from datetime import date
from typing import Annotated, Any, TypedDict

from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.operations import answers
from aiso.api.shapes import Person, named
from portfolio.api.below import BelowInitiative

from ..checklist import Required
from ..models import Requirement
from ..opening import open_review_of, opening_of
from ..standing import Standing, standings_of
from .sign_offs import RuleShape


class RequirementStandingShape(TypedDict):
    """One requirement and how it stands."""

    code: Annotated[str, "The same at every review, so that evidence given once counts again."]
    gate: str
    text: str
    help_text: str
    evidence: Annotated[str, "What shows it.", Requirement.Evidence]
    subject: Annotated[str, "The known fact, or the assessment; empty for what is given."]
    functions: Annotated[list[str], "Whose sign-offs rest on it."]
    valid_months: Annotated[int | None, "How long what is given counts; null: it does not expire."]
    asked_by: list[RuleShape]
    is_met: bool
    is_waived: bool
    says: Annotated[str, "What meets it, or what lacks."]
    expires_on: Annotated[date | None, "The last day on which it is met by what is there."]
    evidence_id: Annotated[int | None, "What was given; `/initiatives/{reference}/evidence/` tells more."]


class RequirementShape(RequirementStandingShape):
    """A requirement of a review."""

    id: int
    waived_by: Person | None
    waived_because: str


class RequirementsShape(TypedDict):
    """All that a review asks, in its order."""

    results: list[RequirementShape]


class GateChecklistShape(TypedDict):
    """What the open review asks, or else what the next gate will ask."""

    review: Annotated[int | None, "The open review; null: none is open, and these come with the next."]
    gates: list[str]
    refusal: Annotated[str, "Why no review can be opened now; empty when one can, and while one is open."]
    requirements: list[RequirementStandingShape]


class ChecklistOfInitiative(BelowInitiative):
    tag = "Gate reviews"

    @answers(GateChecklistShape)
    def list(self, request: Request, initiative: int) -> Response:
        """What its open review asks, or its next gate, and how each requirement stands."""
        found = self.initiative()
        review = open_review_of(found)
        if review is not None:
            standings = standings_of([review])[review.pk]
            told = {"review": review.pk, "gates": review.gates, "refusal": ""}
        else:
            opening = opening_of(found)
            standings = [line.standing for line in opening.lines]
            told = {"review": None, "gates": [gate.code for gate in opening.gates], "refusal": opening.refusal}
        return self.answer(told | {"requirements": [drawn(each) for each in standings]})


def drawn(standing: Standing) -> RequirementStandingShape:
    asked = standing.requirement
    return {
        "code": asked.code,
        "gate": asked.gate,
        "text": asked.text,
        "help_text": asked.help_text,
        "evidence": asked.evidence,
        "subject": asked.subject,
        "functions": [*asked.functions],
        "valid_months": asked.valid_months,
        "asked_by": _rules(asked),
        "is_met": standing.is_met,
        "is_waived": standing.is_waived,
        "says": standing.says,
        "expires_on": standing.expires_on,
        "evidence_id": standing.evidence.pk if standing.evidence else None,
    }


def _rules(asked: Requirement | Required) -> Any:
    return [each if isinstance(each, dict) else each.stored() for each in asked.asked_by]


def drawn_of_review(standing: Standing) -> RequirementShape:
    asked = standing.requirement
    assert isinstance(asked, Requirement)
    return {
        **drawn(standing),
        "id": asked.pk,
        "waived_by": named(asked.waived_by),
        "waived_because": asked.waived_because,
    }
