"""What the items of the value and risk review list, as far as each reader sees it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, TypedDict

from django.template.loader import render_to_string

from aiso.accounts.models import User
from aiso.api.shapes import Person, named
from forums.models import AgendaItem
from portfolio.api.shapes import REFERENCE
from portfolio.models import Initiative
from portfolio.models.initiative import money_reach
from portfolio.permissions import office_among
from stagegates.agenda.gathered import seen_in

from . import claims, costs, fading, incidents, outcomes, risks
from .rows import Listed, Row, Sight

LISTED: dict[str, Callable[[Sight], Listed]] = {
    outcomes.SOURCE: outcomes.listed_outcomes,
    claims.SOURCE: claims.listed_claims,
    fading.SOURCE: fading.listed_fading,
    costs.SOURCE: costs.listed_costs,
    risks.SOURCE: risks.listed_risks,
    incidents.SOURCE: incidents.listed_incidents,
    incidents.ACTIONS: incidents.listed_actions,
}


class NamedInitiative(TypedDict):
    reference: Annotated[str, REFERENCE]
    name: str


class ReviewRowShape(TypedDict):
    """One thing to look at."""

    id: Annotated[int | None, "Of the metric, the claim, the risk, the incident or the action; null for costs."]
    initiatives: Annotated[list[NamedInitiative], "Those that you see; an incident may concern several."]
    what: Annotated[str, "The metric, the risk, the incident or the action."]
    kind: Annotated[str, "What is wrong, in one word: worse, off_target, falling, short, stale, late, above, open."]
    state: Annotated[str, "The same in words."]
    note: str
    person: Annotated[Person | None, "Who sees to it."]
    on: Annotated[date | None, "When it was measured, claimed, or is due."]
    amount: Annotated[Decimal | None, "In the reporting currency, where you see the money of the initiative."]
    against: Annotated[Decimal | None, "What the approved plan held by then."]
    url: Annotated[str, "The page that mends it."]


class ReviewListShape(TypedDict):
    """What an item of the value and risk review lists, as far as you see it."""

    source: Annotated[str, {"enum": [*LISTED]}]
    says: Annotated[str, "How many there are, in words."]
    rows: list[ReviewRowShape]
    has_more: Annotated[bool, "Whether there are more than those that are told."]


def gathered(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """The rows of each item, drawn."""
    return {
        pk: render_to_string("value/review/_rows.html", {"listed": listed})
        for pk, listed in listed_of(items, person).items()
    }


def told_rows(items: Sequence[AgendaItem], person: User) -> Mapping[int, ReviewListShape]:
    """The same as data."""
    sources = {item.pk: item.source for item in items}
    return {
        pk: {
            "source": sources[pk],
            "says": listed.says,
            "rows": [_told(row) for row in listed.rows],
            "has_more": listed.has_more,
        }
        for pk, listed in listed_of(items, person).items()
    }


def listed_of(items: Sequence[AgendaItem], person: User) -> dict[int, Listed]:
    """The rows of each, by its id. A fixed number of queries, for a meeting has one item of each kind."""
    return {item.pk: LISTED[item.source](sight_of(item, person)) for item in items if item.source in LISTED}


def sight_of(item: AgendaItem, person: User) -> Sight:
    """What a person sees of an item; of none that stands on an agenda, what roles open."""
    seen = seen_in(item, person) if item.pk else Initiative.objects.open_to_roles_of(person)
    return Sight(item, seen, money_reach(person), office_among(person))


def _told(row: Row) -> ReviewRowShape:
    return {
        "id": row.id,
        "initiatives": [{"reference": each.reference, "name": each.name} for each in row.initiatives],
        "what": row.what,
        "kind": row.kind,
        "state": row.state,
        "note": row.note,
        "person": named(row.person),
        "on": row.on,
        "amount": row.amount,
        "against": row.against,
        "url": row.url,
    }
