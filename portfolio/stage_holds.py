"""Why the stage of some initiatives is not to be replaced from outside now. The app that reviews them tells it.

register_stage_hold(held_by_reviews)
"""

from collections.abc import Callable, Collection

# Of initiatives, by id, those whose stage is held, each with why as a clause.
type Holds = Callable[[Collection[int]], dict[int, str]]
_holds: list[Holds] = []


def register_stage_hold(holds: Holds) -> None:
    """`holds` answers for many initiatives in a fixed number of queries. Called in AppConfig.ready()."""
    if holds not in _holds:
        _holds.append(holds)


def stage_holds(initiatives: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for holds in _holds if initiatives else ():
        found |= holds(initiatives)
    return found
