"""The decision classes of an initiative as pages show them: each test's answer, the level, and its reason."""

from collections.abc import Iterable
from dataclasses import dataclass

from .autonomy import TESTS, Outcome
from .levels import Effective, shown_level
from .models import DecisionClass


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
    """A decision class with its four tests and what its level came from."""

    decision: DecisionClass
    tests: list[Answered]
    autonomy: Effective


def lines_of(decisions: Iterable[DecisionClass]) -> list[Line]:
    return [_line(decision) for decision in decisions]


def _line(decision: DecisionClass) -> Line:
    autonomy = shown_level(decision)
    said = autonomy.calibrated.outcomes
    tests = [Answered(str(getattr(decision, f"get_{test}_display")()), said[test]) for test in _ORDER]
    return Line(decision, tests, autonomy)


# The order in which people answer them; DESIGN's differs in the first two.
_ORDER = ("cost_of_error", *[test for test in TESTS if test != "cost_of_error"])
