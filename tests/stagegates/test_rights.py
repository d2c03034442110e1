"""Who decides: the shipped rights over every combination, and what holds for any rights."""

from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from itertools import product
from types import SimpleNamespace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stagegates.matrix import AskedBy
from stagegates.rights import TIERS, Case, body_for
from stagegates.rules import Right, Rights, rights_of

SHIPPED = import_module("stagegates.migrations.0002_shipped_rules")
RANKS = {"executive-sponsor": 30, "portfolio-review": 20, "standards-review": 15, "fast-lane-delegate": 10}
GATES = [gate["code"] for gate in SHIPPED.GATES]
AMOUNTS = [Decimal(0), Decimal(50_000), Decimal("50000.01"), Decimal(1_000_000), Decimal("1000000.01")]
COMBINED = frozenset(["workflow-fit", "data-fit", "autonomy-fit"])


def rights(*rows: Right) -> Rights:
    return Rights(SimpleNamespace(number=4), rows)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def shipped() -> Rights:
    content = {"rights": [SHIPPED.RIGHT | each for each in SHIPPED.RIGHTS]}
    return rights_of(SimpleNamespace(number=1, content=content))  # type: ignore[arg-type]


def by_the_table(gates: frozenset[str], tier: str, lane: str, amount: Decimal) -> str:
    """DESIGN §4 and the table of the handbook, said another way than the code says it."""
    if tier in ("", "critical", "prohibited"):
        return "executive-sponsor"
    if tier == "high":
        return "portfolio-review" if amount <= 1_000_000 else "executive-sponsor"
    if lane == "full":
        return "portfolio-review"
    # A fast lane is low and ends before value fit: what is neither is covered by no right.
    if tier != "low" or "value-fit" in gates:
        return "executive-sponsor"
    return "fast-lane-delegate" if amount <= 50_000 else "portfolio-review"


def test_the_shipped_rights_over_every_combination(shipped):
    sets = [frozenset([gate]) for gate in GATES] + [COMBINED]
    cases = [*product(sets, ["", *TIERS], ["fast", "full"], AMOUNTS)]
    found = {case: body_for(shipped, Case(*case), RANKS).body for case in cases}
    assert found == {case: by_the_table(*case) for case in cases}
    assert {*found.values()} == {"executive-sponsor", "portfolio-review", "fast-lane-delegate"}


def test_it_says_by_which_right(shipped):
    case = Case(COMBINED, "low", "fast", Decimal(20_000))
    decides = body_for(shipped, case, RANKS)
    assert [each.code for each in decides.asked_by] == ["fast-lane"]
    assert decides.says == "“Fast lane” (version 1) of decision rights"
    assert body_for(shipped, replace(case, tier=""), RANKS).says.startswith("the risk tier is not known yet")
    assert body_for(rights(), case, RANKS).says.startswith("no decision right covers")


def test_the_matrix_raises_and_never_lowers(shipped):
    rule = AskedBy("governance-matrix", "high", "High risk", 3)
    low, high = Case(COMBINED, "low", "fast"), Case(COMBINED, "critical", "full")
    raised = body_for(shipped, low, RANKS, "portfolio-review", rule)
    assert (raised.body, raised.asked_by) == ("portfolio-review", (rule,))
    assert raised.says == "“High risk” (version 3) of the governance matrix"
    assert body_for(shipped, high, RANKS, "portfolio-review", rule).body == "executive-sponsor"
    assert body_for(shipped, low, RANKS, "gone", rule).body == "fast-lane-delegate"


def test_a_body_that_is_gone_decides_nothing(shipped):
    left = {"portfolio-review": 20}
    assert body_for(shipped, Case(COMBINED, "low", "fast"), left).body == "portfolio-review"
    assert body_for(shipped, Case(COMBINED, "low", "fast"), {}).body == ""


BODIES = [*RANKS]
limits = st.one_of(st.none(), st.sampled_from(AMOUNTS), st.integers(0, 2_000_000).map(Decimal))


def some(values: list[str]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), max_size=3)


right = st.builds(
    Right,
    code=st.uuids().map(str),
    name=st.just("Right"),
    gates=some(GATES),
    tiers=some(TIERS[:4]),
    lanes=some(["fast", "full"]),
    up_to=limits,
    body=st.sampled_from(BODIES),
)
cases = st.builds(
    Case,
    gates=some(GATES).filter(bool),
    tier=st.sampled_from(TIERS),
    lane=st.sampled_from(["fast", "full"]),
    amount=st.integers(0, 2_000_000).map(Decimal),
)


def rank(rows: list[Right], case: Case) -> int:
    return RANKS[body_for(rights(*rows), case, RANKS).body]


@given(st.lists(right, max_size=8), cases, st.integers(1, 3_000_000))
def test_more_money_never_leads_to_a_lower_body(rows, case, more):
    assert rank(rows, replace(case, amount=case.amount + more)) >= rank(rows, case)


@given(st.lists(right, max_size=8), cases, st.sampled_from(TIERS), st.sampled_from(BODIES))
def test_more_risk_never_leads_to_a_lower_body(rows, case, tier, body):
    """But where a tier has no right at all: there the highest body decides until the office writes one."""
    low, high = sorted([case.tier, tier], key=TIERS.index)
    covering = Right("own", "Own", frozenset(), frozenset([low]), frozenset(), None, body)
    rows = [*rows, covering]
    assert rank(rows, replace(case, tier=high)) >= rank(rows, replace(case, tier=low))


@given(st.lists(right, max_size=8), cases, right)
def test_another_right_never_lowers_the_body_that_rights_name(rows, case, another):
    """A right of a scope of its own. One for the same gates, tiers and lanes is a step of their ladder instead."""
    scopes = [(each.gates, each.tiers, each.lanes) for each in rows]
    assume((another.gates, another.tiers, another.lanes) not in scopes)
    assume(body_for(rights(*rows), case, RANKS).asked_by)
    assert rank([*rows, another], case) >= rank(rows, case)


@given(st.lists(right, max_size=8), cases, st.randoms())
def test_the_order_of_rights_means_nothing(rows, case, random):
    shuffled = [*rows]
    random.shuffle(shuffled)
    assert rank(shuffled, case) == rank(rows, case)
