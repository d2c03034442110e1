"""Envelopes, tranches and entries over the API: the same deeds, the same rights."""

import pytest

from aiso import clock
from portfolio.models import Bucket
from stagegates.actions.conditions import waive_condition
from stagegates.models import FundingEntry
from tests.api.conftest import Script, make_api_token
from tests.factories import make_entry

pytestmark = pytest.mark.django_db


def script(person) -> Script:
    return Script(make_api_token(person)[1])


def test_envelopes(tranches, envelope, executive, finance_controller, stranger):
    assert script(stranger).get("envelopes/").json()["results"] == []
    assert script(stranger).get(f"envelopes/{envelope.pk}/").status_code == 404
    told = script(finance_controller).get(f"envelopes/{envelope.pk}/").json()
    assert (told["amount"], told["free"], told["committed"], told["withheld"], told["released"]) == (
        "500000.00", "440000.00", "60000.00", "40000.00", "20000.00",
    )  # fmt: skip
    bucket = make_entry(Bucket)
    body = {"bucket": bucket.pk, "starts_on": "2026-01-01", "ends_on": "2026-12-31", "amount": "5", "reason": "Budget."}
    assert script(finance_controller).post("envelopes/", body).status_code == 403
    made = script(executive).post("envelopes/", body)
    assert (made.status_code, made.json()["free"]) == (201, "5.00")
    assert script(executive).post("envelopes/", body).status_code == 422
    listed = script(executive).get("envelopes/", {"on": "2026-06-01", "count": "true"}).json()
    assert bucket.pk in {each["bucket"]["id"] for each in listed["results"]}
    below = script(executive).patch(f"envelopes/{envelope.pk}/", {"amount": "1", "reason": "Cut."})
    assert below.status_code == 422
    changed = script(executive).patch(f"envelopes/{envelope.pk}/", {"amount": "70000", "reason": "Cut."})
    assert (changed.status_code, changed.json()["free"]) == (200, "10000.00")
    assert script(executive).patch(f"envelopes/{envelope.pk}/", {"amount": "80000"}).status_code == 422


def test_releasing_and_spending(tranches, chair, office_lead, finance_controller, business_owner, stranger):
    released, withheld = tranches
    one = f"tranches/{withheld.pk}/"
    assert script(stranger).get(one).status_code == 404
    assert script(business_owner).get(one).json()["withheld"] == "40000.00"
    assert script(business_owner).post(f"{one}release/").status_code == 403
    assert script(office_lead).post(f"{one}release/").status_code == 409
    waive_condition(withheld.condition, actor=chair, reason="Shown.")
    assert script(office_lead).post(f"{one}release/").json()["released"] == "40000.00"

    body = {"amount": "15.50", "spent_on": clock.today().isoformat(), "evidence": "Invoice 17", "key": "erp-1"}
    spending = f"tranches/{released.pk}/spend/"
    assert script(office_lead).post(spending, body).status_code == 403
    made = script(finance_controller).post(spending, body)
    again = script(finance_controller).post(spending, body)
    assert (made.status_code, again.json()["id"]) == (201, made.json()["id"])
    assert script(finance_controller).post(spending, body | {"amount": "16"}).status_code == 422
    assert script(finance_controller).post(spending, body | {"amount": "0"}).status_code == 422
    beyond = body | {"amount": "999999", "key": "erp-2", "most_overspent": "0"}
    assert script(finance_controller).post(spending, beyond).status_code == 422
    assert made.json()["overspent"] == "0.00"
    reverse = f"funding-entries/{made.json()['id']}/reverse/"
    assert script(finance_controller).post(reverse, {"reason": "Wrong."}).json()["amount"] == "-15.50"
    assert script(finance_controller).post(reverse, {"reason": "Wrong."}).status_code == 409
    listed = script(business_owner).get("funding-entries/", {"tranche": str(released.pk), "kind": "spend"}).json()
    assert [each["amount"] for each in listed["results"]] == ["15.50", "-15.50"]
    assert FundingEntry.objects.filter(kind="spend").count() == 2
