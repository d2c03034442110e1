"""The decision classes of an initiative as pages show them: each test's answer, the level, and its reason."""

from collections.abc import Iterable
from dataclasses import dataclass

from .autonomy import TESTS, Autonomy, Outcome
from .lane_facts import calibrated
from .models import AutonomyLevel, DecisionClass

LEVELS = [*AutonomyLevel]


@dataclass(frozen=True)
class Answered:
    """One test of a decision: its answer in words, and what that says."""

    text: str
    outcome: Outcome

    @property
    def speaks_against(self) -> bool:
        return self.outcome in (Outcome.WEAK, Outcome.BLOCKING)


@dataclass(frozen=True)
class Line:
    """A decision class with its four tests and why it has its level."""

    decision: DecisionClass
    tests: list[Answered]
    autonomy: Autonomy


def lines_of(decisions: Iterable[DecisionClass]) -> list[Line]:
    return [_line(decision) for decision in decisions]


def highest_level(decisions: Iterable[DecisionClass]) -> AutonomyLevel | None:
    """The boldest level among them; none where nothing is decided."""
    levels = [AutonomyLevel(decision.autonomy) for decision in decisions]
    return max(levels, key=LEVELS.index, default=None)


def _line(decision: DecisionClass) -> Line:
    autonomy = calibrated(decision)
    tests = [Answered(str(getattr(decision, f"get_{test}_display")()), autonomy.outcomes[test]) for test in _ORDER]
    return Line(decision, tests, autonomy)


# The order in which people answer them; DESIGN's differs in the first two.
_ORDER = ("cost_of_error", *[test for test in TESTS if test != "cost_of_error"])
