"""Which body decides a case, and by which rights (DESIGN §4). Pure: the rules come in, the answer goes out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from portfolio.models.risk import RiskTier

from .matrix import AskedBy
from .rules import RIGHTS, Right, Rights

TIERS = [tier.value for tier in RiskTier]
# More than any amount, for a right without a limit.
NO_LIMIT = Decimal("Infinity")


@dataclass(frozen=True)
class Case:
    """What decision rights look at. `amount` is the money asked for now and what was approved for the workflow in the
    twelve months before, in the reporting currency. The empty tier is not known yet.
    """

    gates: frozenset[str]
    tier: str
    lane: str
    amount: Decimal = Decimal(0)


@dataclass(frozen=True)
class WhoDecides:
    """The body that decides, the rights and the matrix rule that name it, and why in words."""

    body: str
    asked_by: tuple[AskedBy, ...]
    says: str


def body_for(
    rights: Rights, case: Case, ranks: Mapping[str, int], matrix_body: str = "", matrix_rule: AskedBy | None = None
) -> WhoDecides:
    """The highest body that a matching right or the matrix names, by `ranks`; empty when there is no body at all.

    Rights for the same gates, tiers and lanes are the steps of one ladder: each decides up to its amount. Where
    several ladders match, the higher body decides. A step or a tier that the case has passed still holds as the
    least body, so that more money or more risk never leads to a lower one. Where no right covers the case, the
    highest body of all decides, and so it does while the tier is not known and every right asks for it.
    """
    if not ranks:
        return WhoDecides("", (), "There is no body yet that could decide.")
    reached = [right for right in _reached(rights.rights, case) if right.body in ranks]
    highest = max((right.body for right in reached), key=lambda body: ranks[body], default="")
    naming = [_asked_by(rights, right) for right in reached if right.body == highest]
    says = f"{_names(naming)} of decision rights"
    if not any(_covers(right, case) for right in reached):
        highest, naming = max(ranks, key=lambda body: ranks[body]), []
        says = _uncovered(case)
    if matrix_body in ranks and ranks[matrix_body] > ranks[highest]:
        highest, naming = matrix_body, [matrix_rule] if matrix_rule else []
        says = f"{_names(naming)} of the governance matrix"
    return WhoDecides(highest, tuple(naming), says)


def _reached(rights: Iterable[Right], case: Case) -> list[Right]:
    """The rights for the gates and the lane of a case that its tier and its amount have reached or passed."""
    found = [right for right in rights if _is_for(right, case)]
    found.sort(key=lambda right: (_scope(right), _limit(right)))
    steps = []
    for _, ladder in groupby(found, key=_scope):
        steps.extend(_climbed([*ladder], case.amount))
    return steps


def _climbed(ladder: list[Right], amount: Decimal) -> list[Right]:
    """The steps up to the one that reaches the amount; all of them when none does."""
    enough = min((_limit(right) for right in ladder if _limit(right) >= amount), default=NO_LIMIT)
    return [right for right in ladder if _limit(right) <= enough]


def _is_for(right: Right, case: Case) -> bool:
    """Whether a right speaks of any of the gates, of the lane, and of the tier or a lower one."""
    at_gate = not right.gates or not right.gates.isdisjoint(case.gates)
    in_lane = not right.lanes or case.lane in right.lanes
    least = min((_height(tier) for tier in right.tiers), default=-1)
    return at_gate and in_lane and least <= _height(case.tier)


def _covers(right: Right, case: Case) -> bool:
    is_of_tier = not right.tiers or case.tier in right.tiers
    return is_of_tier and _limit(right) >= case.amount


def _height(tier: str) -> int:
    """The place of a tier from the lowest; a tier that is not known lies below all."""
    return TIERS.index(tier) if tier in TIERS else -1


def _limit(right: Right) -> Decimal:
    return NO_LIMIT if right.up_to is None else right.up_to


def _scope(right: Right) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(sorted(each)) for each in (right.gates, right.tiers, right.lanes))


def _asked_by(rights: Rights, right: Right) -> AskedBy:
    return AskedBy(RIGHTS, right.code, right.name, rights.version.number or 0)


def _names(naming: Iterable[AskedBy]) -> str:
    named = [f"“{each.name}” (version {each.version})" for each in naming]
    return " and ".join(named)


def _uncovered(case: Case) -> str:
    if not case.tier:
        return "the risk tier is not known yet, so that the highest body decides"
    return "no decision right covers this gate, tier, lane and amount, so that the highest body decides"
