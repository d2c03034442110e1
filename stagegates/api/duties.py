from typing import Annotated, TypedDict

from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.operations import answers
from portfolio.api.below import BelowInitiative

from ..duties import LABELS, Duty, Rule, duties_for


class AskingRuleShape(TypedDict):
    """A gate or rule that asks for it."""

    name: str
    kind: Annotated[str, "The kind of configuration: gates, or governance-matrix."]
    version: int


class DutyShape(TypedDict):
    """One thing that governance asks of an initiative."""

    what: Annotated[str, {"enum": [*LABELS]}]
    id: Annotated[str, "The same in every version of the rules."]
    text: str
    gates: Annotated[list[str], "At which gates still ahead; empty for what is asked once it is in use."]
    asked_by: list[AskingRuleShape]


class DutiesShape(TypedDict):
    """All of them, by the rules in force."""

    results: list[DutyShape]


class DutiesOfInitiative(BelowInitiative):
    tag = "Governance"

    @answers(DutiesShape)
    def list(self, request: Request, initiative: int) -> Response:
        """What the gates ahead and the governance matrix ask of it today, each with the rules that ask."""
        row = self.initiative()
        return self.answer({"results": [drawn(duty) for duty in duties_for([row])[row.pk]]})


def drawn(duty: Duty) -> DutyShape:
    return {
        "what": duty.what,
        "id": duty.key,
        "text": duty.text,
        "gates": duty.gates,
        "asked_by": [rule_drawn(rule) for rule in duty.rules],
    }


def rule_drawn(rule: Rule) -> AskingRuleShape:
    return {"name": rule.name, "kind": rule.kind, "version": rule.version}
