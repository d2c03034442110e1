"""The demonstration's coming portfolio review has something to decide."""

import pytest

from portfolio.models import Stage
from stagegates.demo.agenda import tell_of_the_agenda
from stagegates.models import GateReview
from tests.factories import make_initiative, make_person, make_seat

from .conftest import make_meeting

pytestmark = pytest.mark.django_db


def test_reviews_wait_and_the_agenda_is_filled(office_lead):
    make_seat("portfolio-review", make_person("Carla Chair"), "chair")
    owners = {"technical_owner": make_person(), "risk_owner": make_person()}
    for stage in (Stage.DISCOVERY, Stage.PILOT):
        make_initiative(stage=stage, owner=make_person(), risk_tier="moderate", **owners)
    meeting = make_meeting(live=False)
    tell_of_the_agenda({"office-member": office_lead})
    assert GateReview.objects.ready().count() == 2
    assert meeting.items.filter(source="ready_to_decide").count() == 2
