"""What two hundred people who follow one meeting cost: those who see the same share what was drawn once."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from hashlib import sha256

from django.core.cache import cache

from aiso.accounts.models import User
from portfolio.models import Ownership

from .models import AgendaItem, Meeting
from .recusals import recused_from
from .votes import Chamber

# Seconds that what was drawn is shared: its minutes would otherwise stand still for whoever opens it later.
SHARED = 30


@dataclass(frozen=True)
class Company:
    """Who follows a meeting in a way of their own: members vote on their screen, and whoever has a part in the item
    may see more of it.
    """

    own: frozenset[int]
    confidential: frozenset[int]
    is_confidential_now: bool


def shared(meeting: Meeting, person: User, number: int, draw: Callable[[], str]) -> str:
    """What `draw` gives for this person, or gave at this beat to somebody who sees the same."""
    audience = _audience(meeting, person, number)
    if audience is None:
        return draw()
    key = f"meeting-part:{meeting.pk}:{number}:{sha256(repr(audience).encode()).hexdigest()}"
    kept: str | None = cache.get(key)
    if kept is None:
        kept = draw()
        cache.set(key, kept, SHARED)
    return kept


def _audience(meeting: Meeting, person: User, number: int) -> Hashable | None:
    """Whoever is of the same audience sees the same; None for whom it is drawn alone. What is confidential is shared
    with nobody; everybody else sees by their roles.
    """
    key = f"meeting-company:{meeting.pk}:{number}"
    company: Company | None = cache.get(key)
    if company is None:
        cache.set(key, company := _company(meeting), SHARED)
    if person.pk in company.own or company.is_confidential_now:
        return None
    reach = {role: None if units is None else tuple(sorted(units)) for role, units in person.role_units.items()}
    return sorted(reach.items()), _hidden(company, person)


def _company(meeting: Meeting) -> Company:
    items = [*meeting.items.select_related("initiative")]
    own = {seat.person_id for seat in Chamber(meeting).seats}
    now = next((item for item in items if item.pk == meeting.current_id), None)
    if now and now.initiative_id:
        own |= {*Ownership.objects.current().filter(initiative=now.initiative_id).values_list("person", flat=True)}
    if now:
        own |= recused_from([now])[now.pk].keys()
    secret = {item.pk for item in items if item.initiative and item.initiative.is_confidential}
    return Company(frozenset(own), frozenset(secret), now is not None and now.pk in secret)


def _hidden(company: Company, person: User) -> tuple[int, ...]:
    """The confidential items that the person does not see."""
    if not company.confidential:
        return ()
    seen = AgendaItem.objects.filter(pk__in=company.confidential).visible_to(person).values_list("pk", flat=True)
    return tuple(sorted(company.confidential - {*seen}))
