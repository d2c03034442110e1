"""The lane: fast when ten conditions hold, otherwise full (DESIGN §5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from aiso.web import figures

from .autonomy import Autonomy
from .models.decision import AutonomyLevel, CostOfError, Reversibility
from .models.initiative import Initiative, Lane
from .models.risk import RiskTier

CAUTIOUS = (AutonomyLevel.KEEP_HUMAN, AutonomyLevel.SURFACE)
OPEN_DATA = (Initiative.DataSensitivity.PUBLIC, Initiative.DataSensitivity.INTERNAL)


class State(StrEnum):
    """How a condition stands. Open is not known yet, and keeps a case in the full lane like a failure."""

    HOLDS = "holds"
    FAILS = "fails"
    OPEN = "open"


@dataclass(frozen=True)
class DecisionFacts:
    """What the lane asks of one decision class."""

    name: str
    is_regulated: bool
    autonomy: Autonomy
    level: AutonomyLevel
    reversibility: str
    cost_of_error: str

    @property
    def is_stopped(self) -> bool:
        return self.is_regulated or self.autonomy.is_blocked

    @property
    def is_cautious_or_harmless(self) -> bool:
        """Surface or below; or above, where errors are cheap and easily undone."""
        is_harmless = self.reversibility == Reversibility.EASY and self.cost_of_error == CostOfError.LOW
        return self.level in CAUTIOUS or is_harmless


@dataclass(frozen=True)
class LaneFacts:
    """What the lane follows from. None and the empty text stand for what is not answered yet."""

    risk_tier: str = ""
    decisions: Sequence[DecisionFacts] = ()
    is_rights_impacting: bool | None = None
    is_safety_impacting: bool | None = None
    employee_effect: str = ""
    data_sensitivity: str = ""
    is_customer_facing: bool | None = None
    unapproved_tools: Sequence[str] | None = ()
    requested_amount: Decimal | None = None
    threshold: Decimal = Decimal(0)
    raised_because: str = ""


@dataclass(frozen=True)
class Condition:
    """One condition, how it stands, and what it was judged by."""

    code: str
    text: str
    state: State
    found: str = ""


@dataclass(frozen=True)
class LaneResult:
    """The lane with all its conditions in their order."""

    lane: Lane
    conditions: list[Condition]

    @property
    def deciding(self) -> Condition | None:
        """The first that failed, else the first that is open; None in the fast lane."""
        failed = [each for each in self.conditions if each.state is State.FAILS]
        unknown = [each for each in self.conditions if each.state is State.OPEN]
        return next(iter([*failed, *unknown]), None)

    @property
    def failing(self) -> int:
        return sum(1 for each in self.conditions if each.state is State.FAILS)

    @property
    def open(self) -> int:
        return sum(1 for each in self.conditions if each.state is State.OPEN)


def without_money(result: LaneResult) -> LaneResult:
    """The same for those who may not see the money: how its condition stands, not the sum that it was judged by."""
    conditions = [replace(each, found="") if each.code == "money" else each for each in result.conditions]
    return replace(result, conditions=conditions)


def lane_of(facts: LaneFacts) -> LaneResult:
    """Fast when every condition of DESIGN §5 holds and nobody raised the case, else full. `threshold` is
    in the reporting currency; a request that reaches it is not under it.
    """
    conditions = [
        _tier(facts),
        *_decisions(facts),
        _rights_or_safety(facts),
        _employees(facts),
        _data(facts),
        _customers(facts),
        _tools(facts),
        _money(facts),
    ]
    if facts.raised_because:
        conditions.insert(0, Condition("raised", "Raised to the full lane", State.FAILS, facts.raised_because))
    all_hold = all(each.state is State.HOLDS for each in conditions)
    return LaneResult(Lane.FAST if all_hold else Lane.FULL, conditions)


def _condition(code: str, text: str, holds: bool | None, found: str = "") -> Condition:
    state = State.OPEN if holds is None else State.HOLDS if holds else State.FAILS
    return Condition(code, text, state, "" if holds else found)


def _tier(facts: LaneFacts) -> Condition:
    tier = facts.risk_tier
    found = RiskTier(tier).label.lower() if tier else ""
    return _condition("tier", "Risk tier low", tier == RiskTier.LOW if tier else None, found)


def _decisions(facts: LaneFacts) -> list[Condition]:
    decisions = facts.decisions
    stopped = [each.name for each in decisions if each.is_stopped]
    bold = [each.name for each in decisions if not each.is_cautious_or_harmless]
    asked = bool(decisions) or None
    return [
        _condition("decisions", "At least one decision recorded", asked),
        _condition("regulated", "No decision regulated or blocked", asked and not stopped, _named(stopped)),
        _condition("autonomy", "None acts alone unless harmless", asked and not bold, _named(bold)),
    ]


def _rights_or_safety(facts: LaneFacts) -> Condition:
    answers = (facts.is_rights_impacting, facts.is_safety_impacting)
    named = [word for word, answer in zip(("rights", "safety"), answers, strict=True) if answer]
    holds = False if any(answers) else None if None in answers else True
    return _condition("impact", "Not rights- or safety-impacting", holds, " and ".join(named))


def _employees(facts: LaneFacts) -> Condition:
    effect = facts.employee_effect
    found = Initiative.EmployeeEffect(effect).label.lower() if effect else ""
    holds = effect == Initiative.EmployeeEffect.NONE if effect else None
    return _condition("employees", "No effect on employees’ work", holds, found)


def _data(facts: LaneFacts) -> Condition:
    data = facts.data_sensitivity
    found = Initiative.DataSensitivity(data).label.lower() if data else ""
    return _condition("data", "No personal or confidential data", data in OPEN_DATA if data else None, found)


def _customers(facts: LaneFacts) -> Condition:
    faces = facts.is_customer_facing
    return _condition("customers", "Not customer-facing", None if faces is None else not faces, "customers see it")


def _tools(facts: LaneFacts) -> Condition:
    unapproved = facts.unapproved_tools
    holds = None if unapproved is None else not unapproved
    return _condition("tools", "Every tool approved", holds, _named([*(unapproved or ())]))


def _money(facts: LaneFacts) -> Condition:
    amount = facts.requested_amount
    holds = None if amount is None else amount < facts.threshold
    text = f"Money under {figures.exact_money(facts.threshold)}"
    return _condition("money", text, holds, "" if amount is None else figures.exact_money(amount))


def _named(names: list[str]) -> str:
    """The first two names, the others counted."""
    return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")
