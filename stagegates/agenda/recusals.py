"""Parties to a review or an initiative are recused from the items about it (DESIGN §4)."""

from collections.abc import Sequence

from aiso import clock
from forums.models import AgendaItem
from forums.recusals import Recusals

from ..asked_money import parties_to_requests
from ..separation import parties_of_all, parties_to_each, waivers_of_all
from ..subjects import requests_of, reviews_of

PARTY = "Party to it"
WAIVED = "Waived a requirement of it"


def parties_to_items(items: Sequence[AgendaItem]) -> Recusals:
    """Who is a party to what each item asks to be decided, by the item's id. Nine queries at most."""
    reviews = reviews_of(items)
    parties = parties_of_all(reviews.values())
    waivers = waivers_of_all(reviews.values())
    told = {
        pk: dict.fromkeys(waivers[review.pk], WAIVED) | dict.fromkeys(parties[review.pk], PARTY)
        for pk, review in reviews.items()
    }
    today = clock.today()
    requests = requests_of(items)
    for pk, people in zip(requests, parties_to_requests([*requests.values()]), strict=True):
        told[pk] = dict.fromkeys(people, PARTY)
    rest = {item.pk: (item.initiative_id, today) for item in items if item.pk not in told and item.initiative_id}
    of_rest = parties_to_each(rest.values())
    return told | {pk: dict.fromkeys(of_rest[pair], PARTY) for pk, pair in rest.items()}
