"""Who gets money while it lasts: by table, and whatever is asked."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.funded import Candidate, funded

SUMS = st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False)
CANDIDATES = st.lists(SUMS, max_size=30).map(
    lambda sums: [Candidate(key, amount) for key, amount in enumerate(sums, start=1)]
)
KEYS = st.sets(st.integers(1, 30), max_size=8)


def asking(*sums: int) -> list[Candidate]:
    return [Candidate(key, Decimal(amount)) for key, amount in enumerate(sums, start=1)]


@pytest.mark.parametrize(
    ("sums", "envelope", "options", "who", "left", "missed"),
    [
        ((), 10, {}, [], 10, {}),
        ((5, 5), 10, {}, [1, 2], 0, {}),
        ((5, 6, 4), 10, {}, [1, 3], 1, {2: 1}),
        ((5, 6, 4), 10, {"stops": True}, [1], 5, {2: 1, 3: 0}),
        ((5, 6, 4), 10, {"first": {2}}, [2, 3], 0, {1: 1}),
        ((5, 6, 4), 10, {"without": {1}}, [2, 3], 0, {}),
        ((50, 6, 4), 10, {"first": {1}, "stops": True}, [2, 3], 0, {1: 40}),
        ((1,), 0, {}, [], 0, {1: 1}),
        ((1,), -5, {}, [], 0, {1: 1}),
        ((0, 1), 0, {}, [1], 0, {2: 1}),
    ],
)
def test_by_table(sums, envelope, options, who, left, missed):
    result = funded(asking(*sums), Decimal(envelope), **options)

    assert [*result.funded] == who
    assert result.left == left
    assert result.missed == missed


@given(CANDIDATES, SUMS, st.booleans(), KEYS, KEYS)
def test_never_over_the_envelope_and_everybody_is_answered(candidates, envelope, stops, first, without):
    result = funded(candidates, envelope, stops=stops, first=first, without=without)
    amounts = {each.key: each.amount for each in candidates}

    handed_out = sum((amounts[key] for key in result.funded), Decimal(0))
    assert handed_out + result.left == envelope
    assert result.left >= 0
    assert {*result.funded} | {*result.missed} == {*amounts} - without
    assert not {*result.funded} & {*result.missed}


@given(CANDIDATES, SUMS)
def test_nobody_is_passed_over_who_fits(candidates, envelope):
    result = funded(candidates, envelope)
    left = envelope
    for each in candidates:
        assert (each.key in result.funded) == (each.amount <= left)
        if each.key in result.funded:
            left -= each.amount
            assert result.funded[each.key] == left
        else:
            assert result.missed[each.key] == each.amount - left > 0


@given(CANDIDATES, SUMS)
def test_with_a_stop_the_funded_are_the_best_ones(candidates, envelope):
    result = funded(candidates, envelope, stops=True)

    assert [*result.funded] == [each.key for each in candidates[: len(result.funded)]]
