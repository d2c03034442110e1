from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, TypedDict

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.operations import answers
from portfolio.api.below import BelowInitiative
from portfolio.permissions import can_see_money

from ..approved import Approval, Compared, approvals_of


class ComparedShape(TypedDict):
    """One figure of the plan as approved and now: a number, a day, or null where nothing is planned."""

    label: str
    unit: Annotated[str, "Empty for days and for money, which is in the reporting currency."]
    approved: Decimal | date | None
    now: Decimal | date | None
    is_money: bool
    is_changed: bool


class LaterShape(TypedDict):
    """A version that was written after the approval."""

    number: int
    reason: str
    written_at: datetime


class ApprovedShape(TypedDict):
    """The plan as the last approving decision froze it, against the plan as it is now."""

    decision: Annotated[int, "The id of the decision."]
    version: Annotated[int, "The version that it approved."]
    approved_at: datetime
    figures: Annotated[list[ComparedShape], "Without money for those who may not see it."]
    later: list[LaterShape]


class ApprovedPlanOfInitiative(BelowInitiative):
    tag = "Plans"

    @answers(ApprovedShape)
    def list(self, request: Request, initiative: int) -> Response:
        """As approved against now; 404 while no decision has approved a plan."""
        found = self.initiative()
        approval = approvals_of([found]).get(found.pk)
        if approval is None:
            raise Http404("No decision has approved a plan yet.")
        return self.answer(drawn(approval, sees_money=can_see_money(self.person, found)))


def drawn(approval: Approval, *, sees_money: bool) -> ApprovedShape:
    return {
        "decision": approval.decision.pk,
        "version": approval.plan.number,
        "approved_at": approval.decision.decided_at,
        "figures": [_compared(row) for row in approval.rows_for(sees_money=sees_money)],
        "later": [
            {"number": plan.number, "reason": plan.reason, "written_at": plan.written_at} for plan in approval.later
        ],
    }


def _compared(row: Compared) -> ComparedShape:
    return {
        "label": row.label,
        "unit": row.unit,
        "approved": row.approved,
        "now": row.now,
        "is_money": row.is_money,
        "is_changed": row.is_changed,
    }
