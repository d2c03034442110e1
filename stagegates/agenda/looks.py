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

from ..asked_money import Asked, bodies_of_requests
from ..askings import all_bodies
from ..deciding import is_body_or_higher
from ..models import Decision, Expansion, FundingRequest, GateReview
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
        """The items whose money the person sees: by their role, as an owner, and on what they are to vote on, while
        that waits for the item's forum or a lower body.

        A fixed number of queries: two at most, unless somebody is to vote on what is asked for outside a gate.
        """
        return once(("money seen", self.key, person.pk), lambda: self._seen_by(person))

    def _seen_by(self, person: User) -> set[int]:
        sees = money_seen_among(person, self.initiatives.values())
        shown = {pk for pk, initiative in self.initiatives.items() if sees(initiative)}
        votes_in = _votes_in(person)
        voted_on = [item for item in self.items if item.pk not in shown and item.forum_id in votes_in]
        return shown | self._before_their_forum(voted_on)

    def _before_their_forum(self, items: Sequence[AgendaItem]) -> set[int]:
        """Those on which their forum can rule now. Anybody with a seat may put an initiative on the agenda of a forum
        that has no say in it.
        """
        bodies = self._waited_for(items)
        if not bodies:
            return set()
        forums = {forum.pk: forum for forum in all_bodies().values()}
        return {item.pk for item in items if is_body_or_higher(forums[item.forum_id], bodies.get(item.pk))}

    def _waited_for(self, items: Sequence[AgendaItem]) -> dict[int, Forum | None]:
        """The body that what each item asks waits for, by the item's id, while it waits for one."""
        reviews = {item.pk: self.reviews[item.pk] for item in items if item.pk in self.reviews}
        found = {pk: review.body for pk, review in reviews.items() if review.is_ready}
        requests = {item.pk: self.requests[item.pk] for item in items if item.pk in self.requests}
        for kind in (FundingRequest, Expansion):
            of_kind = {pk: each for pk, each in requests.items() if isinstance(each, kind) and each.is_open}
            bodies = bodies_of_requests([*of_kind.values()]) if of_kind else {}
            found |= {pk: bodies[each.pk] for pk, each in of_kind.items()}
        return found

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
