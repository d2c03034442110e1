"""Items that gather many rows under one heading: what each of them lists, as far as the person sees it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.template.loader import render_to_string

from aiso.accounts.models import User
from forums.models import AgendaItem
from portfolio.models import Initiative
from portfolio.models.initiative import InitiativeQuerySet

from ..models import FastLaneAudit
from .looks import day_of
from .ranks import moved_since
from .reviews import decisions_between
from .since import last_meeting
from .waiting import overdue_on

# Rows that one page shows; the list behind it has all.
SHOWN = 25


def gathered(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """The rows of each gathered item. A fixed number of queries, for a meeting has one item of each kind."""
    told: dict[int, str] = {}
    for item in items:
        if listed := LISTED.get(item.source):
            context = {"rows": [*listed(item, _seen(item, person))], "kind": item.source, "shown": SHOWN}
            told[item.pk] = render_to_string("stagegates/agenda/_gathered.html", context)
    return told


def _seen(item: AgendaItem, person: User) -> InitiativeQuerySet:
    """The forum's members see all that it speaks of (DESIGN §8), others what their roles open: the page of an item is
    shared by all who hold the same (`forums.following`).
    """
    everything = Initiative.objects.all()
    return everything if item.forum.is_member(person) else everything.open_to_roles_of(person)


def _overdue(item: AgendaItem, seen: InitiativeQuerySet) -> Iterable[Any]:
    rows = overdue_on(day_of(item)).filter(initiative__in=seen)
    return rows.select_related("initiative", "owner").defer("initiative__search")[: SHOWN + 1]


def _audits(item: AgendaItem, seen: InitiativeQuerySet) -> Iterable[Any]:
    rows = FastLaneAudit.objects.waiting().filter(decision__initiative__in=seen)
    return rows.select_related("decision__initiative", "decision__decided_by", "requester")[: SHOWN + 1]


def _between(item: AgendaItem, seen: InitiativeQuerySet) -> Iterable[Any]:
    rows = decisions_between(item.forum, day_of(item)).filter(initiative__in=seen)
    return rows.select_related("initiative", "decided_by", "review__gates_version")[: SHOWN + 1]


def _ranks(item: AgendaItem, seen: InitiativeQuerySet) -> Iterable[Any]:
    moved = moved_since(last_meeting(item.forum, day_of(item)))
    known = {*seen.filter(pk__in=[each.initiative.pk for each in moved]).values_list("pk", flat=True)}
    return [each for each in moved if each.initiative.pk in known]


LISTED: dict[str, Callable[[AgendaItem, InitiativeQuerySet], Iterable[Any]]] = {
    "overdue_conditions": _overdue,
    "fast_lane_sample": _audits,
    "decided_between": _between,
    "changed_ranks": _ranks,
}
