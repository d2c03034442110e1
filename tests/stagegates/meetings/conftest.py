"""A portfolio review in progress, with an item about a review that waits."""

from datetime import timedelta
from typing import Any

import pytest

from aiso import clock
from aiso.accounts.models import User
from forums.models import AgendaItem, Forum, ItemVote, Meeting
from stagegates.models import GateReview, ReviewItem
from tests.factories import make_person
from tests.stagegates.decisions.conftest import (  # noqa: F401
    chair,
    delegate,
    initiative,
    member,
    review,
    seat,
    secretary,
    sponsor,
)


def make_meeting(slug: str = "portfolio-review", *, live: bool = True, **fields: Any) -> Meeting:
    """In progress since now, or a draft for next week."""
    now = clock.now()
    told = {"state": "in_progress", "starts_at": now, "started_at": now} if live else {}
    told = told or {"starts_at": now + timedelta(days=7)}
    return Meeting.objects.create(forum=Forum.objects.get(slug=slug), **told | fields)


def make_item(meeting: Meeting, of: GateReview | None = None, **fields: Any) -> AgendaItem:
    """An item about a review, as its source puts it there."""
    told = {"title": str(of), "initiative": of.initiative, "source": "ready_to_decide"} if of else {"title": "A word"}
    item = meeting.items.create(forum=meeting.forum, **told | fields)
    if of:
        ReviewItem.objects.create(item=item, review=of)
    return item


def let_in(meeting: Meeting, *people: User) -> None:
    for person in people:
        meeting.attendance.create(person=person, has_vote=True, noted_by=person)


def vote(item: AgendaItem, person: User, choice: str = "for", *, on: str = "Approve", **said: Any) -> ItemVote:
    """A vote on a motion, which is put to the vote by it; cast `by` somebody else, or with a `reason`."""
    item.motion = on
    item.save(update_fields=["motion"])
    cast_by = said.pop("by", person)
    return ItemVote.objects.create(item=item, person=person, choice=choice, cast_by=cast_by, **said)


@pytest.fixture
def third(db) -> User:
    return seat(make_person("Thea Third"), "portfolio-review")


@pytest.fixture
def voters(chair, member, third) -> list[User]:  # noqa: F811
    """Three with a vote, all of whom must take part."""
    return [chair, member, third]


@pytest.fixture
def meeting(voters, secretary) -> Meeting:  # noqa: F811
    """In progress; everybody is there."""
    meeting = make_meeting()
    let_in(meeting, *voters)
    return meeting


@pytest.fixture
def item(meeting, review) -> AgendaItem:  # noqa: F811
    return make_item(meeting, review)
