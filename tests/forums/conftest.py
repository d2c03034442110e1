"""A forum with its people, and sources that propose what a test tells them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

import pytest

from aiso import clock, workdays
from aiso.accounts.models import User
from aiso.events.models import Event
from aiso.workdays import Calendar
from forums import sources
from forums.models import Forum, Meeting
from forums.sources import Proposed, Source, register_source
from tests.factories import make_meeting, make_person, make_seat

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture
def at_noon():
    with clock.fixed_at(NOON):
        yield


@pytest.fixture
def closed_days(monkeypatch) -> dict[date, str]:
    """Days on which the office is closed, besides weekends."""
    closed: dict[date, str] = {}
    calendar = Calendar(frozenset(range(5)), closed=closed)
    monkeypatch.setattr(workdays, "calendar_in_force", lambda: calendar)
    return closed


@pytest.fixture
def review(db) -> Forum:
    return Forum.objects.get(slug="portfolio-review")


@pytest.fixture
def chair(at_noon, review) -> User:
    person = make_person("Carla Chair")
    make_seat(review.slug, person, "chair")
    return person


@pytest.fixture
def member(at_noon, review) -> User:
    person = make_person("Milo Member")
    make_seat(review.slug, person)
    return person


@pytest.fixture
def meeting(at_noon, review) -> Meeting:
    return make_meeting(review.slug, starts_at=datetime(2026, 7, 2, 8, tzinfo=UTC), minutes_planned=60)


@pytest.fixture
def proposed(monkeypatch) -> list[Proposed]:
    """What the one source of these tests proposes: change it and fill again."""
    found: list[Proposed] = []
    monkeypatch.setattr(sources, "_sources", {})
    register_source(Source("ready", "Ready to decide", "portfolio-review", find=_finder(found)))
    return found


def _finder(found: list[Proposed]):
    def find(forum: Forum, day: date) -> Iterable[Proposed]:
        return [*found]

    return find


def events(name: str) -> list[dict]:
    return [event.payload for event in Event.objects.filter(name=name).order_by("pk")]
