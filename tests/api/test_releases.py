"""Releases on the API."""

import pytest

from portfolio.models import OwnerKind
from tests.factories import make_criterion, make_initiative, make_ownership, make_release

from .conftest import kind

pytestmark = pytest.mark.django_db
QUALITY = {"name": "Right answers", "category": "evaluation", "demand": "at_least", "threshold": "90", "unit": "%"}


@pytest.fixture
def address(initiative) -> str:
    return f"initiatives/{initiative.reference}/releases/"


def test_one_is_recorded_measured_and_let_out(office, script, initiative, risk_owner, address):
    made = office.post(address, {"name": "2.1", "scope": "One site", "volume_share": "10"})
    assert made.status_code == 201
    assert kind(office.post(address, {"name": "2.1", "scope": "One site"}), 422) == "invalid"
    one = f"{address}{made.json()['id']}/"

    criterion = office.post(f"{one}criteria/", QUALITY)
    assert criterion.status_code == 201
    assert criterion.json()["verdict"] == "not_measured"
    assert kind(office.post(f"{one}criteria/", QUALITY | {"name": "No figure", "threshold": None}), 422) == "invalid"
    below = f"{one}criteria/{criterion.json()['id']}/"
    assert office.post(f"{below}result/", {"result": "85"}).json()["verdict"] == "not_met"
    assert kind(office.post(f"{below}result/", {"answer": True}), 422) == "invalid"
    assert office.get(one).json()["standing"]["stopping"] == ["Right answers"]

    assert kind(office.post(f"{one}release/"), 409) == "refused"
    make_ownership(initiative, risk_owner, OwnerKind.RISK)
    accepts = script(risk_owner)
    assert kind(accepts.post(f"{one}release/"), 422) == "invalid"
    out = accepts.post(f"{one}release/", {"despite": "Watched by hand."})
    assert (out.status_code, out.json()["despite"]) == (200, "Watched by hand.")
    assert kind(office.post(f"{below}result/", {"result": "95"}), 409) == "refused"
    assert kind(office.delete(below), 409) == "refused"
    assert kind(office.patch(one, {"scope": "All"}), 409) == "refused"


def test_the_next_one_begins_with_its_criteria(office, office_member, initiative, address):
    criterion = make_criterion(make_release(initiative, office_member, "1"), "Right answers", result=95)
    made = office.post(address, {"name": "2", "scope": "All", "like": criterion.release_id}).json()
    assert made["standing"]["not_measured"] == 1
    [taken] = office.get(f"{address}{made['id']}/criteria/").json()["results"]
    assert (taken["name"], taken["result"]) == ("Right answers", None)
    below = f"{address}{made['id']}/criteria/{taken['id']}/"
    assert office.patch(below, {"threshold": "95", "was": {"threshold": "90"}}).json()["threshold"] == "95.0000"
    assert kind(office.patch(below, {"threshold": "80", "was": {"threshold": "90"}}), 409) == "conflict"
    assert office.delete(below).status_code == 204
    elsewhere = make_release(make_initiative(), office_member)
    assert kind(office.post(address, {"name": "3", "scope": "All", "like": elsewhere.pk}), 422) == "invalid"


def test_others_read_and_may_not(nobody, initiative, office_member, address):
    criterion = make_criterion(make_release(initiative, office_member, "1"))
    one = f"{address}{criterion.release_id}/"
    below = f"{one}criteria/{criterion.pk}/"

    assert [row["name"] for row in nobody.get(address).json()["results"]] == ["1"]
    assert nobody.get(below).status_code == 200
    assert kind(nobody.post(address, {"name": "2", "scope": "All"}), 403) == "forbidden"
    assert kind(nobody.patch(one, {"scope": "All"}), 403) == "forbidden"
    assert kind(nobody.post(f"{one}release/"), 403) == "forbidden"
    assert kind(nobody.post(f"{one}criteria/", QUALITY), 403) == "forbidden"
    assert kind(nobody.post(f"{below}result/", {"result": "1"}), 403) == "forbidden"
    assert kind(nobody.delete(below), 403) == "forbidden"
    assert kind(nobody.get(f"{address}1000000/"), 404) == "not-found"


def test_a_secret_ones_are_not_there(nobody, office_member, secret, address):
    release = make_release(secret, office_member)
    assert kind(nobody.get(address), 404) == "not-found"
    assert kind(nobody.post(f"{address}{release.pk}/release/"), 404) == "not-found"
