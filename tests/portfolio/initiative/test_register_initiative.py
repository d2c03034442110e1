"""The office enters what already runs."""

from datetime import timedelta

import pytest

from aiso import clock
from aiso.accounts.models import Role
from portfolio.models import Initiative
from tests.factories import make_person, make_unit

from .forms import events

pytestmark = pytest.mark.django_db
ADDRESS = "/initiatives/new/"


def filled(place, **other):
    return {
        "name": "Pump watch",
        "unit": place.pk,
        "stage": "pilot",
        "since": "2026-03-02",
        "summary": "Fewer stops.",
        "outcome": "Two stops a month instead of five.",
    } | other


def test_it_enters_with_the_stage_it_is_in(client, office_member):
    client.force_login(office_member)

    response = client.post(ADDRESS, filled(make_unit()))

    initiative = Initiative.objects.get()
    assert response.headers["Location"] == initiative.get_absolute_url()
    assert (initiative.stage, str(initiative.stage_since), initiative.created_by) == (
        "pilot",
        "2026-03-02",
        office_member,
    )
    assert initiative.outcome == "Two stops a month instead of five."
    assert initiative.stage_changes.get().source == "opening"
    assert events("initiative.registered")[0].payload["initiatives"] == [initiative.pk]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"name": ""}, "This field is required"),
        ({"stage": "closed"}, "Select a valid choice"),
        ({"since": (clock.today() + timedelta(days=2)).isoformat()}, "cannot begin after today"),
        ({"unit": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_is_told(client, office_member, sent, told):
    client.force_login(office_member)

    response = client.post(ADDRESS, filled(make_unit(), **sent))

    assert response.status_code == 422
    assert told in response.content.decode()
    assert not Initiative.objects.exists()


@pytest.mark.parametrize("who", ["stranger", "auditor", "business_owner", "requester", "executive"])
def test_only_the_office_does(client, request, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, filled(make_unit())).status_code == 403


def test_an_office_of_one_unit_enters_nothing_elsewhere(client):
    own, other = make_unit(), make_unit()
    client.force_login(make_person("", Role.OFFICE_MEMBER, role_unit=own))

    assert client.post(ADDRESS, filled(other)).status_code == 403
    assert client.post(ADDRESS, filled(own)).status_code == 302
