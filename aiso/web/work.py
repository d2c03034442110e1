"""What waits for a person. Each app registers a source in AppConfig.ready(); the home page groups what they give.

    register_work("owner_gaps", owner_gaps_of)

A source takes a person and returns the items that wait for them, in a fixed number of queries.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from aiso.accounts.models import User
from aiso.once import once

# Items of a group in sight; the rest is one click away.
SHOWN = 25


@dataclass(frozen=True)
class WorkItem:
    """One thing that waits: what, for which initiative, since when, due when, and one click to do it."""

    what: str
    url: str
    verb: str
    icon: str = "checkbox"
    note: str = ""
    initiative: str = ""
    initiative_url: str = ""
    since: date | None = None
    due: date | None = None


@dataclass(frozen=True)
class WorkGroup:
    """Items whose due dates fall together."""

    title: str
    items: list[WorkItem]

    @property
    def first(self) -> list[WorkItem]:
        return self.items[:SHOWN]

    @property
    def rest(self) -> list[WorkItem]:
        """What is folded away."""
        return self.items[SHOWN:]


type Source = Callable[[User], Iterable[WorkItem]]
_sources: dict[str, Source] = {}


def register_work(name: str, source: Source) -> None:
    _sources[name] = source


def work_of(person: User) -> list[WorkItem]:
    """All that waits for a person, the most urgent first, then what waits longest."""
    return once(("work", person.pk), lambda: _work_of(person))


def _work_of(person: User) -> list[WorkItem]:
    items = [item for source in _sources.values() for item in source(person)]
    return sorted(items, key=lambda item: (item.due or date.max, item.since or date.max, item.what))


def count_work(person: User) -> int:
    return len(work_of(person))


def by_due(items: list[WorkItem], today: date) -> list[WorkGroup]:
    """The items as late, due this week, later, and without a date; empty groups are left out."""
    week = today + timedelta(days=7)
    groups = [
        WorkGroup("Late", [item for item in items if item.due and item.due < today]),
        WorkGroup("Due today", [item for item in items if item.due == today]),
        WorkGroup("Due within a week", [item for item in items if item.due and today < item.due <= week]),
        WorkGroup("Later", [item for item in items if item.due and item.due > week]),
        WorkGroup("No date", [item for item in items if not item.due]),
    ]
    return [group for group in groups if group.items]
