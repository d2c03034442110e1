"""The decision classes of an initiative as pages show them: each test's answer, the level, and its reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from aiso.accounts.models import User

from .autonomy import TESTS, Outcome
from .autonomy_limits import Limits, volume_per_reviewer
from .autonomy_map import MapStanding, Role
from .levels import Effective, shown_level
from .models import AutonomyAcceptance, DecisionClass, Initiative
from .permissions import roles_of


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
    limits: Limits | None = None

    @property
    def is_rubber_stamp(self) -> bool:
        return self.limits is not None and self.limits.is_rubber_stamp(self.decision)

    @property
    def a_reviewer(self) -> Decimal | None:
        """Decisions a week for each who looks at them."""
        return volume_per_reviewer(self.decision)


@dataclass(frozen=True)
class AcceptanceLine:
    """One of the two owners who accept the map: what they did, and whether the viewer may do it now."""

    role: AutonomyAcceptance.Role
    given: AutonomyAcceptance | None
    may_accept: bool
    waits_for: User | None


def lines_of(decisions: Iterable[DecisionClass], limits: Limits | None = None) -> list[Line]:
    return [_line(decision, limits) for decision in decisions]


def acceptances_of(standing: MapStanding, viewer: User, initiative: Initiative) -> list[AcceptanceLine]:
    """Business owner and risk owner, in this order. One query."""
    held = roles_of(viewer, initiative) if standing.decisions else frozenset()
    lines = []
    for role, given in ((Role.BUSINESS, standing.business), (Role.RISK, standing.risk)):
        other = standing.risk if role == Role.BUSINESS else standing.business
        is_other = other is not None and other.person_id == viewer.pk
        may = given is None and role.value in held and not is_other
        lines.append(AcceptanceLine(role, given, may, getattr(initiative, f"{role.value}_owner")))
    return lines


def _line(decision: DecisionClass, limits: Limits | None) -> Line:
    autonomy = shown_level(decision)
    said = autonomy.calibrated.outcomes
    tests = [Answered(str(getattr(decision, f"get_{test}_display")()), said[test]) for test in _ORDER]
    return Line(decision, tests, autonomy, limits)


# The order in which people answer them; DESIGN's differs in the first two.
_ORDER = ("cost_of_error", *[test for test in TESTS if test != "cost_of_error"])
