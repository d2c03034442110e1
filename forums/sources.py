"""What puts items on agendas. Each app registers its sources in AppConfig.ready().

    register_source(Source("overdue_conditions", "Overdue conditions", "portfolio-review", find=overdue))

A source is asked again and again until the meeting opens: what it proposes is put on the agenda, each key once, and
what it proposes no longer is taken off, unless somebody moved or edited it (forums/actions/agenda.py).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from .models import AgendaItem, Forum
from .models.agenda import BY_HAND

# Minutes that an item takes unless told.
USUAL_MINUTES = 10


def nothing_to_tie(item: AgendaItem) -> None:
    """For what needs no row of its own beside the item."""


def nothing_to_carry(item: AgendaItem, later: AgendaItem) -> None:
    """For what has no row of its own beside the item."""


@dataclass(frozen=True)
class Proposed:
    """One item that a source would have on an agenda. `attach` ties the app's own row to it once it stands there."""

    key: str
    title: str
    why: str = ""
    initiative_id: int | None = None
    minutes: int = USUAL_MINUTES
    attach: Callable[[AgendaItem], None] = nothing_to_tie


@dataclass(frozen=True)
class Source:
    """Where items of one kind come from.

    `forum` is the slug of the one that speaks of them, empty for all; `find` tells what is to be spoken of on the day
    of a meeting, in a fixed number of queries and in the order in which it should stand. An item that is put off
    during its meeting stays there for the record, and `carry` ties the app's own row to the one that follows it.
    `after` names the sources behind whose items new ones stand on a draft; without it they stand at its end.
    """

    name: str
    label: str
    forum: str
    find: Callable[[Forum, date], Iterable[Proposed]]
    carry: Callable[[AgendaItem, AgendaItem], None] = nothing_to_carry
    after: tuple[str, ...] = ()


_sources: dict[str, Source] = {}


def register_source(source: Source) -> None:
    """Sources fill agendas in the order in which they were registered."""
    if source.name == BY_HAND:
        raise ValueError(f"{BY_HAND} is the name of what people put on agendas themselves.")
    _sources[source.name] = source


def sources_of(forum: Forum) -> list[Source]:
    return [source for source in _sources.values() if source.forum in ("", forum.slug)]


def source_named(name: str) -> Source | None:
    return _sources.get(name)


def label_of(name: str) -> str:
    """What a kind of item is called on agendas."""
    source = _sources.get(name)
    return source.label if source else "By hand"


def proposals_for(forum: Forum, day: date, only: str = "") -> dict[tuple[str, str], Proposed]:
    """What all sources of a forum, or one, propose for a meeting on a day, by source and key, in their order."""
    asked = [source for source in sources_of(forum) if only in ("", source.name)]
    return {(source.name, each.key): each for source in asked for each in source.find(forum, day)}
