"""Files of costs: the good rows land, the bad ones come back with reasons, and nothing twice."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from aiso.accounts.models import Role
from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.models import Initiative
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative, make_person
from value.actions.land_costs import land_costs, upload_costs
from value.actions.months import close_month
from value.actions.rates import record_rate
from value.cost_plan import planned_costs
from value.models import LedgerEntry

from .factories import cost_of, post

HEAD = "Initiative,Cost type,Booking date,Amount,Currency,From,Until,Invoice,Document number\n"
GOOD = (
    '{ref},Run cost,2026-06-03,"1,500.50",,,,Invoice 1,K1',
    "{ref},rework,2026-06-03,20,usd,2026-06-03,2026-06-03,Invoice 2,",
)
BAD = {
    "AI-9999,Run cost,2026-06-03,20,,,,Invoice 3,": "No initiative that you see is “AI-9999”",
    "{ref},Benefit,2026-06-03,20,,,,Invoice 4,": "none of run cost",
    "{ref},Run cost,2026-06-03,-20,,,,Invoice 5,": "not more than 0",
    "{ref},Run cost,2026-06-16,20,,,,Invoice 6,": "to come",
    "{ref},Run cost,2026-06-03,20,,,,,": "Evidence is missing",
    "{ref},Run cost,2026-06-03,20,CHF,,,Invoice 7,": "no exchange rate of CHF for June 2026",
    "{ref},Run cost,2026-04-03,20,,,,Invoice 8,": "April 2026 and all before is closed",
    "{ref},Run cost,2026-06-03,21,,,,Invoice 1,K1": "stands in the file twice",
    "{ref},Run cost,2026-06-03,22,,,,Invoice 9,K0": "names another entry",
}


@pytest.fixture
def ground(initiative, finance_controller) -> Initiative:
    """A rate of June, a closed April, and an entry whose key is taken."""
    rate = {"currency": "USD", "month": date(2026, 6, 1), "rate": Decimal("0.5"), "source": "ECB"}
    record_rate(actor=finance_controller, **rate)
    close_month(date(2026, 4, 1), actor=finance_controller)
    post(initiative, finance_controller, cost_of(1, key="K0"))
    return initiative


def content_of(initiative: Initiative, *rows: str) -> bytes:
    return (HEAD + "\n".join(row.format(ref=initiative.reference) for row in rows) + "\n").encode()


def test_good_rows_land_and_bad_ones_come_back(ground, finance_controller):
    file = upload_costs(content_of(ground, *GOOD, *BAD), file_name="erp.csv", actor=finance_controller)
    plan = planned_costs(file, finance_controller)
    assert [row.outcome for row in plan] == ["created"] * 2 + ["rejected"] * len(BAD)
    for row, told in zip(plan[2:], BAD.values(), strict=True):
        assert told in row.reason
    land_costs(file, actor=finance_controller)
    with pytest.raises(DomainError, match="has landed"):
        land_costs(file, actor=finance_controller)
    made = LedgerEntry.objects.order_by("pk")[1:]
    assert [(each.kind, each.reporting_amount, each.last_on) for each in made] == [
        ("run_cost", Decimal("1500.50"), date(2026, 6, 30)),
        ("rework", Decimal("10.00"), date(2026, 6, 3)),
    ]
    assert Event.objects.get(name="costs.landed").payload["outcomes"] == {"created": 2, "rejected": len(BAD)}


def test_uploaded_again_nothing_is_posted_twice(ground, finance_controller):
    for outcome in ("created", "unchanged"):
        file = upload_costs(content_of(ground, *GOOD), file_name="erp.csv", actor=finance_controller)
        assert [told for told, _ in land_costs(file, actor=finance_controller).outcomes] == [outcome] * 2
    assert LedgerEntry.objects.count() == 3


def test_by_the_whole_name(ground, finance_controller):
    for name in ("Pumps", "Twice", "Twice"):
        make_initiative(name)
    rows = [f"{name},Run cost,2026-06-03,20,,,,Invoice," for name in ("Pumps", "Twice")]
    file = upload_costs(content_of(ground, *rows), file_name="erp.csv", actor=finance_controller)
    assert [row.outcome for row in planned_costs(file, finance_controller)] == ["created", "rejected"]


def test_who_imports(ground, office_lead, business_owner, finance_controller):
    for person in (office_lead, business_owner):
        with pytest.raises(PermissionDenied):
            upload_costs(content_of(ground, *GOOD), file_name="erp.csv", actor=person)
    file = upload_costs(content_of(ground, *GOOD), file_name="erp.csv", actor=finance_controller)
    with pytest.raises(PermissionDenied):
        land_costs(file, actor=make_person("", Role.FINANCE_CONTROLLER))
    with pytest.raises(DomainError, match="No column is Kind or Evidence"):
        upload_costs(b"Initiative,Date,Amount\nAI-1,2026-01-01,5\n", file_name="x.csv", actor=finance_controller)


def test_finance_of_a_unit_posts_on_it_alone(ground):
    person = make_person("", Role.FINANCE_CONTROLLER, role_unit=ground.unit)
    other = make_initiative()
    rows = content_of(ground, GOOD[0], f"{other.reference},Run cost,2026-06-03,20,,,,Invoice,")
    plan = planned_costs(upload_costs(rows, file_name="erp.csv", actor=person), person)
    assert [row.outcome for row in plan] == ["created", "rejected"]


def test_a_plan_costs_the_same_with_more_rows(ground, finance_controller, django_assert_max_num_queries):
    others = [make_initiative().reference for _ in range(12)]
    rows = [f"{each},Run cost,2026-06-03,{number},,,,Invoice," for number in range(1, 9) for each in others]
    file = upload_costs(content_of(ground, *rows), file_name="erp.csv", actor=finance_controller)
    with django_assert_max_num_queries(6):
        assert len(planned_costs(file, finance_controller)) == 96
    with django_assert_max_num_queries(30):
        land_costs(file, actor=finance_controller)
    assert LedgerEntry.objects.count() == 97


def test_on_pages(client, ground, finance_controller, executive):
    client.force_login(finance_controller)
    sent = SimpleUploadedFile("erp.csv", content_of(ground, *GOOD, *BAD))
    assert "Import costs" in client.get("/ledger/").content.decode()
    address = client.post("/ledger/files/new/", {"file": sent}).headers["Location"]
    page = " ".join(client.get(address).content.decode().split())
    assert f"2 to post, 0 posted before, {len(BAD)} rejected" in page
    client.force_login(executive)
    assert client.post(f"{address}land/").status_code == 404
    assert client.get("/ledger/files/new/").status_code == 403
    client.force_login(finance_controller)
    assert client.post(f"{address}land/").status_code == 302
    assert f"2 posted, 0 posted before, {len(BAD)} rejected" in " ".join(client.get(address).content.decode().split())
    back = b"".join(client.get(f"{address}rejected/?format=csv").streaming_content).decode()
    assert sum(line.startswith(ground.reference) for line in back.splitlines()) == len(BAD) - 1
    assert client.post("/ledger/files/new/", {}).status_code == 422


def test_the_api_does_the_same(ground, finance_controller, office_lead):
    finance, office = (Script(make_api_token(person)[1]) for person in (finance_controller, office_lead))
    sent = content_of(ground, *GOOD, *BAD)
    assert office.upload("cost-files/", file=SimpleUploadedFile("erp.csv", sent)).status_code == 403
    made = finance.upload("cost-files/", file=SimpleUploadedFile("erp.csv", sent))
    assert made.json()["outcomes"] == {"created": 2, "rejected": len(BAD)}
    here = made["Location"]
    [first, _] = finance.get(f"{here}rows/?outcome=created").json()["results"]
    assert (first["initiative"], first["reason"]) == (ground.reference, "")
    assert office.get(here).status_code == 404
    assert finance.post(f"{here}land/", {}).json()["landed_at"]
    assert len(finance.get(f"{here}rows/?outcome=rejected").json()["results"]) == len(BAD)
    assert finance.post(f"{here}land/", {}).status_code == 409
    assert [row["id"] for row in finance.get("cost-files/").json()["results"]] == [made.json()["id"]]
