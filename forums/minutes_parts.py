"""What minutes say of an item besides what the meeting itself recorded. Apps register theirs in AppConfig.ready().

    register_part(Part("decision", tell=decided_on, order=10))

A part is asked once, when the meeting is closed, and what it tells stays in the minutes as it was then.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from .models import AgendaItem


class Fact(TypedDict):
    """One thing as it is written into minutes. Sums stand in facts of their own with `is_money`, so that minutes show
    them only to whoever may see the money of the initiative.
    """

    label: str
    text: str
    is_money: bool


type Tell = Callable[[Sequence[AgendaItem]], Mapping[int, Iterable[Fact]]]


@dataclass(frozen=True)
class Part:
    """What one app adds. `tell` gives its facts by the item’s id, for all items in a fixed number of queries."""

    name: str
    tell: Tell
    order: int = 50


_parts: dict[str, Part] = {}


def register_part(part: Part) -> None:
    _parts[part.name] = part


def fact(label: str, text: str, *, is_money: bool = False) -> Fact:
    return {"label": label, "text": text, "is_money": is_money}


def facts_of(items: Sequence[AgendaItem]) -> dict[int, list[Fact]]:
    """What all parts tell of each item, by its id and in their order."""
    told: dict[int, list[Fact]] = defaultdict(list)
    for part in sorted(_parts.values(), key=lambda each: each.order):
        for pk, facts in part.tell(items).items():
            told[pk] += facts
    return told
