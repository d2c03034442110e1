"""The autonomy level: every combination of the four tests, read a second time from the design's table."""

from itertools import product

import pytest

from portfolio.autonomy import TESTS, autonomy_of
from portfolio.models.decision import Confidence, CostOfError, Reversibility, ReviewCapacity

# The design's table as it stands there: favourable, borderline, weak, blocking.
COLUMNS = {
    "reversibility": ("easy", "moderate", "hard", "irreversible"),
    "cost_of_error": ("low", "medium", "high", "very_high"),
    "confidence": ("high", "adequate", ("low", "unknown"), None),
    "review_capacity": ("ample", "tight", ("insufficient", "unknown"), None),
}
EVERY = [
    *product(
        Reversibility.values, CostOfError.values, Confidence.values, ReviewCapacity.values, (False, True), (False, True)
    )
]


def column(test: str, value: str) -> int:
    """0 favourable, 1 borderline, 2 weak, 3 blocking."""
    return next(place for place, cell in enumerate(COLUMNS[test]) if cell and value in (cell, *cell))


def expected(columns: list[int], regulated: bool, not_yet: bool) -> str:
    if 3 in columns or regulated or not_yet or columns.count(2) >= 3:
        return "keep_human"
    if 2 in columns:
        return "surface"
    return "delegate_with_audit" if 1 in columns else "delegate"


def test_every_combination():
    assert len(EVERY) == 4 * 4 * 4 * 4 * 2 * 2
    for reversibility, cost, confidence, capacity, regulated, not_yet in EVERY:
        given = {
            "reversibility": reversibility,
            "cost_of_error": cost,
            "confidence": confidence,
            "review_capacity": capacity,
        }
        found = autonomy_of(**given, is_regulated=regulated, is_not_yet_automated=not_yet)
        columns = [column(test, value) for test, value in given.items()]
        assert found.level == expected(columns, regulated, not_yet), given
        assert found.is_blocked == (3 in columns)
        assert found.reason


@pytest.mark.parametrize(
    ("name", "cost", "reversibility", "level"),
    [
        ("classify vendor request", "low", "easy", "delegate"),
        ("match vendor to approved category", "medium", "easy", "delegate_with_audit"),
        ("approve supplier exception", "high", "hard", "surface"),
        ("terminate supplier relationship", "very_high", "hard", "keep_human"),
    ],
)
def test_the_published_examples(name, cost, reversibility, level):
    found = autonomy_of(reversibility=reversibility, cost_of_error=cost, confidence="high", review_capacity="ample")

    assert found.level == level, name


def test_the_reason_names_what_decided():
    weak = autonomy_of(reversibility="hard", cost_of_error="low", confidence="high", review_capacity="tight")
    many = autonomy_of(reversibility="hard", cost_of_error="high", confidence="low", review_capacity="ample")
    kept = autonomy_of(
        reversibility="easy", cost_of_error="very_high", confidence="high", review_capacity="ample", is_regulated=True
    )

    assert weak.reason == "Hard to undo"
    assert many.reason == "3 of 4 tests weak: hard to undo, high cost of error, low confidence"
    assert kept.reason == "Very high cost of error, a regulated decision"


def test_a_value_that_a_test_does_not_have_is_refused():
    with pytest.raises(KeyError):
        autonomy_of(reversibility="sometimes", cost_of_error="low", confidence="high", review_capacity="ample")


def test_the_tests_know_every_answer():
    choices = (Reversibility, CostOfError, Confidence, ReviewCapacity)
    assert [{*cells} for cells in TESTS.values()] == [{*each.values} for each in choices]
