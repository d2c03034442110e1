"""The level that holds: calibrated, then chosen, then steps down, over every combination."""

from datetime import date
from itertools import product

import pytest

from aiso.web.figures import day
from portfolio.autonomy import TESTS, Outcome, autonomy_of
from portfolio.levels import LEVELS, Chosen, effective_level
from portfolio.models import AutonomyLevel

TODAY = date(2026, 6, 30)
END = day(date(2026, 12, 31))
KEEP, SURFACE, AUDIT, DELEGATE = LEVELS
# Answers that the tests calibrate to each level, and two that bar a bolder one from being chosen easily.
ANSWERS = {
    "delegate": ({}, DELEGATE),
    "audit": ({"cost_of_error": "medium"}, AUDIT),
    "surface": ({"cost_of_error": "high"}, SURFACE),
    "weak": ({"cost_of_error": "high", "reversibility": "hard", "confidence": "low"}, KEEP),
    "blocked": ({"cost_of_error": "very_high"}, KEEP),
    "regulated": ({"is_regulated": True}, KEEP),
    "listed": ({"is_not_yet_automated": True}, KEEP),
}
EASY = {"cost_of_error": "low", "reversibility": "easy", "confidence": "high", "review_capacity": "ample"}
FLAGS = (False, True)
ENDS = (None, date(2026, 6, 29), TODAY, date(2026, 12, 31))
EVERY = [*product(ANSWERS, [None, *LEVELS], FLAGS, FLAGS, FLAGS, FLAGS, ENDS, range(4))]


def expected(
    answers: str, level, evidence: bool, risk: bool, legal: bool, body: bool, until, steps: int
) -> AutonomyLevel:
    """The rule of DESIGN §5 told the other way round, by ranks."""
    calibrated = ANSWERS[answers][1]
    rank, base = LEVELS.index(level) if level else -1, LEVELS.index(calibrated)
    in_time = until is None or until >= TODAY
    if level is None or not in_time:
        rank = base
    elif rank > base:
        plain = evidence and risk
        barred = answers in ("blocked", "regulated")
        may = answers != "listed" and plain and (not barred or (legal and body and until is not None))
        rank = rank if may else base
    return LEVELS[max(0, rank - steps)]


def test_every_combination():
    assert len(EVERY) == 7 * 5 * 16 * 4 * 4
    for answers, level, evidence, risk, legal, body, until, steps in EVERY:
        chosen = Chosen(level, evidence, risk, legal, until, body) if level else None
        found = effective_level(autonomy_of(**EASY | ANSWERS[answers][0]), chosen=chosen, steps=steps, today=TODAY)
        wanted = expected(answers, level, evidence, risk, legal, body, until, steps)
        assert found.level == wanted, (answers, level, evidence, risk, legal, body, until, steps)


@pytest.mark.parametrize("answers", [*product(*[TESTS[test] for test in TESTS])], ids="-".join)
def test_nothing_chosen_is_what_the_tests_say(answers):
    autonomy = autonomy_of(**dict(zip(TESTS, answers, strict=True)))
    found = effective_level(autonomy, chosen=None, steps=0, today=TODAY)
    assert (found.level, found.reason) == (autonomy.level, autonomy.reason)
    assert autonomy.is_blocked == (Outcome.BLOCKING in autonomy.outcomes.values())


@pytest.mark.parametrize(
    ("answers", "chosen", "steps", "reason"),
    [
        (
            "delegate",
            Chosen(SURFACE),
            0,
            "All four tests favourable. Surface was chosen, more cautious than the tests say",
        ),
        ("audit", Chosen(AUDIT), 0, "Medium cost of error. Delegate with audit was chosen, as the tests say"),
        (
            "surface",
            Chosen(DELEGATE, True, True, until=date(2026, 12, 31)),
            1,
            f"High cost of error. Delegate was chosen, bolder than the tests say, until {END}. Stepped down 1 level",
        ),
        (
            "surface",
            Chosen(DELEGATE),
            0,
            "High cost of error. Delegate was chosen and does not hold: it lacks evidence and the risk owner’s consent",
        ),
        ("delegate", None, 2, "All four tests favourable. Stepped down 2 levels"),
    ],
)  # fmt: skip
def test_the_reason_tells_each_step(answers, chosen, steps, reason):
    autonomy = autonomy_of(**EASY | ANSWERS[answers][0])
    assert effective_level(autonomy, chosen=chosen, steps=steps, today=TODAY).reason == reason
