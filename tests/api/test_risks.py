"""Risks on the API."""

from datetime import timedelta

import pytest

from aiso import clock
from aiso.events.models import Event
from portfolio.models import Risk
from tests.factories import make_acceptance, make_initiative, make_risk

from .conftest import kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def risk(initiative, technical_owner) -> Risk:
    return make_risk(initiative, technical_owner, "Wrong orders")


@pytest.fixture
def address(initiative) -> str:
    return f"initiatives/{initiative.reference}/risks/"


def facts(owner, /, **other) -> dict:
    told = {"title": "Wrong orders", "cause": "Few labels", "event": "wrong answers", "effect": "late orders"}
    told |= {"likelihood": 4, "impact": 3, "treatment": "reduce", "measures": "More labels.", "residual_likelihood": 2}
    return told | {"owner": owner.pk, "due_on": clock.days_ahead(30).isoformat()} | other


def test_one_goes_all_its_way(office, address, technical_owner):
    raised = office.post(address, facts(technical_owner))
    assert raised.status_code == 201
    told = raised.json()
    assert (told["score"], told["residual_score"], told["level"], told["standing"]) == (12, 6, "Moderate", "none")

    one = f"{address}{told['id']}/"
    until = {"reason": "Borne.", "until": clock.days_ahead(90).isoformat()}
    assert kind(office.post(f"{one}accept/", until), 403) == "forbidden"
    # Somebody else raised it.
    Risk.objects.update(raised_by=technical_owner, assessed_by=technical_owner)
    assert (
        office.patch(one, {"title": "Late orders", "was": {"title": "Wrong orders"}}).json()["title"] == "Late orders"
    )
    assert kind(office.patch(one, {"title": "Other", "was": {"title": "Wrong orders"}}), 409) == "conflict"
    assert kind(office.patch(one, {"title": "Other"}, if_match='"old"'), 412) == "stale"
    assert kind(office.post(f"{one}accept/", until | {"until": clock.days_ahead(400).isoformat()}), 422) == "invalid"
    accepted = office.post(f"{one}accept/", until).json()
    assert (accepted["standing"], accepted["acceptance"]["residual_score"]) == ("accepted", 6)
    assert kind(office.post(f"{one}accept/", until), 409) == "refused"
    assert office.post(f"{one}withdraw/", {"reason": "Wrong."}).json()["acceptance"] is None
    assert kind(office.post(f"{one}withdraw/", {"reason": "Wrong."}), 409) == "refused"
    assert office.post(f"{one}accept/", until).json()["standing"] == "accepted"
    assert office.patch(one, {"residual_likelihood": 4}).json()["standing"] == "none"
    assert kind(office.post(f"{one}accept/", until), 403) == "forbidden"
    for deed, status in (("treat", "treated"), ("close", "closed"), ("reopen", "open")):
        assert kind(office.post(f"{one}{deed}/", {}), 422) == "invalid"
        assert office.post(f"{one}{deed}/", {"reason": "So."}).json()["status"] == status
        assert kind(office.post(f"{one}{deed}/", {"reason": "So."}), 409) == "refused"
    history = office.get(f"{one}history/").json()["results"]
    assert any("Acceptance of" in line["what"] for entry in history for line in entry["lines"])
    names = Event.objects.filter(name__startswith="risk.").order_by("pk").values_list("name", flat=True)
    assert [*names] == [
        *("risk.raised", "risk.changed", "risk.accepted", "risk.acceptance_withdrawn", "risk.accepted"),
        *("risk.changed", "risk.acceptance_voided", "risk.treated", "risk.closed", "risk.reopened"),
    ]


def test_wrong_facts_are_named(office, address, technical_owner):
    past = (clock.today() - timedelta(days=1)).isoformat()
    wrong = ({"likelihood": 6}, {"impact": 0}, {"due_on": past}, {"owner": 10**9}, {"colour": "red"}, {"measures": ""})
    for each in (*wrong, {"residual_impact": 4}, {"title": ""}):
        assert kind(office.post(address, facts(technical_owner, **each)), 422) == "invalid"
    assert not Risk.objects.exists()


def test_others_read_and_may_not(nobody, address, risk):
    assert nobody.get(address).json()["results"][0]["title"] == "Wrong orders"
    assert kind(nobody.post(address, facts(risk.owner)), 403) == "forbidden"
    one = f"{address}{risk.pk}/"
    assert kind(nobody.patch(one, {"title": "Other"}), 403) == "forbidden"
    for deed in ("treat", "close", "reopen", "withdraw"):
        assert kind(nobody.post(f"{one}{deed}/", {"reason": "So."}), 403) == "forbidden"
    until = {"reason": "Borne.", "until": clock.days_ahead(9).isoformat()}
    assert kind(nobody.post(f"{one}accept/", until), 403) == "forbidden"
    assert kind(nobody.get(f"{address}1000000/"), 404) == "not-found"


def test_a_secret_ones_are_not_there(nobody, address, risk, secret):
    assert kind(nobody.get(address), 404) == "not-found"
    assert kind(nobody.post(f"{address}{risk.pk}/close/", {"reason": "So."}), 404) == "not-found"
    assert kind(nobody.get(f"{address}{risk.pk}/history/"), 404) == "not-found"
    assert nobody.get("risks/").json()["results"] == []
    assert sum(cell["count"] for cell in nobody.get("risks/heat-map/").json()["cells"]) == 0


def test_all_are_found_and_counted(nobody, risk, office_member, django_assert_max_num_queries):
    other = make_initiative("Claims")
    grave = make_risk(other, office_member, "Hurt people", likelihood=5, impact=5, residual_impact=5)
    make_acceptance(grave, office_member, clock.today() - timedelta(days=1))

    def found(**query: object) -> list[str]:
        return [row["title"] for row in nobody.get("risks/", query).json()["results"]]

    found()
    with django_assert_max_num_queries(8):
        assert found() == ["Hurt people", "Wrong orders"]
    assert found(appetite="above") == found(unit=other.unit_id) == found(acceptance="expired") == ["Hurt people"]
    assert found(likelihood=5, impact=5, basis="inherent") == found(owner=office_member.pk) == ["Hurt people"]
    assert found(initiative=risk.initiative_id) == ["Wrong orders"]
    assert found(state="closed") == found(state="mine") == found(status="treated") == found(due="past") == []
    assert kind(nobody.get("risks/", {"state": "junk"}), 400) == "parameter"
    heat = nobody.get("risks/heat-map/", {"basis": "inherent"}).json()
    counted = {(cell["likelihood"], cell["impact"]): cell["count"] for cell in heat["cells"] if cell["count"]}
    assert (heat["appetite"], len(heat["cells"]), counted) == (9, 25, {(4, 3): 1, (5, 5): 1})
