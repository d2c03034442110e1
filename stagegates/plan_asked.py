"""What gates know of plans: whether one is written, and what it comes to for sign-offs that rest on money."""

from collections.abc import Sequence

from django.urls import reverse

from aiso.web import figures
from portfolio.models import Initiative, Plan, PlanKind
from portfolio.models.plan import BENEFITS
from portfolio.plans import PlanFigures, cells_of, figures_of, latest_plans

from .known import Known, KnownFact, register_known
from .models import GateReview
from .seals import Fact

# The known fact by which requirements refer to it.
PLAN = "plan"


def plans(rows: Sequence[Initiative]) -> dict[int, Known]:
    """Whether a plan says what comes in and what goes out. No sum is told: not all readers see money. Two queries."""
    found = latest_plans(rows)
    return {row.pk: _plan(row, found.get(row.pk)) for row in rows}


def _plan(row: Initiative, plan: Plan | None) -> Known:
    url = f"{reverse('portfolio:initiative_plan', args=[row.reference])}#tab"
    sums = figures_of(cells_of(plan.lines.all())) if plan else None
    if plan is None or sums is None or sums.is_empty:
        return Known(False, "No plan yet", url, "Write it")
    lacking = _lacking(sums)
    if lacking:
        return Known(False, f"Version {plan.number} has {lacking}", url, "Complete")
    kinds = ", ".join(kind.label.lower() for kind in sums.benefits)
    return Known(True, f"Version {plan.number}: {kinds} from {sums.benefit_from:%b %Y}", url, "See plan")


def _lacking(sums: PlanFigures) -> str:
    if not sums.benefits:
        return "no benefit"
    return "" if sums.totals.get(PlanKind.BUILD_COST) or sums.totals.get(PlanKind.RUN_COST) else "no cost"


def plan_facts(reviews: Sequence[GateReview]) -> dict[int, list[Fact]]:
    """What the plan comes to, for sign-offs that rest on money: another plan makes them outdated. Two queries."""
    found = latest_plans([review.initiative for review in reviews])
    return {review.pk: _facts(found.get(review.initiative_id)) for review in reviews}


def _facts(plan: Plan | None) -> list[Fact]:
    if plan is None:
        return []
    sums = figures_of(cells_of(plan.lines.all()))
    told = []
    for kind in PlanKind:
        if kind in sums.totals:
            title = f"Planned {'benefit, ' if kind in BENEFITS else ''}{kind.label.lower()}"
            by_year = ", ".join(
                f"{year}: {figures.exact_money(amounts[kind])}"
                for year, amounts in sums.years.items()
                if kind in amounts
            )
            told.append(Fact(f"money/plan-{kind}", title, by_year))
    return told


def register_plan_fact() -> None:
    register_known(KnownFact(PLAN, "Plan of benefit and cost is written", plans))
