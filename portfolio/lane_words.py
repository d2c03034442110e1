"""The lane in words: why a case is in the full one, and where each of its conditions is answered."""

from collections.abc import Callable, Mapping

from django.urls import reverse

from .lane import Condition, LaneResult
from .models import Initiative, Lane

# What the register filters by: the condition that decided, by its code.
CONDITIONS = {
    "raised": "Raised by hand",
    "tier": "Risk tier",
    "decisions": "No decision recorded",
    "regulated": "A decision regulated or blocked",
    "autonomy": "A decision that acts alone",
    "impact": "Rights or safety",
    "employees": "Effect on employees",
    "data": "Data sensitivity",
    "customers": "Customer-facing",
    "tools": "A tool not approved",
    "money": "Money asked for",
}
# The page, and the place on it, where each is answered.
ANSWERED_AT = {
    "tier": ("portfolio:initiative_risk", "risk_tier"),
    "decisions": ("portfolio:initiative_decisions", "tab"),
    "regulated": ("portfolio:initiative_decisions", "tab"),
    "autonomy": ("portfolio:initiative_decisions", "tab"),
    "impact": ("portfolio:initiative_risk", "effects"),
    "employees": ("portfolio:initiative_risk", "effects"),
    "data": ("portfolio:initiative_risk", "effects"),
    "customers": ("portfolio:initiative_risk", "effects"),
    "tools": ("portfolio:initiative_detail", "fact-tools"),
    "money": ("portfolio:initiative_detail", "fact-requested_amount"),
}

# A condition with what stands beside it while it is open, and the address where it is answered.
type Hinted = tuple[Condition, str, str]


def hinted(lane: LaneResult, hints: Mapping[str, tuple[str, str]]) -> list[Hinted]:
    """The conditions as `portfolio/_lane_conditions.html` draws them, with hints by their code where there are some."""
    return [(each, *hints.get(each.code, ("", ""))) for each in lane.conditions]


def places_of(initiative: Initiative) -> dict[str, tuple[str, str]]:
    """Where each condition of an initiative is answered."""
    return {
        code: ("Open", f"{reverse(name, args=[initiative.reference])}#{place}")
        for code, (name, place) in ANSWERED_AT.items()
    }


def lane_reason(initiative: Initiative) -> str:
    """Why it is in the full lane, in few words and without a query; empty in the fast lane."""
    told = _REASONS.get(initiative.lane_decided_by)
    return told(initiative) if told and initiative.lane == Lane.FULL else ""


def lane_words(initiative: Initiative) -> str:
    """`Full: money not stated`, for files and titles."""
    reason = lane_reason(initiative)
    return f"{initiative.get_lane_display()}: {reason}" if reason else str(initiative.get_lane_display())


def _tier(row: Initiative) -> str:
    return f"risk tier {row.get_risk_tier_display().lower()}" if row.risk_tier else "risk tier not set"


def _impact(row: Initiative) -> str:
    named = [word for word in ("rights", "safety") if getattr(row, f"is_{word}_impacting")]
    return f"{'- and '.join(named)}-impacting" if named else "rights or safety not answered"


def _employees(row: Initiative) -> str:
    effect = row.get_employee_effect_display().lower()
    return effect if effect else "effect on employees not answered"


def _data(row: Initiative) -> str:
    if not row.data_sensitivity:
        return "data sensitivity not answered"
    told = row.get_data_sensitivity_display().lower()
    return told if "data" in told else f"{told} data"


def _customers(row: Initiative) -> str:
    return "customer-facing" if row.is_customer_facing else "customer-facing not answered"


def _money(row: Initiative) -> str:
    return "money not stated" if row.requested_amount is None else "money over the threshold"


_REASONS: Mapping[str, Callable[[Initiative], str]] = {
    "raised": lambda row: "raised by hand",
    "tier": _tier,
    "decisions": lambda row: "no decision recorded",
    "regulated": lambda row: "a decision regulated or blocked",
    "autonomy": lambda row: "a decision acts alone",
    "impact": _impact,
    "employees": _employees,
    "data": _data,
    "customers": _customers,
    "tools": lambda row: "a tool not approved",
    "money": _money,
}


def standing_of_lane(lane: LaneResult) -> str:
    """How its conditions stand: `2 of 10 fail, 3 open`."""
    count = len(lane.conditions)
    if not lane.failing and not lane.open:
        return f"all {count} hold"
    parts = [f"{lane.failing} of {count} fail" if lane.failing else "", f"{lane.open} open" if lane.open else ""]
    return ", ".join(part for part in parts if part)
