"""Approved plans of the demonstration that changed since, so that later gates have something to compare."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from aiso.accounts.models import User
from portfolio.actions.write_plan import write_plan
from portfolio.models import PlanKind

from ..models import ApprovedPlan

WHY = (
    ("The gateway costs more than the offer said.", PlanKind.RUN_COST, Decimal("1.12")),
    ("Two depots join later, so less is saved at first.", PlanKind.CASHABLE, Decimal("0.9")),
)


def tell_of_plans(people: Mapping[str, User]) -> None:
    """Let every other approved plan change, each with its reason."""
    approved = ApprovedPlan.objects.select_related("plan__initiative").prefetch_related("plan__lines").order_by("pk")
    for number, row in enumerate(approved[::2]):
        reason, kind, factor = WHY[number % len(WHY)]
        amounts = {
            (line.month, line.kind): (line.amount * factor).quantize(Decimal(1), ROUND_HALF_UP)
            for line in row.plan.lines.all()
            if line.kind == kind
        }
        write_plan(row.plan.initiative, actor=people["office-member"], amounts=amounts, reason=reason)
