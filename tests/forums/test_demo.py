"""The invented seats of a demonstration."""

import pytest

from aiso.events.models import Event
from forums import tasks
from forums.models import Forum, Membership
from portfolio.demo import staff

pytestmark = pytest.mark.django_db


def test_each_forum_can_decide_however_often_the_demo_is_told():
    staff.hire()
    event = Event.objects.create(name="demo.told")
    for _ in range(2):
        tasks.seat_invented_people(event.pk)

    for forum in Forum.objects.all():
        voting = forum.memberships.voting().count()
        assert voting >= forum.quorum(voting) > 0, forum
    assert Membership.objects.count() == 15
