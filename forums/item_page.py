"""The one page on which an item is told: in the pre-read, and in the middle of the live meeting.

    register_section(Section("money", "Money", draw=money_of, order=30))

A section draws many items at once, so that the pre-read of forty costs the queries of one.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aiso.accounts.models import User
from aiso.once import read_once

from .models import AgendaItem

type Draw = Callable[[Sequence[AgendaItem], User], Mapping[int, str]]


@dataclass(frozen=True)
class Section:
    """One part of an item's page. `draw` gives its safe HTML by the item's id, for those where it has something to
    say; the items are some that the person sees, and what of them (money, say) is the section's to watch.
    """

    name: str
    title: str
    draw: Draw
    order: int = 50


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
        for section in sorted(_sections.values(), key=lambda each: each.order):
            for pk, html in section.draw(items, person).items():
                if html:
                    drawn[pk].append(Drawn(section.name, section.title, html))
    return {item.pk: drawn[item.pk] for item in items}
