"""Who has a part in what is spoken of, and so neither votes on it nor for others (DESIGN §4: separation of duties).

    register_recusals(owners_and_submitters)

Each app tells of many items at once, in a fixed number of queries.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from .models import AgendaItem

# By the item's id: why, by the person's id, in a word or two: "Business owner".
type Recusals = Mapping[int, Mapping[int, str]]
type Find = Callable[[Sequence[AgendaItem]], Recusals]

_finders: list[Find] = []


def register_recusals(find: Find) -> None:
    if find not in _finders:
        _finders.append(find)


def recused_from(items: Sequence[AgendaItem]) -> dict[int, dict[int, str]]:
    """Who is recused from each item, and why, by the item's and the person's id."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for find in _finders:
        for pk, people in find(items).items():
            found[pk].update(people)
    return {item.pk: found[item.pk] for item in items}
