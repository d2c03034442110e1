"""Files of spending over the API: what the page finds, lands and refuses, once."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from aiso.events.models import Event
from stagegates.models import FundingEntry, SpendFile
from tests.api.conftest import Script, kind, make_api_token, problem

from .factories import spend, sums
from .test_files import BAD, GOOD, rows_of

pytestmark = pytest.mark.django_db
FILES = "spending-files/"


def script(person) -> Script:
    return Script(make_api_token(person)[1])


def sent(tranche, *rows: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("erp.csv", rows_of(tranche, *rows))


@pytest.fixture
def finance(finance_controller) -> Script:
    return script(finance_controller)


def test_a_file_is_read_told_and_landed(finance, tranches):
    released, _ = tranches
    made = finance.upload(FILES, file=sent(released, *GOOD, *BAD))
    told = made.json()
    assert (made.status_code, told["outcomes"], told["landed_at"]) == (201, {"created": 2, "rejected": 6}, None)
    assert made["Location"] == f"/api/v1/spending-files/{told['id']}/"
    held = {each["header"]: each["holds"] for each in told["columns"]}
    assert (held["Invoice"], held["Date"]) == ("evidence", "spent_on")
    assert FundingEntry.objects.spending().count() == 0

    one = f"{FILES}{told['id']}/"
    [first, second] = finance.get(f"{one}rows/", {"outcome": "created"}).json()["results"]
    assert (first["row"], first["tranche"], first["cells"][4]) == (2, released.pk, "Invoice 1")
    assert second["reason"] == ""
    rejected = finance.get(f"{one}rows/", {"outcome": "rejected"}).json()["results"]
    assert [bool(each["reason"]) for each in rejected] == [True] * 6

    landed = finance.post(f"{one}land/").json()
    assert (landed["outcomes"], bool(landed["landed_at"])) == ({"created": 2, "rejected": 6}, True)
    assert sums(released)[2] == 1520
    assert len(finance.get(f"{one}rows/", {"outcome": "rejected"}).json()["results"]) == 6
    assert Event.objects.filter(name="spending.landed").count() == 1
    assert kind(finance.post(f"{one}land/"), 409) == "refused"
    again = finance.upload(FILES, file=sent(released, *GOOD)).json()
    assert finance.post(f"{FILES}{again['id']}/land/").json()["outcomes"] == {"unchanged": 2}
    assert FundingEntry.objects.spending().count() == 2
    assert [each["id"] for each in finance.get(FILES).json()["results"]] == [again["id"], told["id"]]


def test_a_request_that_comes_twice_lands_once(finance, tranches):
    keyed = {"HTTP_IDEMPOTENCY_KEY": "upload-1"}
    upload = [
        finance.client.post("/api/v1/spending-files/", {"file": sent(tranches[0], *GOOD)}, **keyed) for _ in range(2)
    ]
    assert upload[0].json()["id"] == upload[1].json()["id"]
    assert upload[1]["Idempotency-Replayed"] == "true"
    land = f"{FILES}{upload[0].json()['id']}/land/"
    answers = [finance.post(land, Idempotency_Key="land-1") for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200]
    assert (answers[0].json(), SpendFile.objects.count()) == (answers[1].json(), 1)
    assert FundingEntry.objects.spending().count() == 2


def test_what_would_be_overspent_is_told_before(finance, tranches, finance_controller):
    spend(tranches[0], finance_controller, Decimal(19_000))
    told = finance.upload(FILES, file=sent(tranches[0], "{ref},{tranche},{day},4000,Invoice 8,")).json()
    assert told["overspending"] == [{"tranche": tranches[0].pk, "amount": "3000.00"}]


def test_each_sees_their_own_and_finance_alone_uploads(finance, tranches, office_lead, executive, stranger):
    made = finance.upload(FILES, file=sent(tranches[0], *GOOD)).json()
    for person in (office_lead, executive, stranger):
        other = script(person)
        assert other.get(FILES).json()["results"] == []
        assert kind(other.upload(FILES, file=sent(tranches[0], *GOOD)), 403) == "forbidden"
        for address in ("", "rows/"):
            assert other.get(f"{FILES}{made['id']}/{address}").status_code == 404
        assert other.post(f"{FILES}{made['id']}/land/").status_code == 404


def test_what_cannot_be_read_is_said_at_the_file(finance):
    lacking = SimpleUploadedFile("x.csv", b"Initiative,Date,Amount\nAI-1,2026-01-01,5\n")
    [error] = problem(finance.upload(FILES, file=lacking), 422)["errors"]
    assert (error["pointer"], "Evidence" in error["message"]) == ("/file", True)
    assert kind(finance.upload(FILES), 422) == "invalid"
    assert kind(finance.get(FILES, {"state": "open"}), 400) == "parameter"
