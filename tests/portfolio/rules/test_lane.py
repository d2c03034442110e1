"""The lane: every combination of its ten conditions, and each condition at its edges."""

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from portfolio.autonomy import autonomy_of
from portfolio.lane import DecisionFacts, LaneFacts, State, lane_of
from portfolio.models.decision import AutonomyLevel

TESTS = {"reversibility": "easy", "cost_of_error": "low", "confidence": "high", "review_capacity": "ample"}


def decision(*, is_regulated: bool = False, level: AutonomyLevel | None = None, **tests: str) -> DecisionFacts:
    given = TESTS | tests
    autonomy = autonomy_of(**given, is_regulated=is_regulated)
    return DecisionFacts(
        name="Route a request",
        is_regulated=is_regulated,
        autonomy=autonomy,
        level=level or autonomy.level,
        reversibility=given["reversibility"],
        cost_of_error=given["cost_of_error"],
    )


FAST = LaneFacts(
    risk_tier="low",
    decisions=[decision()],
    is_rights_impacting=False,
    is_safety_impacting=False,
    employee_effect="none",
    data_sensitivity="internal",
    is_customer_facing=False,
    unapproved_tools=[],
    requested_amount=Decimal(49_999),
    threshold=Decimal(50_000),
)
# Each condition with what makes it fail, and what leaves it open.
FAIL = {
    "tier": {"risk_tier": "moderate"},
    "regulated": {"decisions": [decision(is_regulated=True)]},
    "autonomy": {"decisions": [decision(cost_of_error="medium")]},
    "impact": {"is_rights_impacting": True},
    "employees": {"employee_effect": "assists"},
    "data": {"data_sensitivity": "personal"},
    "customers": {"is_customer_facing": True},
    "tools": {"unapproved_tools": ["Speech engine"]},
    "money": {"requested_amount": Decimal(50_000)},
}
OPEN = {
    "tier": {"risk_tier": ""},
    "decisions": {"decisions": []},
    "impact": {"is_safety_impacting": None},
    "employees": {"employee_effect": ""},
    "data": {"data_sensitivity": ""},
    "customers": {"is_customer_facing": None},
    "money": {"requested_amount": None},
}


def state_of(facts: LaneFacts, code: str) -> State:
    return next(each.state for each in lane_of(facts).conditions if each.code == code)


def test_fast_when_all_ten_hold():
    result = lane_of(FAST)

    assert result.lane == "fast"
    assert len(result.conditions) == 10
    assert result.deciding is None


def test_every_combination_of_failing_conditions():
    # Two of them ask of the same decisions, so one fails at a time.
    names = [name for name in FAIL if name != "autonomy"]
    for picks in product((False, True), repeat=len(names)):
        failing = [name for name, picked in zip(names, picks, strict=True) if picked]
        facts = FAST
        for name in failing:
            facts = replace(facts, **FAIL[name])
        result = lane_of(facts)
        assert result.lane == ("full" if failing else "fast"), failing
        assert [each.code for each in result.conditions if each.state is State.FAILS] == failing
        assert result.failing == len(failing)
        assert (result.deciding.code if result.deciding else None) == (failing[0] if failing else None)


@pytest.mark.parametrize("code", FAIL)
def test_one_failure_is_enough(code):
    result = lane_of(replace(FAST, **FAIL[code]))

    assert (result.lane, result.failing, result.deciding.code) == ("full", 1, code)
    assert result.deciding.found


@pytest.mark.parametrize("code", OPEN)
def test_what_is_not_answered_keeps_it_in_the_full_lane(code):
    result = lane_of(replace(FAST, **OPEN[code]))

    assert result.lane == "full"
    assert state_of(replace(FAST, **OPEN[code]), code) is State.OPEN
    assert result.failing == 0


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        # Acting alone is harmless only where errors are cheap and easily undone, both.
        (decision(), True),
        (decision(cost_of_error="medium"), False),
        (decision(reversibility="moderate"), False),
        (decision(confidence="adequate"), True),
        # Surface and below never act alone.
        (decision(reversibility="hard"), True),
        (decision(cost_of_error="high", reversibility="hard"), True),
        # The level that was chosen counts, not the calibrated one.
        (decision(cost_of_error="medium", level=AutonomyLevel.SURFACE), True),
        (decision(reversibility="hard", level=AutonomyLevel.DELEGATE), False),
    ],
)
def test_acting_alone(given, holds):
    assert (state_of(replace(FAST, decisions=[decision(), given]), "autonomy") is State.HOLDS) == holds


@pytest.mark.parametrize("tests", [{"reversibility": "irreversible"}, {"cost_of_error": "very_high"}])
def test_a_blocking_test_stops_the_fast_lane(tests):
    facts = replace(FAST, decisions=[decision(**tests)])

    assert state_of(facts, "regulated") is State.FAILS
    assert lane_of(facts).lane == "full"


@pytest.mark.parametrize("tier", ["moderate", "high", "critical", "prohibited"])
def test_no_other_tier_is_fast(tier):
    assert state_of(replace(FAST, risk_tier=tier), "tier") is State.FAILS


@pytest.mark.parametrize(
    ("data", "state"),
    [
        ("public", "holds"),
        ("internal", "holds"),
        ("confidential", "fails"),
        ("personal", "fails"),
        ("special", "fails"),
    ],
)
def test_data(data, state):
    assert state_of(replace(FAST, data_sensitivity=data), "data") == state


@pytest.mark.parametrize("effect", ["assists", "changes", "evaluates"])
def test_any_effect_on_employees_fails(effect):
    assert state_of(replace(FAST, employee_effect=effect), "employees") is State.FAILS


def test_a_known_impact_outweighs_an_open_one():
    assert state_of(replace(FAST, is_rights_impacting=True, is_safety_impacting=None), "impact") is State.FAILS


def test_a_request_that_reaches_the_threshold_is_not_under_it():
    assert state_of(replace(FAST, requested_amount=Decimal("49999.99")), "money") is State.HOLDS
    assert state_of(replace(FAST, requested_amount=Decimal("50000.00")), "money") is State.FAILS
    assert state_of(replace(FAST, requested_amount=Decimal(0)), "money") is State.HOLDS


def test_failing_comes_before_open_and_raising_before_both():
    both = replace(FAST, risk_tier="", is_customer_facing=True)
    assert lane_of(both).deciding.code == "customers"

    raised = lane_of(replace(FAST, raised_because="New ground for us"))
    assert (raised.lane, raised.deciding.code, raised.deciding.found) == ("full", "raised", "New ground for us")
