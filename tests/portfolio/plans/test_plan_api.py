"""The plan in the API: the same action, the same people."""

from datetime import date
from decimal import Decimal

import pytest

from portfolio.actions.write_plan import freeze_latest, write_plan
from portfolio.models import PlanKind
from tests.factories import make_initiative

JAN, FEB = date(2027, 1, 1), date(2027, 2, 1)


@pytest.fixture
def initiative(business_owner):
    return make_initiative(owner=business_owner)


@pytest.fixture
def api(client, business_owner):
    client.force_login(business_owner)
    return client


def at(initiative, rest: str = "plan/") -> str:
    return f"/api/v1/initiatives/{initiative.reference}/{rest}"


def write(client, initiative, **body):
    return client.post(at(initiative, "plan/write/"), body, content_type="application/json")


def line(month: str, kind: str, amount: str | None) -> dict[str, str | None]:
    return {"month": month, "kind": kind, "amount": amount}


def test_a_plan_is_written_and_read(api, initiative):
    assert api.get(at(initiative)).status_code == 404
    lines = [line("2027-01-01", "cashable", "100.00"), line("2027-02-01", "run_cost", "7.00")]

    written = write(api, initiative, lines=lines, in_use_on="2027-01-15")

    assert written.status_code == 200
    told = api.get(at(initiative)).json()
    assert told["lines"] == lines
    assert (told["number"], told["in_use_on"], told["benefit_from"]) == (1, "2027-01-15", "2027-01-01")
    assert told["sums"][0] == {"kind": "cashable", "a_year": "100.00", "total": "100.00"}


def test_what_is_not_named_stays_unless_all_is_replaced(api, initiative):
    write(api, initiative, lines=[line("2027-01-01", "cashable", "100"), line("2027-02-01", "run_cost", "7")])

    assert len(write(api, initiative, lines=[line("2027-03-01", "revenue", "5")]).json()["lines"]) == 3
    replaced = write(api, initiative, lines=[line("2027-03-01", "revenue", "6.00")], replace=True).json()

    assert replaced["lines"] == [line("2027-03-01", "revenue", "6.00")]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"lines": [line("2027-01-02", "cashable", "1")]}, 422),
        ({"lines": [line("2027-01-01", "luck", "1")]}, 422),
        ({"lines": [line("2027-01-01", "cashable", "-1")]}, 422),
        ({"lines": [{"month": "2027-01-01"}]}, 422),
        ({"starts_on": "2027-02-01", "in_use_on": "2027-01-01"}, 422),
        ({"luck": 1}, 422),
    ],
)
def test_what_cannot_be_is_refused(api, initiative, body, status):
    assert write(api, initiative, **body).status_code == status
    assert api.get(at(initiative)).status_code == 404


def test_somebody_elses_change_answers_409_with_both(api, initiative, office_member):
    write_plan(initiative, actor=office_member, amounts={(JAN, PlanKind.CASHABLE): Decimal(120)})
    was = {"lines": [line("2027-01-01", "cashable", "100")]}

    refused = write(api, initiative, lines=[line("2027-01-01", "cashable", "90")], was=was)

    assert refused.status_code == 409
    assert refused.json()["changes"]["2027-01-cashable"]["now"] == "120.00"


def test_versions_are_begun_with_a_reason_and_read(api, initiative, business_owner):
    write(api, initiative, lines=[line("2027-01-01", "cashable", "100")])
    begin = {"reason": "Prices rose."}
    assert api.post(at(initiative, "plan-versions/"), begin, content_type="application/json").status_code == 409
    freeze_latest(initiative, actor=business_owner)
    assert write(api, initiative, lines=[line("2027-01-01", "cashable", "90")]).status_code == 422

    begun = api.post(at(initiative, "plan-versions/"), begin, content_type="application/json")

    assert begun.status_code == 201
    assert api.get(begun.headers["Location"]).json()["reason"] == "Prices rose."
    numbers = [each["number"] for each in api.get(at(initiative, "plan-versions/")).json()["results"]]
    assert numbers == [2, 1]
    assert api.get(at(initiative, "plan-versions/3/")).status_code == 404


def test_only_those_who_see_the_money_read_it_and_editors_write_it(client, initiative, finance_controller, stranger):
    write_plan(initiative, actor=initiative.business_owner, amounts={(JAN, PlanKind.CASHABLE): Decimal(1)})
    client.force_login(finance_controller)
    assert client.get(at(initiative)).status_code == 200
    assert write(client, initiative, lines=[]).status_code == 403
    client.force_login(stranger)
    assert client.get(at(initiative)).status_code == 403
    assert client.get(at(initiative, "plan-versions/")).status_code == 403
    secret = make_initiative(is_confidential=True, owner=initiative.business_owner)
    assert client.get(at(secret)).status_code == 404
    assert write(client, secret, lines=[]).status_code == 404
