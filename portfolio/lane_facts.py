"""What the lane of an initiative follows from, as the register holds it."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Prefetch, prefetch_related_objects

from .autonomy import Autonomy, autonomy_of
from .lane import DecisionFacts, LaneFacts, LaneResult, lane_of
from .models import DecisionClass, Initiative, Tool
from .models.decision import AutonomyLevel

# Fields of the initiative that decide its lane; a change of another cannot move it.
INPUTS = frozenset(
    (
        "risk_tier",
        "is_rights_impacting",
        "is_safety_impacting",
        "employee_effect",
        "data_sensitivity",
        "is_customer_facing",
        "tools",
        "requested_amount",
        "lane_raised_because",
    )
)


def lanes_of(initiatives: Iterable[Initiative], threshold: Decimal) -> list[LaneResult]:
    """The lane of each, in three queries for all of them. `threshold` is in the reporting currency."""
    rows = [*initiatives]
    unapproved = Prefetch("tools", Tool.objects.unapproved(), to_attr="unapproved_tools")
    prefetch_related_objects(rows, "decision_classes", unapproved)
    return [
        lane_of(
            facts_of(
                row,
                threshold,
                decisions=row.decision_classes.all(),
                unapproved=[tool.name for tool in row.unapproved_tools],  # type: ignore[attr-defined]
            )
        )
        for row in rows
    ]


def facts_of(
    initiative: Initiative, threshold: Decimal, *, decisions: Iterable[DecisionClass], unapproved: list[str]
) -> LaneFacts:
    """The facts of one initiative, its decision classes, and the names of its tools that are not approved."""
    return LaneFacts(
        risk_tier=initiative.risk_tier,
        decisions=[decision_facts(each) for each in decisions],
        is_rights_impacting=initiative.is_rights_impacting,
        is_safety_impacting=initiative.is_safety_impacting,
        employee_effect=initiative.employee_effect,
        data_sensitivity=initiative.data_sensitivity,
        is_customer_facing=initiative.is_customer_facing,
        unapproved_tools=unapproved,
        requested_amount=initiative.requested_amount,
        threshold=threshold,
        raised_because=initiative.lane_raised_because,
    )


def decision_facts(decision: DecisionClass) -> DecisionFacts:
    autonomy = calibrated(decision)
    return DecisionFacts(
        name=decision.name,
        is_regulated=decision.is_regulated,
        autonomy=autonomy,
        level=AutonomyLevel(decision.autonomy) if decision.autonomy else autonomy.level,
        reversibility=decision.reversibility,
        cost_of_error=decision.cost_of_error,
    )


def calibrated(decision: DecisionClass) -> Autonomy:
    """The autonomy level that the tests of a decision class give, with its reason."""
    return autonomy_of(
        reversibility=decision.reversibility,
        cost_of_error=decision.cost_of_error,
        confidence=decision.confidence,
        review_capacity=decision.review_capacity,
        is_regulated=decision.is_regulated,
        is_not_yet_automated=bool(decision.not_automated_because),
    )
