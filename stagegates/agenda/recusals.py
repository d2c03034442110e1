"""Parties to a review or an initiative are recused from the items about it (DESIGN §4)."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Q

from aiso import clock
from aiso.web.figures import local_date
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
    requests = requests_of(items)
    since = {pk: local_date(request.asked_at) for pk, request in requests.items()}
    for initiative, person, until in _parties({*others.values()}, min(since.values(), default=clock.today())):
        for pk, of in others.items():
            if of == initiative and (until is None or until >= since.get(pk, clock.today())):
                told.setdefault(pk, {})[person] = PARTY
    for pk, request in requests.items():
        told.setdefault(pk, {})[request.asked_by_id] = PARTY
    return told


def _parties(initiatives: set[int], since: date) -> Iterator[tuple[int | None, int, date | None]]:
    """Requesters of initiatives, and who owned them or deputised since a day: each as (initiative, person, until)."""
    owned = Ownership.objects.filter(Q(ended_on=None) | Q(ended_on__gte=since), initiative__in=initiatives)
    yield from owned.values_list("initiative", "person", "ended_on")
    for initiative, requester in Intake.objects.filter(initiative__in=initiatives).values_list(
        "initiative", "requester"
    ):
        yield initiative, requester, None
