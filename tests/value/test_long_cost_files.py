"""Long files of costs: read and posted by a worker in lots, which may die at any moment."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from aiso import clock
from aiso.accounts.models import RoleAssignment
from aiso.errors import DomainError
from aiso.events.models import Event, Notification
from tests.api.conftest import Script, make_api_token
from value import tasks
from value.actions import land_costs as landing
from value.actions import run_cost_files as running
from value.actions.land_costs import land_costs, upload_costs
from value.models import CostFile, LedgerEntry

HEAD = "Initiative,Cost type,Booking date,Amount,Invoice,Document number\n"


class Killed(BaseException):
    """The worker is gone: nothing catches it."""


@pytest.fixture(autouse=True)
def in_short_lots(monkeypatch):
    monkeypatch.setattr(landing, "LONG_BYTES", 200)
    monkeypatch.setattr(running, "LOT", 4)


def content_of(initiative, count: int = 10) -> bytes:
    """Rows of which the third last is wrong and the last one stands there twice."""
    rows = [
        f"{initiative.reference},Run cost,2026-06-03,{number},Invoice {number},K{number}" for number in range(1, count)
    ]
    rows[-3] = rows[-3].replace("Run cost", "Benefit")
    return (HEAD + "\n".join([*rows, rows[0]]) + "\n").encode()


@pytest.fixture
def file(initiative, finance_controller) -> CostFile:
    return upload_costs(content_of(initiative), file_name="erp.csv", actor=finance_controller)


@pytest.fixture
def checked(file) -> CostFile:
    tasks.run_queued_costs(Event.objects.get(name="costs.queued").pk)
    file.refresh_from_db()
    return file


def test_it_is_read_checked_and_posted_by_a_worker(file, finance_controller):
    assert (file.state, file.rows) == ("reading", [])
    with pytest.raises(DomainError, match="being read"):
        land_costs(file, actor=finance_controller)
    running.run_cost_file(file.pk)
    file.refresh_from_db()
    assert (file.state, file.content, file.rows_total) == ("checked", None, 10)
    assert file.told["counts"] == {"created": 8, "rejected": 2}
    assert [number for number, _ in file.told["rejected"]] == [8, 11]
    assert not LedgerEntry.objects.exists()
    file = land_costs(file, actor=finance_controller)
    assert (file.state, file.landed_at) == ("landing", None)
    with pytest.raises(DomainError, match="being posted"):
        land_costs(file, actor=finance_controller)
    running.run_cost_file(file.pk)
    running.run_cost_file(file.pk)
    file.refresh_from_db()
    assert file.landed_at
    assert file.told["counts"] == {"created": 8, "rejected": 2}
    assert LedgerEntry.objects.count() == 8
    assert Event.objects.get(name="costs.landed").payload["outcomes"] == {"created": 8, "rejected": 2}
    assert "8 costs posted, 2 rows rejected" in Notification.objects.get(person=finance_controller).text


def test_a_worker_that_dies_loses_nothing_and_doubles_nothing(checked, finance_controller, monkeypatch):
    land_costs(checked, actor=finance_controller)
    post_rows, lots = running.post_rows, []

    def die_in_the_second(rows, seen, actor):
        made = post_rows(rows, seen, actor)
        lots.append(len(rows))
        if len(lots) == 2:
            raise Killed
        return made

    monkeypatch.setattr(running, "post_rows", die_in_the_second)
    with pytest.raises(Killed):
        running.run_cost_file(checked.pk)
    checked.refresh_from_db()
    assert (checked.state, checked.rows_done, LedgerEntry.objects.count()) == ("landing", 4, 4)
    tasks.resume_cost_files()
    assert LedgerEntry.objects.count() == 4
    with clock.fixed_at(clock.now() + timedelta(minutes=2)):
        tasks.resume_cost_files()
    checked.refresh_from_db()
    assert checked.landed_at
    assert LedgerEntry.objects.count() == 8
    assert [outcome for outcome, _ in checked.outcomes].count("rejected") == 2
    assert "twice" in checked.outcomes[-1][1]


def test_one_that_dies_while_it_checks_begins_anew(file, monkeypatch):
    plan = running.CostPlan

    def die(*_, **__):
        raise Killed

    monkeypatch.setattr(running, "CostPlan", die)
    with pytest.raises(Killed):
        running.run_cost_file(file.pk)
    monkeypatch.setattr(running, "CostPlan", plan)
    running.run_cost_file(file.pk)
    file.refresh_from_db()
    assert (file.state, file.told["counts"]["created"], file.attempts) == ("checked", 8, 0)


def test_one_that_dies_again_and_again_is_given_up(file, monkeypatch):
    CostFile.objects.update(attempts=running.MOST_ATTEMPTS)
    running.run_cost_file(file.pk)
    file.refresh_from_db()
    assert (file.state, file.failure) == ("failed", running.AGAIN)


def test_what_cannot_be_read_says_why(client, finance_controller):
    file = upload_costs(
        b"Initiative,Date\n" + b"AI-0001,2026-06-03\n" * 20, file_name="x.csv", actor=finance_controller
    )
    running.run_cost_file(file.pk)
    file.refresh_from_db()
    assert file.state == "failed"
    client.force_login(finance_controller)
    page = client.get(file.get_absolute_url()).content.decode()
    assert "x.csv was not imported" in page
    assert "No column is Kind or Amount or Evidence" in page
    assert client.get(f"{file.get_absolute_url()}rejected/").status_code == 302


def test_who_may_no_longer_import_does_not(checked, finance_controller):
    land_costs(checked, actor=finance_controller)
    RoleAssignment.objects.filter(person=finance_controller).delete()
    running.run_cost_file(checked.pk)
    checked.refresh_from_db()
    assert checked.state == "failed"
    assert not LedgerEntry.objects.exists()


def test_on_pages(client, initiative, finance_controller, django_assert_max_num_queries):
    client.force_login(finance_controller)
    sent = SimpleUploadedFile("erp.csv", content_of(initiative, 40))
    address = client.post("/ledger/files/new/", {"file": sent}).headers["Location"]
    page = client.get(address).content.decode()
    assert "Checking erp.csv" in page
    assert 'hx-trigger="every 1s"' in page
    pk = int(address.split("/")[-2])
    running.run_cost_file(pk)
    with django_assert_max_num_queries(30):
        page = " ".join(client.get(address).content.decode().split())
    assert "38 to post, 0 posted before, 2 rejected" in page
    assert "Post 38 rows" in page
    assert client.post(f"{address}land/").status_code == 302
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<div id="cost-file"')
    assert "Posting erp.csv" in part
    running.run_cost_file(pk)
    page = " ".join(client.get(address).content.decode().split())
    assert "38 posted, 0 posted before, 2 rejected" in page
    assert "every 1s" not in page
    back = b"".join(client.get(f"{address}rejected/?format=csv").streaming_content).decode()
    assert len(back.splitlines()) == 3


def test_the_api_does_the_same(initiative, finance_controller):
    finance = Script(make_api_token(finance_controller)[1])
    made = finance.upload("cost-files/", file=SimpleUploadedFile("erp.csv", content_of(initiative)))
    here = made["Location"]
    assert (made.json()["state"], made.json()["rows"]) == ("reading", 0)
    assert finance.get(f"{here}rows/").json() == {"results": [], "next": None}
    assert finance.post(f"{here}land/", {}).status_code == 409
    running.run_cost_file(made.json()["id"])
    told = finance.get(here).json()
    assert (told["state"], told["rows"], told["outcomes"]) == ("checked", 10, {"created": 8, "rejected": 2})
    assert finance.post(f"{here}land/", {}).json()["state"] == "landing"
    running.run_cost_file(made.json()["id"])
    assert finance.get(here).json()["landed_at"]
    rows = finance.get(f"{here}rows/?outcome=rejected&after=8").json()["results"]
    assert [row["row"] for row in rows] == [11]
