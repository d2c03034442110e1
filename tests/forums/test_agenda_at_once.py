"""Two people at one agenda in the same moment."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from aiso import clock
from aiso.errors import DomainError
from forums.actions.agenda import fill_agenda, put_in_backlog, take_off
from forums.actions.meetings import make_meetings
from forums.models import Forum
from forums.sources import Proposed
from tests.factories import make_initiative, make_item, make_meeting

from .conftest import NOON


def both(deed: Callable[[int], object]) -> list[str]:
    """Do a deed twice at once, as number 0 and 1; what became of each, in words."""
    together, told = threading.Barrier(2), ["", ""]

    def do(number: int) -> None:
        together.wait()
        try:
            with clock.fixed_at(NOON):
                deed(number)
            told[number] = "done"
        except DomainError as error:
            told[number] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


@pytest.fixture
def forum(transactional_db) -> Forum:
    return Forum.objects.get(slug="portfolio-review")


def test_two_who_refresh_put_each_key_once(forum, proposed):
    with clock.fixed_at(NOON):
        meeting = make_meeting()
    proposed += [Proposed(str(number), f"Item {number}") for number in range(5)]

    assert both(lambda number: fill_agenda(meeting)) == ["done", "done"]
    assert sorted(item.key for item in meeting.items.all()) == ["0", "1", "2", "3", "4"]


def test_one_of_two_puts_an_initiative_in_the_backlog(forum, office_member):
    initiative = make_initiative()

    told = both(lambda number: put_in_backlog(forum, actor=office_member, initiative=initiative))

    assert (told, forum.items.count()) == (["DomainError", "done"], 1)


def test_one_of_two_takes_an_item_off(forum, office_member):
    with clock.fixed_at(NOON):
        item = make_item(make_meeting())

    assert both(lambda number: take_off(item, actor=office_member)) == ["DomainError", "done"]


def test_two_nights_at_once_make_each_meeting_once(forum, closed_days):
    assert both(lambda number: make_meetings(forum.cadence)) == ["done", "done"]
    assert forum.meetings.count() == 3
