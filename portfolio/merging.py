"""What moves when one initiative is merged into another, and who reads what stayed. Apps fill it in ready().

    register_mover(Mover("barriers", "open barrier", "open barriers", open_barriers))
    register_family(with_all_merged, survivor_of)

Rows that never change stay where they are; the survivor reads its whole family. A mover names what is still worked on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from aiso.accounts.models import User

from .models import Initiative

type Move = Callable[[Sequence[int], Initiative, Initiative], None]


@dataclass(frozen=True)
class Mover:
    """One kind of thing that goes along. `find` gives the rows of the first initiative that would move to the second.

    They move by their field `initiative`, or by `move`, and by `move_back` when the merge is undone. `once_a_name`:
    an initiative has one of a name, so that a second one stays where it is.
    """

    name: str
    one: str
    many: str
    find: "Callable[[Initiative, Initiative], models.QuerySet[Any]]"
    move: Move | None = None
    move_back: Move | None = None
    once_a_name: bool = False

    def ids(self, merged: Initiative, survivor: Initiative) -> list[int]:
        rows = self.find(merged, survivor)
        if self.once_a_name:
            rows = rows.exclude(name__in=rows.model._default_manager.filter(initiative=survivor).values("name"))
        return [*rows.order_by("pk").values_list("pk", flat=True)]

    def shift(self, ids: Sequence[int], origin: Initiative, goal: Initiative) -> list[int]:
        """Let rows of one initiative belong to another; those that left it meanwhile stay. Returns which moved."""
        every = self.find(origin, goal).model._default_manager
        rows = every.filter(pk__in=ids, initiative=origin)
        if self.once_a_name:
            rows = rows.exclude(name__in=every.filter(initiative=goal).values("name"))
        moving = [*rows.values_list("pk", flat=True)]
        every.filter(pk__in=moving).update(initiative=goal)
        return moving


_movers: list[Mover] = []


def register_mover(mover: Mover) -> None:
    if mover.name not in {each.name for each in _movers}:
        _movers.append(mover)


def stays_hidden(merged: Initiative) -> bool:
    """Whether nothing of its content may move: those who see the survivor need not see a confidential one."""
    return merged.is_confidential


def what_moves(merged: Initiative, survivor: Initiative) -> dict[str, list[int]]:
    """The ids of what goes along, by the mover's name; kinds of which nothing does are left out. A query a mover."""
    if stays_hidden(merged):
        return {}
    found = {mover.name: mover.ids(merged, survivor) for mover in _movers}
    return {name: ids for name, ids in found.items() if ids}


def told_of(moving: Mapping[str, Sequence[int]]) -> list[tuple[int, str]]:
    """How many of what, in the order in which movers were registered."""
    counted = ((len(moving[mover.name]), mover) for mover in _movers if moving.get(mover.name))
    return [(count, mover.one if count == 1 else mover.many) for count, mover in counted]


def carry_along(
    moving: Mapping[str, Sequence[int]], origin: Initiative, goal: Initiative, *, back: bool = False
) -> None:
    """Move rows, by the name of their mover; `back` when a merge is undone. Both initiatives are locked."""
    for mover in _movers:
        if ids := moving.get(mover.name):
            deed = mover.move_back if back and mover.move_back else mover.move or mover.shift
            deed(ids, origin, goal)


def merge_address(initiative: Initiative) -> str:
    """The page on which it is merged into another."""
    return f"{initiative.get_absolute_url()}merge/"


# Of an initiative: the ids of itself and of all merged into it, as something for `__in`.
type Family = Callable[[int], Any]
# Of a merged initiative: the one that goes on, with the day of the merge, if the person sees it.
type Survivor = Callable[[int, User], Initiative | None]
_family: list[Family] = [lambda pk: [pk]]
_survivor: list[Survivor] = [lambda pk, person: None]


def register_family(family: Family, survivor: Survivor) -> None:
    _family[:], _survivor[:] = [family], [survivor]


def family_of(initiative: int) -> Any:
    """The ids of an initiative and of all that was merged into it, for `initiative__in`; no query of its own."""
    return _family[0](initiative)


def survivor_of(initiative: Initiative, person: User) -> Initiative | None:
    """The initiative in which a merged one goes on, where the person sees that. One query."""
    return _survivor[0](initiative.pk, person)
