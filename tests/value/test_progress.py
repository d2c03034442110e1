"""How far a measurement is: by table, and what holds for any figures."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.models import OutcomeMetric
from value.progress import progress

FIGURES = st.decimals(-10_000, 10_000, places=4)


def metric(direction: str, baseline: Decimal | None, target: Decimal | None) -> OutcomeMetric:
    return OutcomeMetric(direction=direction, baseline=baseline, target=target)


@pytest.mark.parametrize(
    ("direction", "baseline", "target", "value", "gained", "share"),
    [
        ("up", 10, 20, 15, 5, "0.5"),
        ("up", 10, 20, 20, 10, "1"),
        ("up", 10, 20, 25, 15, "1.5"),
        ("up", 10, 20, 8, -2, "-0.2"),
        ("down", 14, 9, 12, 2, "0.4"),
        ("down", 14, 9, 15, -1, "-0.2"),
        ("down", 14, 14, 12, 2, None),
        ("up", 10, None, 12, 2, None),
        ("up", 10, 8, 12, 2, None),
    ],
)
def test_by_table(direction, baseline, target, value, gained, share):
    of = metric(direction, Decimal(baseline), None if target is None else Decimal(target))
    found = progress(of, Decimal(value))
    assert (found.gained, found.is_better) == (gained, gained > 0)
    assert found.share == (None if share is None else Decimal(share))


def test_without_a_baseline_there_is_nothing_to_compare_with():
    assert progress(metric("up", None, Decimal(3)), Decimal(5)) is None


@given(FIGURES, FIGURES, FIGURES)
def test_what_is_better_one_way_is_as_much_worse_the_other_way(baseline, target, value):
    up = progress(metric("up", baseline, target), value)
    down = progress(metric("down", baseline, target), value)
    assert up.gained == -down.gained == up.change
    assert not (up.is_better and down.is_better)


@given(FIGURES, FIGURES)
def test_the_target_is_the_whole_way(baseline, target):
    direction = "up" if target > baseline else "down"
    found = progress(metric(direction, baseline, target), target)
    assert found.share == (None if target == baseline else 1)
