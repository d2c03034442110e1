"""Items that gather many rows under one heading: what each of them lists, as far as the person sees it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q
from django.template.loader import render_to_string

from aiso.accounts.models import User
from aiso.web import figures
from forums.models import AgendaItem
from portfolio.models import Initiative
from portfolio.models.initiative import InitiativeQuerySet

from ..models import FastLaneAudit
from ..reviewers import told_to
from .looks import day_of
from .ranks import moved_since
from .reviews import decisions_between
from .since import last_meeting
from .waiting import overdue_on

# Rows that one page shows; the list behind it has all.
SHOWN = 25


@dataclass(frozen=True)
class Listed:
    """The rows of one item that a person sees, and a sentence that counts these alone."""

    rows: Sequence[Any]
    says: str
    has_more: bool = False


def gathered(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """The rows of each gathered item, drawn."""
    kinds = {item.pk: item.source for item in items}
    return {
        pk: render_to_string("stagegates/agenda/_gathered.html", {"listed": listed, "kind": kinds[pk]})
        for pk, listed in listed_of(items, person).items()
    }


def listed_of(items: Sequence[AgendaItem], person: User) -> dict[int, Listed]:
    """The rows of each gathered item, by its id. A fixed number of queries, for a meeting has one item of each kind."""
    return {item.pk: find(item, seen_in(item, person)) for item in items if (find := LISTED.get(item.source))}


def seen_in(item: AgendaItem, person: User) -> InitiativeQuerySet:
    """What roles open, and for the forum's members what is before it (DESIGN §8): never what a person alone sees, as
    the page of an item is shared by all who hold the same (`forums.following`).
    """
    by_role = Initiative.objects.open_to_roles_of(person)
    if not item.forum.is_member(person):
        return by_role
    return Initiative.objects.filter(told_to(item.forum) | Q(pk__in=by_role.values("pk")))


def _overdue(item: AgendaItem, seen: InitiativeQuerySet) -> Listed:
    rows = overdue_on(day_of(item)).filter(initiative__in=seen)
    found = rows.select_related("initiative", "owner").defer("initiative__search")
    return first_of(found, "condition", lambda oldest: f", the oldest due on {figures.day(oldest.due_on)}")


def _audits(item: AgendaItem, seen: InitiativeQuerySet) -> Listed:
    rows = FastLaneAudit.objects.waiting().filter(decision__initiative__in=seen)
    return first_of(rows.select_related("decision__initiative", "decision__decided_by", "requester"), "decision")


def _between(item: AgendaItem, seen: InitiativeQuerySet) -> Listed:
    rows = decisions_between(item.forum, day_of(item)).filter(initiative__in=seen)
    return first_of(rows.select_related("initiative", "decided_by", "review__gates_version"), "decision")


def _ranks(item: AgendaItem, seen: InitiativeQuerySet) -> Listed:
    """Confidential ones are not ranked here, so that everybody may read how many moved."""
    moves = moved_since(last_meeting(item.forum, day_of(item)))
    known = {*seen.filter(pk__in=[each.initiative.pk for each in moves.rows]).values_list("pk", flat=True)}
    rows = [each for each in moves.rows if each.initiative.pk in known]
    return Listed(rows, moves.sentence, moves.own + moves.new > len(moves.rows))


def first_of(found: "models.QuerySet[Any]", one: str, more: Callable[[Any], str] = lambda first: "") -> Listed:
    """The first rows of a queryset, counted as far as they are shown; `more` is said of the first."""
    rows = [*found[: SHOWN + 1]]
    count = f"More than {figures.plural(SHOWN, one)}" if len(rows) > SHOWN else figures.plural(len(rows), one)
    return Listed(rows[:SHOWN], f"{count}{more(rows[0]) if rows else ''}.", len(rows) > SHOWN)


LISTED: dict[str, Callable[[AgendaItem, InitiativeQuerySet], Listed]] = {
    "overdue_conditions": _overdue,
    "fast_lane_sample": _audits,
    "decided_between": _between,
    "changed_ranks": _ranks,
}
