"""What people own and units hold, told by the apps above, which register it in AppConfig.ready().

register_belongings(Belongings("Initiatives owned", draw=owned_by, count_in_units=initiatives_by_unit, ...))
"""

from collections.abc import Callable
from dataclasses import dataclass

from .models import BusinessUnit, User

type Counts = dict[int, int]


def nothing_drawn(viewer: User, person: User) -> str:
    return ""


@dataclass(frozen=True)
class Belongings:
    """One kind of thing. `viewer` is who looks: nobody is told of what they may not see.

    `draw` returns the HTML of what a person has, `in_units` how many there are in each unit by id,
    `address` where those of a unit are listed.
    """

    one: str
    in_units: Callable[[User], Counts]
    address: Callable[[BusinessUnit], str]
    draw: Callable[[User, User], str] = nothing_drawn


_registered: list[Belongings] = []


def register_belongings(belongings: Belongings) -> None:
    _registered.append(belongings)


def all_belongings() -> list[Belongings]:
    return [*_registered]
