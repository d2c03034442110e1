"""The one page on which an item is told: in the pre-read, and in the middle of the live meeting.

    register_section(Section("money", "Money", draw=money_of, order=30))

A section draws many items at once, so that the pre-read of forty costs the queries of one.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiso.accounts.models import User
from aiso.once import read_once

from .models import AgendaItem

type Draw = Callable[[Sequence[AgendaItem], User], Mapping[int, str]]
type Tell = Callable[[Sequence[AgendaItem], User], Mapping[int, Any]]


@dataclass(frozen=True)
class Section:
    """One part of an item's page. `draw` gives its safe HTML by the item's id, for those where it has something to
    say; the items are some that the person sees, and what of them (money, say) is the section's to watch.
    `tell` gives the same as data of `shape` (`aiso.api.shapes`), which the API tells.
    """

    name: str
    title: str
    draw: Draw
    order: int = 50
    tell: Tell | None = None
    shape: Any = None


@dataclass(frozen=True)
class Drawn:
    """One section as it stands on one item's page."""

    name: str
    title: str
    html: str


_sections: dict[str, Section] = {}


def register_section(section: Section) -> None:
    _sections[section.name] = section


def sections_of(items: Sequence[AgendaItem], person: User) -> dict[int, list[Drawn]]:
    """The sections of each item, by its id and in their order. `items` are some that the person sees.

    What several sections read is read once.
    """
    drawn: dict[int, list[Drawn]] = defaultdict(list)
    with read_once():
        for section in _in_order():
            for pk, html in section.draw(items, person).items():
                if html:
                    drawn[pk].append(Drawn(section.name, section.title, html))
    return {item.pk: drawn[item.pk] for item in items}


def told_of(items: Sequence[AgendaItem], person: User) -> dict[int, dict[str, Any]]:
    """The same as data: by the item's id what each section tells of it, None for nothing."""
    told: dict[int, dict[str, Any]] = {item.pk: {each.name: None for each in sections_told()} for item in items}
    with read_once():
        for section in sections_told():
            for pk, said in section.tell(items, person).items():  # type: ignore[misc]
                told[pk][section.name] = said
    return told


def sections_told() -> list[Section]:
    """Those that tell data, in their order."""
    return [section for section in _in_order() if section.tell]


def _in_order() -> list[Section]:
    return sorted(_sections.values(), key=lambda each: each.order)
