"""A meeting of the portfolio review with its people, ready to begin."""

from datetime import UTC, datetime

import pytest

from aiso import clock
from aiso.accounts.models import User
from aiso.events.models import Event
from forums import recusals
from forums.actions.live import arrive, start_meeting
from forums.models import AgendaItem, Forum, Meeting
from tests.factories import make_person, make_seat

NINE = datetime(2026, 7, 2, 9, tzinfo=UTC)


@pytest.fixture
def at_nine():
    with clock.fixed_at(NINE):
        yield


@pytest.fixture
def review(db) -> Forum:
    return Forum.objects.get(slug="portfolio-review")


def seated(name: str, role: str = "member") -> User:
    person = make_person(name)
    make_seat("portfolio-review", person, role, since=NINE.date())
    return person


@pytest.fixture
def chair(at_nine, review) -> User:
    return seated("Carla Chair", "chair")


@pytest.fixture
def secretary(at_nine, review) -> User:
    return seated("Sina Scribe", "secretary")


@pytest.fixture
def member(at_nine, review) -> User:
    return seated("Milo Member")


@pytest.fixture
def other(at_nine, review) -> User:
    return seated("Mona Member")


def meeting_with(*titles: str) -> Meeting:
    forum = Forum.objects.get(slug="portfolio-review")
    meeting = Meeting.objects.create(forum=forum, starts_at=NINE, minutes_planned=60, state="open", opened_at=NINE)
    for position, title in enumerate(titles, start=1):
        add_item(meeting, title, position)
    return meeting


def add_item(meeting: Meeting, title: str, position: int, **fields) -> AgendaItem:
    return AgendaItem.objects.create(forum=meeting.forum, meeting=meeting, title=title, position=position, **fields)


@pytest.fixture
def meeting(at_nine, review) -> Meeting:
    return meeting_with("Pumps", "Invoices", "Routes")


@pytest.fixture
def running(meeting, chair) -> Meeting:
    return start_meeting(meeting, actor=chair)


@pytest.fixture
def pumps(running) -> AgendaItem:
    return running.items.get(title="Pumps")


def come(meeting: Meeting, *people: User) -> None:
    for person in people:
        arrive(meeting, actor=person, person=person)


@pytest.fixture
def recused(monkeypatch) -> dict[int, str]:
    """Who is recused from every item, and why: fill it."""
    people: dict[int, str] = {}
    monkeypatch.setattr(recusals, "_finders", [lambda items: {item.pk: people for item in items}])
    return people


def events(name: str) -> list[dict]:
    return [event.payload for event in Event.objects.filter(name=name).order_by("pk")]
