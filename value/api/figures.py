"""Payback, net present value and cost coverage as the API tells them."""

from datetime import date
from decimal import Decimal
from typing import Annotated, TypedDict

from ..cost_coverage import CostCoverage, CoverageCount
from ..payback import Course, Payback


class CostCoverageShape(TypedDict):
    """Months of the window in production, and those among them without a run cost, which make net value incomplete."""

    is_complete: bool
    share: Annotated[Decimal | None, "From 0 to 1; null where nothing was in production."]
    covered: Annotated[int, "Months with a run cost, each counted once an initiative."]
    missing: Annotated[list[date], "The first days of months without one."]


class MonthFlowShape(TypedDict):
    month: Annotated[date, "Its first day."]
    number: Annotated[int, "Months from that of the first cost."]
    benefit: Annotated[Decimal, "Confirmed; in days to come forecast."]
    costs: Annotated[Decimal, "Build, run, rework and risk loss."]
    flow: Decimal
    discounted: Annotated[Decimal | None, "Null without a yearly rate."]
    cumulative: Annotated[Decimal, "All flows up to this month, not discounted."]
    is_to_come: Annotated[bool, "Whether part of it lies on days to come."]


class CourseShape(TypedDict):
    net_present_value: Annotated[Decimal | None, "Null without a cost or a rate: no data."]
    paid_back_in: Annotated[date | None, "The first month from which the flows are never below 0 again."]
    paid_back_after: Annotated[int | None, "Months from that of the first cost."]
    months: Annotated[list[MonthFlowShape], "Those with entries."]


class PaybackShape(TypedDict):
    """From the first cost: Σ flow of month m ÷ (1 + yearly rate)^(m/12), rounded once."""

    first_cost: Annotated[date | None, "The first day of month 0."]
    rate_per_cent: Annotated[Decimal | None, "The yearly rate that holds on the last day counted."]
    benefit_before: Annotated[Decimal, "Confirmed in months before the first cost, and left out."]
    to_date: CourseShape
    with_forecast: Annotated[CourseShape, "With forecast benefit, and costs that were posted, for days to come."]


def drawn_coverage(found: CostCoverage | CoverageCount) -> CostCoverageShape:
    return {
        "is_complete": found.is_complete,
        "share": found.share,
        "covered": found.covered,
        "missing": [*found.missing_months],
    }


def drawn_payback(found: Payback) -> PaybackShape:
    return {
        "first_cost": found.first_cost,
        "rate_per_cent": found.rate.per_cent if found.rate else None,
        "benefit_before": found.left_out,
        "to_date": _course(found.to_date),
        "with_forecast": _course(found.with_forecast),
    }


def _course(course: Course) -> CourseShape:
    back = course.paid_back
    return {
        "net_present_value": course.net_present_value,
        "paid_back_in": back.month if back else None,
        "paid_back_after": back.number if back else None,
        "months": [
            {
                "month": each.month,
                "number": each.number,
                "benefit": each.benefit,
                "costs": each.costs,
                "flow": each.flow,
                "discounted": each.worth_now,
                "cumulative": each.so_far,
                "is_to_come": each.is_to_come,
            }
            for each in course.months
        ],
    }
