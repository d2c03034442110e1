"""What finance reads of a claim before it answers, and what the form of a claim tells."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib import messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.models import OutcomeMetric
from tests.factories import make_person, move_stage
from value import claim_queue
from value.actions.baselines import confirm_baseline
from value.actions.claims import confirm_claim, correct_claim
from value.actions.measure import confirm_measurement, record_measurement
from value.lasting import lasting_of
from value.models import LedgerEntry

from .factories import claim
from .test_shares_pages import plain

JANUARY = {"first_on": date(2026, 1, 1), "last_on": date(2026, 1, 31)}
JUNE = {"first_on": date(2026, 6, 1), "last_on": date(2026, 6, 10)}


@pytest.fixture
def launched(metric, business_owner, finance_controller) -> OutcomeMetric:
    """Launched on 28 February, with a benefit of January that finance confirmed: checked on 28 May."""
    move_stage(metric.initiative, "limited_rollout", date(2026, 2, 28))
    metric.initiative.refresh_from_db()
    confirm_claim(claim(metric, business_owner, **JANUARY), actor=finance_controller)
    return metric


def measured(metric, owner, finance, value, day):
    found = record_measurement(metric, actor=owner, value=Decimal(value), measured_on=day, method="Log")
    if finance:
        confirm_measurement(found, actor=finance)
    return found


def test_a_decayed_claim_says_what_would_count(launched, business_owner, finance_controller, client):
    measured(launched, business_owner, finance_controller, 9, date(2026, 5, 1))
    measured(launched, business_owner, finance_controller, 11, date(2026, 6, 6))
    entry = claim(launched, business_owner, amount=Decimal(1000), **JUNE)
    # Five days in full, five at 3 of 5.
    assert lasting_of([entry])[entry.pk].counted() == Decimal(800)
    assert lasting_of([entry])[entry.pk].counted(Decimal("0.5")) == Decimal(400)
    client.force_login(finance_controller)
    for page in ("/claims/", entry.get_absolute_url()):
        told = plain(client.get(page))
        assert "to 60 % since 6 Jun 2026" in told, page
        assert "800 €" in told
        assert "of it would count now" in told
    assert "in full from then on" not in plain(client.get("/claims/"))
    before = LedgerEntry.objects.count()
    confirm_claim(entry, actor=finance_controller)
    assert LedgerEntry.objects.count() == before
    assert "would count now" not in plain(client.get(entry.get_absolute_url()))


def test_an_overdue_claim_says_so(launched, business_owner, finance_controller, client):
    entry = claim(launched, business_owner, first_on=date(2026, 3, 1), last_on=date(2026, 3, 31))
    move_stage(launched.initiative, "limited_rollout", date(2025, 11, 20))
    # Checks were due on 20 February and 20 May; nothing was measured.
    client.force_login(finance_controller)
    told = plain(client.get("/claims/"))
    assert "Overdue" in told
    assert "counts nothing from 22 Mar 2026" in told
    assert lasting_of([entry])[entry.pk].counted() == Decimal("677.42")


def test_measured_is_what_finance_confirmed_by_the_last_claimed_day(
    launched, business_owner, finance_controller, client
):
    entry = claim(launched, business_owner)
    measured(launched, business_owner, finance_controller, 12, date(2026, 4, 10))
    measured(launched, business_owner, None, 10, date(2026, 5, 20))
    measured(launched, business_owner, finance_controller, 9, date(2026, 6, 10))
    client.force_login(finance_controller)
    queue = plain(client.get("/claims/"))
    assert "on 10 Apr 2026" in queue
    assert "on 20 May 2026 waits" in queue
    assert "10 Jun 2026" not in queue
    page = plain(client.get(entry.get_absolute_url()))
    assert "on 10 Apr 2026" in page
    assert "Not confirmed yet:" in page
    assert "on 10 Jun 2026" not in page


def test_the_queue_costs_the_same_with_more_outcomes(launched, business_owner, finance_controller, client):
    client.force_login(finance_controller)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get("/claims/").status_code == 200
        return len(found)

    claim(launched, business_owner)
    queries()
    few = queries()
    for number in range(4):
        other = OutcomeMetric.objects.get(pk=launched.pk)
        other.pk, other.name = None, f"M{number}"
        other.save()
        claim(other, business_owner, first_on=date(2026, 4, 1), last_on=date(2026, 4, 2 + number))
        measured(other, business_owner, finance_controller, 11, date(2026, 6, 6))
    assert queries() == few


def test_to_look_at_an_answer_leads_to_the_claim(metric, business_owner, finance_controller, client):
    entry = claim(metric, business_owner)
    client.force_login(finance_controller)
    here = entry.get_absolute_url()
    for deed in ("confirm", "correct", "reject", "share"):
        assert client.get(f"{here}{deed}/").headers["Location"] == here
    assert client.get("/claims/confirm/").headers["Location"] == "/claims/"
    baseline = f"{metric.initiative.get_absolute_url()}measurements/{metric.pk}/baseline/"
    assert client.get(baseline).headers["Location"].endswith(f"#measured-{metric.pk}")
    client.force_login(make_person())
    assert client.get(f"{here}confirm/").status_code == 404


def test_a_refused_share_offers_no_answer(metric, business_owner, finance_controller, client):
    entry, _ = claim(metric, business_owner), claim(metric, business_owner)
    client.force_login(finance_controller)
    page = plain(client.post(f"{entry.get_absolute_url()}share/", {"reason": ""}))
    assert ("Record shares" in page, "Confirm claim" in page, "<summary>Correct" in page) == (True, False, False)
    page = plain(client.post(f"{entry.get_absolute_url()}correct/", {"amount": "5", "reason": ""}))
    assert ("Confirm claim" in page, "<summary>Correct" in page) == (False, True)


def test_nothing_ticked_is_an_error(finance_controller, client):
    client.force_login(finance_controller)
    page = client.post("/claims/confirm/", follow=True)
    assert [each.level for each in page.context["messages"]] == [messages.ERROR]


def test_a_corrected_claim_is_titled_by_what_counts(metric, business_owner, finance_controller, client):
    entry = claim(metric, business_owner)
    client.force_login(finance_controller)
    refused = client.post(f"{entry.get_absolute_url()}correct/", {"amount": "1,001", "reason": "More."})
    assert (refused.status_code, "a correction only lowers it" in plain(refused)) == (422, True)
    correct_claim(entry, actor=finance_controller, amount=Decimal(750), reason="Less.")
    title = plain(client.get(entry.get_absolute_url())).partition("<h1>")[2].partition("</h1>")[0]
    assert title.index("750") < title.index("1,000")


def test_the_form_of_a_claim_tells_what_each_metric_is(saved, business_owner, finance_controller, client):
    client.force_login(business_owner)
    here = f"{saved.initiative.get_absolute_url()}value/claim/"
    page = plain(client.get(here))
    assert f'value="{saved.pk}" selected' in page
    assert "Hours saved a month, in hours: comparable, one is worth 40 € of capacity freed." in page
    assert "It has no baseline: finance is warned." in page
    assert "in-unit" not in page
    sent = {"claim": "claimed", "metric": saved.pk, "method": "M", "evidence": "E", "currency": "EUR"}
    sent |= {"first_on": "2026-05-01", "last_on": "2026-05-31"}
    assert "Give the quantity or the amount.</p>" in plain(client.post(here, sent))
    other = OutcomeMetric.objects.create(
        initiative=saved.initiative,
        name="Stops",
        unit="stops",
        direction="down",
        baseline=Decimal(4),
        baseline_on=date(2026, 1, 1),
        baseline_source="Log",
    )
    page = plain(client.get(here))
    assert " selected>Hours" not in page
    assert "Stops, in stops: not comparable" in page
    assert "Its baseline is not confirmed" in page
    confirm_baseline(other, actor=finance_controller)
    assert "Its baseline is not confirmed" not in plain(client.get(here))


def test_a_long_queue_is_not_counted_to_its_end(metric, business_owner, finance_controller, client, monkeypatch):
    monkeypatch.setattr(claim_queue, "COUNTED", 1)
    client.force_login(finance_controller)
    claim(metric, business_owner)
    assert "1 claim waits for you" in plain(client.get("/claims/"))
    claim(metric, business_owner, first_on=date(2026, 4, 1), last_on=date(2026, 4, 30))
    assert "More than 1,000 claims wait for you" in plain(client.get("/claims/"))
