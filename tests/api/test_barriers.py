"""Barriers on the API."""

from datetime import timedelta

import pytest

from aiso import clock
from aiso.events.models import Event
from portfolio.models import Barrier, BarrierKind
from tests.factories import make_barrier, make_initiative

from .conftest import kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def barrier(initiative, technical_owner) -> Barrier:
    return make_barrier(initiative, technical_owner, "No log")


@pytest.fixture
def address(initiative) -> str:
    return f"initiatives/{initiative.reference}/barriers/"


def test_one_is_raised_changed_lifted_and_reopened(office, address, technical_owner):
    data = BarrierKind.objects.get(name="Data access")
    sent = {"kind": data.pk, "what": "No log", "owner": technical_owner.pk}
    raised = office.post(address, sent)
    assert raised.status_code == 201
    told = raised.json()
    assert (told["kind"]["name"], told["is_late"], told["lifted_at"]) == ("Data access", False, None)

    one = f"{address}{told['id']}/"
    assert office.patch(one, {"what": "No log at all", "was": {"what": "No log"}}).json()["what"] == "No log at all"
    assert kind(office.patch(one, {"what": "Other", "was": {"what": "No log"}}), 409) == "conflict"
    assert kind(office.patch(one, {"what": "Other"}, if_match='"old"'), 412) == "stale"
    assert office.patch(one, {"waiting_on": "IT"}, if_match=office.get(one).headers["ETag"]).status_code == 200
    assert kind(office.post(f"{one}lift/", {}), 422) == "invalid"
    assert office.post(f"{one}lift/", {"how": "Granted."}).json()["how"] == "Granted."
    assert kind(office.post(f"{one}lift/", {"how": "Granted."}), 409) == "refused"
    assert office.post(f"{one}reopen/").json()["lifted_at"] is None
    assert kind(office.post(f"{one}reopen/"), 409) == "refused"
    names = Event.objects.filter(name__startswith="barrier.").order_by("pk").values_list("name", flat=True)
    assert [*names] == [f"barrier.{each}" for each in ("raised", "changed", "changed", "lifted", "reopened")]


def test_wrong_facts_are_named(office, address, technical_owner):
    data = BarrierKind.objects.get(name="Data access").pk
    past = (clock.today() - timedelta(days=1)).isoformat()
    sent = {"kind": data, "what": "No log", "owner": technical_owner.pk}

    for wrong in ({"wanted_by": past}, {"kind": 10**9}, {"what": ""}, {"owner": 10**9}, {"colour": "red"}):
        assert kind(office.post(address, sent | wrong), 422) == "invalid"
    assert not Barrier.objects.exists()


def test_others_read_and_may_not(nobody, address, barrier):
    assert nobody.get(address).json()["results"][0]["what"] == "No log"
    sent = {"kind": barrier.kind_id, "what": "More", "owner": barrier.owner_id}
    assert kind(nobody.post(address, sent), 403) == "forbidden"
    one = f"{address}{barrier.pk}/"
    assert kind(nobody.patch(one, {"what": "Other"}), 403) == "forbidden"
    assert kind(nobody.post(f"{one}lift/", {"how": "Granted."}), 403) == "forbidden"
    assert kind(nobody.get(f"{address}1000000/"), 404) == "not-found"


def test_a_secret_ones_are_not_there(nobody, address, barrier, secret):
    assert kind(nobody.get(address), 404) == "not-found"
    assert kind(nobody.post(f"{address}{barrier.pk}/lift/", {"how": "Granted."}), 404) == "not-found"
    assert nobody.get("barriers/").json()["results"] == []


def test_all_are_found_by_state_owner_kind_and_unit(nobody, barrier, office_member, django_assert_max_num_queries):
    other = make_initiative("Claims")
    budget = BarrierKind.objects.get(name="Budget")
    make_barrier(other, office_member, "No money", kind=budget, wanted_by=clock.today() - timedelta(days=2))

    def found(**query: object) -> list[str]:
        return [row["what"] for row in nobody.get("barriers/", query).json()["results"]]

    found()
    with django_assert_max_num_queries(8):
        assert found() == ["No money", "No log"]
    assert found(state="late") == found(kind=budget.pk) == found(unit=other.unit_id) == ["No money"]
    assert found(owner=barrier.owner_id) == ["No log"]
    assert found(state="lifted") == found(state="mine") == []
    assert kind(nobody.get("barriers/", {"state": "junk"}), 400) == "parameter"
