"""Files of spending: the good rows land, the bad ones come back with reasons, and nothing twice."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from aiso import clock
from aiso.errors import DomainError
from stagegates.actions.land_spending import land_spending, planned_spending, upload_spending
from stagegates.models import FundingEntry

from .factories import spend, sums

pytestmark = pytest.mark.django_db
HEAD = "Initiative,Tranche,Date,Amount,Invoice,Key\n"


def rows_of(tranche, *rows: str) -> bytes:
    days = {"day": clock.today().isoformat(), "soon": (clock.today() + timedelta(days=2)).isoformat()}
    told = [row.format(ref=tranche.initiative.reference, tranche=tranche.pk, **days) for row in rows]
    return (HEAD + "\n".join(told) + "\n").encode()


GOOD = ('{ref},{tranche},{day},"1,500.50",Invoice 1,K1', "{ref},{tranche},{day},20,Invoice 2,")
BAD = (
    "AI-9999,,{day},20,Invoice 3,",
    "{ref},,{day},20,Invoice 4,",
    "{ref},{tranche},{day},-20,Invoice 5,",
    "{ref},{tranche},{soon},20,Invoice 6,",
    "{ref},{tranche},{day},20,,",
    "{ref},{tranche},{day},21,Invoice 1,K1",
)


def test_good_rows_land_and_bad_ones_come_back(tranches, finance_controller):
    released, _ = tranches
    file = upload_spending(rows_of(released, *GOOD, *BAD), file_name="erp.csv", actor=finance_controller)
    assert [row.outcome for row in planned_spending(file, finance_controller)] == ["created"] * 2 + ["rejected"] * 6
    landed = land_spending(file, actor=finance_controller)
    reasons = [reason for outcome, reason in landed.outcomes if outcome == "rejected"]
    for told, reason in zip(
        ("No tranche that you see", "several tranches", "not more than 0", "today or before", "missing", "file twice"),
        reasons,
        strict=True,
    ):
        assert told in reason
    assert sums(released)[2] == 1520
    with pytest.raises(DomainError, match="has landed"):
        land_spending(file, actor=finance_controller)

    again = upload_spending(rows_of(released, *GOOD), file_name="erp.csv", actor=finance_controller)
    assert [outcome for outcome, _ in land_spending(again, actor=finance_controller).outcomes] == ["unchanged"] * 2
    assert FundingEntry.objects.spending().count() == 2


def test_a_key_that_is_taken(tranches, finance_controller):
    spend(tranches[0], finance_controller, 5, "K1")
    file = upload_spending(rows_of(tranches[0], GOOD[0]), file_name="erp.csv", actor=finance_controller)
    [row] = planned_spending(file, finance_controller)
    assert "names another booking" in row.reason


def test_who_uploads(tranches, office_lead, finance_controller):
    with pytest.raises(PermissionDenied):
        upload_spending(rows_of(tranches[0], *GOOD), file_name="erp.csv", actor=office_lead)
    with pytest.raises(DomainError, match="No column is Evidence"):
        upload_spending(b"Initiative,Date,Amount\nAI-1,2026-01-01,5\n", file_name="x.csv", actor=finance_controller)


def test_on_pages(client, tranches, finance_controller, office_lead, executive):
    client.force_login(finance_controller)
    sent = SimpleUploadedFile("erp.csv", rows_of(tranches[0], *GOOD, *BAD))
    address = client.post("/funding/spending/upload/", {"file": sent}).headers["Location"]
    page = " ".join(client.get(address).content.decode().split())
    assert "2 to book, 0 booked before, 6 rejected" in page
    client.force_login(executive)
    assert client.post(f"{address}land/").status_code == 404
    client.force_login(finance_controller)
    assert client.post(f"{address}land/").status_code == 302
    assert "2 booked" in " ".join(client.get(address).content.decode().split())
    rejected = client.get(f"{address}rejected/?format=csv")
    assert b"".join(rejected.streaming_content).decode().count("Invoice") >= 5


def test_a_file_of_which_nothing_lands_says_so_and_gives_its_rows_back(client, tranches, finance_controller):
    client.force_login(finance_controller)
    sent = SimpleUploadedFile("erp.csv", rows_of(tranches[0], *BAD[:3]))
    address = client.post("/funding/spending/upload/", {"file": sent}).headers["Location"]
    page = client.get(address).content.decode()
    assert "Nothing can be booked" in page
    assert ("Download rejected rows" in page, "Upload another" in page, "land/" in page) == (True, True, False)
    rejected = client.get(f"{address}rejected/?format=csv")
    assert b"".join(rejected.streaming_content).decode().count("Invoice ") == 3


def test_what_would_be_overspent_is_told_before_it_lands(client, tranches, finance_controller):
    client.force_login(finance_controller)
    sent = SimpleUploadedFile("erp.csv", rows_of(tranches[0], "{ref},{tranche},{day},9000000,Invoice 8,"))
    address = client.post("/funding/spending/upload/", {"file": sent}).headers["Location"]
    page = client.get(address).content.decode()
    assert "More than is unspent" in page
    assert f"Tranche {tranches[0].pk}, " in page
