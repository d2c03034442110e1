"""What two hundred people who follow one meeting cost: those who see the same share what was drawn once.

So a section draws by roles, by the seat, and by the part that a person has in the item's initiative; never by what
they alone may see of other initiatives.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from hashlib import sha256
from threading import RLock
from typing import Any

from django.core.cache import cache

from aiso.accounts.models import User
from portfolio.models import Ownership

from .item_page import Drawn, sections_of
from .models import AgendaItem, Meeting
from .recusals import recused_from
from .votes import Chamber

# Seconds that what was drawn is shared: its minutes would otherwise stand still for whoever opens it later.
SHARED = 30
# Seconds after which a follower is asked anew who they are and what they may see: a role that was taken away shows for
# no longer. Each asks at another moment, so that nobody has to be asked in the second after a change.
CHECKED = 30
# All ask within a second of a change: one thread draws what they share, the others wait for it instead of drawing too.
_drawing = RLock()


@dataclass(frozen=True)
class Company:
    """Who follows a meeting in a way of their own: members vote on their screen, and whoever has a part in the item
    may see more of it.
    """

    seats: dict[int, tuple[str, bool]]
    parties: frozenset[int]
    confidential: frozenset[int]
    is_confidential_now: bool


def check(meeting: Meeting, person: User, number: int, session: str) -> str:
    """By what this person sees the meeting, for `whole`; empty for whose screen is drawn for them alone.

    It holds for the session until it is checked again, so that what changes is told at once to all who asked before.
    """
    company = _company(meeting, number)
    sight = ""
    if person.pk not in company.seats and _shares(company, person):
        sight = _digest((_reach(person), _hidden(company, person)))
    cache.set(ticket_of(meeting.pk, session), sight, CHECKED)
    return sight


def whole(meeting: Meeting, number: int, sight: str, draw: Callable[[], str]) -> str:
    """What `draw` gives, or gave at this beat to somebody who sees the same."""
    if not sight:
        return draw()
    text: str = _once(part_of(meeting.pk, number, sight), draw)
    return text


def ticket_of(meeting_id: int, session: str) -> str:
    """Where the cache keeps by what the person of a session sees a meeting."""
    return f"meeting-ticket:{meeting_id}:{session}"


def company_of(meeting_id: int, number: int) -> str:
    """Where the cache keeps who follows in a way of their own at a beat."""
    return f"meeting-company:{meeting_id}:{number}"


def part_of(meeting_id: int, number: int, sight: str) -> str:
    """Where the cache keeps what was drawn at a beat."""
    return f"meeting-part:{meeting_id}:{number}:{sight}"


def sections(meeting: Meeting, person: User, number: int, item: AgendaItem) -> list[Drawn]:
    """The sections of the item on screen, drawn at this beat for whoever sees the same and holds a like seat."""

    def draw() -> list[Drawn]:
        return sections_of([item], person)[item.pk]

    company = _company(meeting, number)
    if not _shares(company, person):
        return draw()
    sight = (_reach(person), company.seats.get(person.pk))
    drawn: list[Drawn] = _once(f"meeting-sections:{meeting.pk}:{number}:{item.pk}:{_digest(sight)}", draw)
    return drawn


def _company(meeting: Meeting, number: int) -> Company:
    company: Company = _once(company_of(meeting.pk, number), lambda: _read_company(meeting))
    return company


def _read_company(meeting: Meeting) -> Company:
    now = meeting.items.select_related("initiative").filter(pk=meeting.current_id or 0).first()
    secret = {*meeting.items.filter(initiative__is_confidential=True).values_list("pk", flat=True)}
    parties: set[int] = set()
    if now:
        parties |= {*Ownership.objects.current().filter(initiative=now.initiative_id).values_list("person", flat=True)}
        parties |= recused_from([now])[now.pk].keys()
    return Company(
        seats={seat.person_id: (seat.role, seat.has_vote) for seat in Chamber(meeting).seats},
        parties=frozenset(parties),
        confidential=frozenset(secret),
        is_confidential_now=meeting.current_id in secret,
    )


def _shares(company: Company, person: User) -> bool:
    """What is confidential is shared with nobody; whoever has a part in the item has a screen of their own."""
    return not company.is_confidential_now and person.pk not in company.parties


def _reach(person: User) -> Hashable:
    reach = {role: None if units is None else tuple(sorted(units)) for role, units in person.role_units.items()}
    return tuple(sorted(reach.items()))


def _hidden(company: Company, person: User) -> tuple[int, ...]:
    """The confidential items that the person does not see."""
    if not company.confidential:
        return ()
    seen = AgendaItem.objects.filter(pk__in=company.confidential).visible_to(person).values_list("pk", flat=True)
    return tuple(sorted(company.confidential - {*seen}))


def _once(key: str, make: Callable[[], Any]) -> Any:
    """What the cache keeps under this name, made by one thread when it keeps nothing."""
    if (kept := cache.get(key)) is not None:
        return kept
    with _drawing:
        if (kept := cache.get(key)) is None:
            cache.set(key, kept := make(), SHARED)
    return kept


def _digest(told: Hashable) -> str:
    return sha256(repr(told).encode()).hexdigest()
