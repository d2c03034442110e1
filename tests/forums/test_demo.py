"""The invented seats of a demonstration."""

import pytest

from forums.demo import seat_people
from forums.models import Forum, Membership
from portfolio.demo import staff

pytestmark = pytest.mark.django_db


def test_each_forum_can_decide_however_often_the_demo_is_told():
    staff.hire()
    for _ in range(2):
        seat_people(staff.hired())

    for forum in Forum.objects.all():
        voting = forum.memberships.voting().count()
        assert voting >= forum.quorum(voting) > 0, forum
    assert Membership.objects.count() == 15
