"""The invented seats of a demonstration."""

import pytest

from forums.demo import seat_people
from forums.demo_minutes import tell_of_minutes
from forums.models import ActionItem, AgendaItem, Forum, Membership, Minutes
from portfolio.demo import staff
from tests.factories import make_initiative

pytestmark = pytest.mark.django_db


def test_each_forum_can_decide_however_often_the_demo_is_told():
    staff.hire()
    for _ in range(2):
        seat_people(staff.hired())

    for forum in Forum.objects.all():
        voting = forum.memberships.voting().count()
        assert voting >= forum.quorum(voting) > 0, forum
    assert Membership.objects.count() == 15


def test_a_meeting_of_the_demo_was_held(office_lead):
    staff.hire()
    people = staff.hired()
    seat_people(people)
    for _ in range(6):
        make_initiative(owner=office_lead)
    make_initiative(is_confidential=True)

    for _ in range(2):
        tell_of_minutes(people)

    minutes = Minutes.objects.get()
    assert [item["state"] for item in minutes.content["items"]] == ["done", "done", "done", "deferred"]
    assert [vote["choice"] for vote in minutes.content["items"][0]["votes"]] == ["for", "for", "against"]
    assert AgendaItem.objects.backlog().get().came_from is not None
    assert minutes.addenda.signed().count() == 1
    assert {action.state for action in ActionItem.objects.all()} == {"open", "overdue", "done", "dropped"}
