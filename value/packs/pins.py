"""What a pack pins, and how far it reaches."""

from typing import Any

from aiso.accounts.models import User
from portfolio.models.initiative import money_reach, oversight

from ..dashboard.asked import Asked
from ..models import BoardPack


def asked_of(pack: BoardPack) -> Asked:
    """The pins, as the dashboard takes them."""
    return Asked(pack.days, pack.as_of, pack.known_at, pack.unit, pack.bucket)


def reach_of(person: User, asked: Asked) -> dict[str, Any]:
    """What a pack tells that not everybody sees: the units whose money and whose confidential initiatives it counts,
    within those that are asked of; None is all of the company.
    """
    reaches = {"money_units": money_reach(person), "confidential_units": oversight(person)}
    return {name: _listed(reach, asked.units) for name, reach in reaches.items()}


def _listed(reach: frozenset[int] | None, units: frozenset[int] | None) -> list[int] | None:
    if reach is None:
        return None if units is None else sorted(units)
    return sorted(reach if units is None else reach & units)
