"""Parties to a review or an initiative are recused from the items about it (DESIGN §4)."""

from collections.abc import Sequence

from forums.models import AgendaItem
from forums.recusals import Recusals
from portfolio.models import Intake, Ownership

from ..separation import parties_of_all
from ..subjects import requests_of, reviews_of

PARTY = "Party to it"


def parties_to_items(items: Sequence[AgendaItem]) -> Recusals:
    """Who is a party to what each item asks to be decided, by the item's id. Seven queries at most."""
    reviews = reviews_of(items)
    parties = parties_of_all(reviews.values())
    told = {pk: dict.fromkeys(parties[review.pk], PARTY) for pk, review in reviews.items()}
    others = {item.pk: item.initiative_id for item in items if item.pk not in reviews and item.initiative_id}
    for initiative, person in _parties({*others.values()}):
        for pk, of in others.items():
            if of == initiative:
                told.setdefault(pk, {})[person] = PARTY
    for pk, request in requests_of(items).items():
        told.setdefault(pk, {})[request.asked_by_id] = PARTY
    return told


def _parties(initiatives: set[int]) -> set[tuple[int | None, int]]:
    """Owners, their deputies and requesters of initiatives, each as (initiative, person)."""
    owners = Ownership.objects.current().filter(initiative__in=initiatives).values_list("initiative", "person")
    asked = Intake.objects.filter(initiative__in=initiatives).values_list("initiative", "requester")
    return {*owners, *asked}
