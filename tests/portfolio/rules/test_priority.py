"""The priority: Σ weight × part ÷ Σ weight, every combination of parts, and any weights."""

from decimal import Decimal
from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from portfolio.models.initiative import PRIORITY_PARTS
from portfolio.priority import priority_of

EQUAL = dict.fromkeys(PRIORITY_PARTS, Decimal(1))
WEIGHTS = st.decimals(0, 99, places=2)


def exact(parts: dict[str, int], weights: dict[str, Decimal]) -> Fraction:
    counted = parts | {"governance_complexity": 6 - parts["governance_complexity"]}
    return sum(Fraction(weights[name]) * counted[name] for name in parts) / sum(map(Fraction, weights.values()))


def test_every_combination_of_parts():
    for numbers in product(range(1, 6), repeat=5):
        parts = dict(zip(PRIORITY_PARTS, numbers, strict=True))
        assert Fraction(priority_of(parts, EQUAL)) == exact(parts, EQUAL)


@given(parts=st.tuples(*[st.integers(1, 5)] * 5), weights=st.tuples(*[WEIGHTS] * 5).filter(any))
def test_any_weights(parts, weights):
    parts, weights = dict(zip(PRIORITY_PARTS, parts, strict=True)), dict(zip(PRIORITY_PARTS, weights, strict=True))

    score = priority_of(parts, weights)

    assert abs(Fraction(score) - exact(parts, weights)) <= Fraction(1, 200)
    assert 1 <= score <= 5


def test_a_missing_part_gives_no_priority():
    for missing in PRIORITY_PARTS:
        assert priority_of(dict.fromkeys(PRIORITY_PARTS, 3) | {missing: None}, EQUAL) is None


def test_weights_that_are_all_zero_give_no_priority():
    assert priority_of(dict.fromkeys(PRIORITY_PARTS, 3), dict.fromkeys(PRIORITY_PARTS, Decimal(0))) is None


def test_the_highest_and_the_lowest():
    best = dict.fromkeys(PRIORITY_PARTS, 5) | {"governance_complexity": 1}
    worst = dict.fromkeys(PRIORITY_PARTS, 1) | {"governance_complexity": 5}

    assert (priority_of(best, EQUAL), priority_of(worst, EQUAL)) == (Decimal(5), Decimal(1))
