"""What the sections of an item's page read, for many items at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from aiso import clock
from aiso.accounts.models import User
from aiso.once import once
from forums.models import AgendaItem, Forum, Membership
from portfolio.models import Initiative
from portfolio.permissions import money_seen_among

from ..asked_money import Asked
from ..models import Decision, GateReview
from ..subjects import requests_of, reviews_of
from .since import last_meeting


@dataclass(frozen=True)
class Looks:
    """The reviews, the requests outside a gate and the initiatives of some items, by the item's id."""

    items: Sequence[AgendaItem]
    reviews: Mapping[int, GateReview]
    requests: Mapping[int, Asked]
    initiatives: Mapping[int, Initiative]

    @property
    def key(self) -> tuple[int, ...]:
        return _key(self.items)

    @property
    def standing_alone(self) -> dict[int, Initiative]:
        """The initiatives of items that no review waits with."""
        return {pk: initiative for pk, initiative in self.initiatives.items() if pk not in self.reviews}

    def seen_by(self, person: User) -> set[int]:
        """The items whose money the person sees: by their role, as an owner, and on what they are to vote on.

        Two queries at most.
        """
        return once(("money seen", self.key, person.pk), lambda: self._seen_by(person))

    def _seen_by(self, person: User) -> set[int]:
        sees = money_seen_among(person, self.initiatives.values())
        votes_in = _votes_in(person)
        return {
            item.pk
            for item in self.items
            if item.pk in self.initiatives
            and (sees(self.initiatives[item.pk]) or (self.is_asking(item) and item.forum_id in votes_in))
        }

    def is_asking(self, item: AgendaItem) -> bool:
        """Whether it asks for a decision at a gate, or for something outside one."""
        return item.pk in self.reviews or item.pk in self.requests

    def amount_of(self, item: int) -> Decimal:
        """What an item asks for now."""
        asking = self.reviews.get(item) or self.requests.get(item)
        amount = asking.amount if asking else self.initiatives[item].requested_amount
        return amount or Decimal(0)


def looks_at(items: Sequence[AgendaItem]) -> Looks:
    """Four queries at most, however many items and sections."""
    return once(("looks", _key(items)), lambda: _looks_at(items))


def _looks_at(items: Sequence[AgendaItem]) -> Looks:
    reviews, requests = reviews_of(items), requests_of(items)
    ids = {review.initiative_id for review in reviews.values()} | {item.initiative_id for item in items}
    rows = Initiative.objects.select_related("bucket").defer("search").in_bulk([pk for pk in ids if pk])
    initiatives = {}
    for item in items:
        pk = reviews[item.pk].initiative_id if item.pk in reviews else item.initiative_id
        if pk in rows:
            initiatives[item.pk] = rows[pk]
    return Looks(items, reviews, requests, initiatives)


def _key(items: Sequence[AgendaItem]) -> tuple[int, ...]:
    return tuple(item.pk for item in items)


def day_of(item: AgendaItem) -> date:
    """The day of its meeting; today while it waits in the backlog."""
    return timezone.localdate(item.meeting.starts_at) if item.meeting else clock.today()


def last_looks(items: Sequence[AgendaItem], initiatives: Mapping[int, Initiative]) -> dict[int, datetime]:
    """When each initiative was last decided on before their meeting began, else when its body last met, by its id."""
    if not items:
        return {}
    meeting = items[0].meeting
    met = last_meeting(Forum.objects.get(pk=items[0].forum_id), day_of(items[0]))
    decided = Decision.objects.filter(initiative__in=[each.pk for each in initiatives.values()])
    if meeting and meeting.started_at:
        decided = decided.filter(decided_at__lt=meeting.started_at)
    latest = dict(decided.order_by("initiative", "-pk").distinct("initiative").values_list("initiative", "decided_at"))
    return {each.pk: latest.get(each.pk, met) for each in initiatives.values()}


def _votes_in(person: User) -> set[int]:
    seats = Membership.objects.on(clock.today()).voting().filter(person=person)
    return {*seats.values_list("forum", flat=True)}
