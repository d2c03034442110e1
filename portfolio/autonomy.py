"""How far a system may act in one decision class: four tests set it (DESIGN §5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from .models.decision import AutonomyLevel, Confidence, CostOfError, Reversibility, ReviewCapacity


class Outcome(StrEnum):
    """What one test says."""

    FAVOURABLE = "favourable"
    BORDERLINE = "borderline"
    WEAK = "weak"
    BLOCKING = "blocking"


# The four tests in the order of DESIGN §5, each with what its answers say. Unanswered counts as weak:
# nobody may act on what nobody knows.
TESTS: Mapping[str, Mapping[str, Outcome]] = {
    "reversibility": {
        Reversibility.EASY: Outcome.FAVOURABLE,
        Reversibility.MODERATE: Outcome.BORDERLINE,
        Reversibility.HARD: Outcome.WEAK,
        Reversibility.IRREVERSIBLE: Outcome.BLOCKING,
    },
    "cost_of_error": {
        CostOfError.LOW: Outcome.FAVOURABLE,
        CostOfError.MEDIUM: Outcome.BORDERLINE,
        CostOfError.HIGH: Outcome.WEAK,
        CostOfError.VERY_HIGH: Outcome.BLOCKING,
    },
    "confidence": {
        Confidence.HIGH: Outcome.FAVOURABLE,
        Confidence.ADEQUATE: Outcome.BORDERLINE,
        Confidence.LOW: Outcome.WEAK,
        Confidence.UNKNOWN: Outcome.WEAK,
    },
    "review_capacity": {
        ReviewCapacity.AMPLE: Outcome.FAVOURABLE,
        ReviewCapacity.TIGHT: Outcome.BORDERLINE,
        ReviewCapacity.INSUFFICIENT: Outcome.WEAK,
        ReviewCapacity.UNKNOWN: Outcome.WEAK,
    },
}
# From this many weak tests on, people keep the decision.
WEAK_KEEPS_HUMAN = 3

PHRASES: Mapping[str, Mapping[str, str]] = {
    "reversibility": {
        Reversibility.MODERATE: "takes some effort to undo",
        Reversibility.HARD: "hard to undo",
        Reversibility.IRREVERSIBLE: "cannot be undone",
    },
    "cost_of_error": {
        CostOfError.MEDIUM: "medium cost of error",
        CostOfError.HIGH: "high cost of error",
        CostOfError.VERY_HIGH: "very high cost of error",
    },
    "confidence": {
        Confidence.ADEQUATE: "confidence only adequate",
        Confidence.LOW: "low confidence",
        Confidence.UNKNOWN: "confidence not known",
    },
    "review_capacity": {
        ReviewCapacity.TIGHT: "review capacity tight",
        ReviewCapacity.INSUFFICIENT: "too little review capacity",
        ReviewCapacity.UNKNOWN: "review capacity not known",
    },
}


@dataclass(frozen=True)
class Autonomy:
    """A level, why, and what each test said."""

    level: AutonomyLevel
    reason: str
    outcomes: Mapping[str, Outcome]
    is_regulated: bool = False
    is_not_yet_automated: bool = False

    @property
    def is_blocked(self) -> bool:
        """Whether a test is blocking; such a class never takes the fast lane."""
        return Outcome.BLOCKING in self.outcomes.values()


def autonomy_of(
    *,
    reversibility: str,
    cost_of_error: str,
    confidence: str,
    review_capacity: str,
    is_regulated: bool = False,
    is_not_yet_automated: bool = False,
) -> Autonomy:
    """The calibrated level of DESIGN §5, from the stored values of the four tests.

    Raises KeyError for a value that a test does not have.
    """
    given = {
        "reversibility": reversibility,
        "cost_of_error": cost_of_error,
        "confidence": confidence,
        "review_capacity": review_capacity,
    }
    outcomes = {test: TESTS[test][value] for test, value in given.items()}
    told_of = partial(Autonomy, outcomes=outcomes, is_regulated=is_regulated, is_not_yet_automated=is_not_yet_automated)
    told = {test: PHRASES[test].get(value, "") for test, value in given.items()}

    def those(outcome: Outcome) -> list[str]:
        return [told[test] for test in TESTS if outcomes[test] is outcome]

    kept = [*those(Outcome.BLOCKING)]
    kept += ["a regulated decision"] if is_regulated else []
    kept += ["on the not yet automated list"] if is_not_yet_automated else []
    weak, borderline = those(Outcome.WEAK), those(Outcome.BORDERLINE)
    if kept:
        return told_of(AutonomyLevel.KEEP_HUMAN, _sentence(kept))
    if len(weak) >= WEAK_KEEPS_HUMAN:
        return told_of(AutonomyLevel.KEEP_HUMAN, _sentence(weak, f"{len(weak)} of 4 tests weak"))
    if weak:
        return told_of(AutonomyLevel.SURFACE, _sentence(weak))
    if borderline:
        return told_of(AutonomyLevel.DELEGATE_WITH_AUDIT, _sentence(borderline))
    return told_of(AutonomyLevel.DELEGATE, "All four tests favourable")


def _sentence(phrases: list[str], lead: str = "") -> str:
    joined = ", ".join(phrases)
    return f"{lead}: {joined}" if lead else joined[:1].upper() + joined[1:]
