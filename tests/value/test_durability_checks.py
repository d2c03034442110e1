"""Checks of confirmed outcomes: scheduled by themselves, in My work, on pages, by the API."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso import clock
from aiso.events.models import Event
from aiso.web.work import work_of
from portfolio.models import Initiative, OutcomeMetric, OwnerKind, StageChange
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative, make_ownership, make_person, move_stage
from value.actions.claims import confirm_claim
from value.actions.measure import confirm_measurement, record_measurement, reject_measurement
from value.actions.schedule_checks import schedule_all_checks, schedule_checks
from value.durability_work import durability_reminders
from value.models import DurabilityCheck
from value.tasks import schedule_checks_after

from .factories import claim

APRIL = {"first_on": date(2026, 4, 1), "last_on": date(2026, 4, 30)}


@pytest.fixture
def launched(metric) -> OutcomeMetric:
    """Of an initiative that entered limited rollout on 28 February."""
    move_stage(metric.initiative, "limited_rollout", date(2026, 2, 28))
    metric.initiative.refresh_from_db()
    return metric


@pytest.fixture
def confirmed(launched, business_owner, finance_controller) -> OutcomeMetric:
    """And whose benefit of April finance confirmed."""
    confirm_claim(claim(launched, business_owner, amount=Decimal(30), **APRIL), actor=finance_controller)
    return launched


def dues(metric) -> list[date]:
    return [*DurabilityCheck.objects.filter(metric=metric).order_by("months").values_list("due_on", flat=True)]


def measured(metric, by, value=9, day=date(2026, 6, 1)):
    return record_measurement(metric, actor=by, value=Decimal(value), measured_on=day, method="Log")


def test_a_confirmed_outcome_is_scheduled_once(confirmed):
    event = Event.objects.get(name="claim.confirmed")
    schedule_checks_after(event.pk)
    assert dues(confirmed) == [date(2026, 5, 28), date(2026, 8, 28), date(2027, 2, 28)]
    schedule_checks_after(event.pk)
    schedule_all_checks()
    assert DurabilityCheck.objects.count() == 3
    told = Event.objects.get(name="durability.scheduled")
    assert told.payload == {"initiative": confirmed.initiative_id, "metrics": [confirmed.pk]}


def test_the_night_finds_what_no_event_told(confirmed):
    schedule_all_checks()
    assert len(dues(confirmed)) == 3
    # An earlier launch comes to light, later one that is none any more.
    earlier = move_stage(confirmed.initiative, "scale", date(2026, 1, 31))
    schedule_all_checks()
    assert dues(confirmed) == [date(2026, 4, 30), date(2026, 7, 31), date(2027, 1, 31)]
    StageChange.objects.filter(pk=earlier.pk).delete()
    schedule_all_checks()
    assert dues(confirmed)[0] == date(2026, 5, 28)
    StageChange.objects.filter(stage="limited_rollout").delete()
    schedule_all_checks()
    assert dues(confirmed) == []


def test_nothing_is_scheduled_for_what_is_not_confirmed_or_launched(launched, business_owner, finance_controller):
    claim(launched, business_owner)
    measured(launched, business_owner)
    never = OutcomeMetric.objects.create(
        initiative=make_initiative(owner=business_owner, stage="pilot"), name="M", unit="u", direction="up"
    )
    confirm_claim(claim(never, business_owner), actor=finance_controller)
    schedule_all_checks()
    assert not DurabilityCheck.objects.exists()


def rows_of(person) -> list[tuple[str, date | None]]:
    return [(item.what, item.due) for item in work_of(person) if item.what.startswith("Measure again")]


def test_it_lands_with_its_owners_until_measured(confirmed, business_owner, finance_controller, technical_owner):
    initiative = confirmed.initiative
    make_ownership(initiative, technical_owner, OwnerKind.TECHNICAL)
    schedule_checks([initiative.pk])
    with clock.fixed_at(datetime(2026, 5, 27, 12, tzinfo=UTC)):
        assert [*DurabilityCheck.objects.asking()] == []
    for person in (business_owner, technical_owner):
        assert rows_of(person) == [("Measure again: Stops a month", date(2026, 5, 28))]
    assert rows_of(finance_controller) == []
    first = measured(confirmed, business_owner)
    assert not DurabilityCheck.objects.asking()
    reject_measurement(first, actor=finance_controller, reason="Half a month.")
    assert [each.months for each in DurabilityCheck.objects.asking()] == [3]
    with clock.fixed_at(datetime(2026, 9, 1, 12, tzinfo=UTC)):
        # The later one asks for both.
        assert [each.months for each in DurabilityCheck.objects.asking()] == [6]
    move_stage(initiative, "closed")
    assert not DurabilityCheck.objects.asking()


def test_its_owners_are_reminded_when_it_is_due_and_overdue(confirmed, business_owner):
    schedule_all_checks()
    told = {}
    for day in (27, 28):
        with clock.fixed_at(datetime(2026, 5, day, 12, tzinfo=UTC)):
            told[day] = [(each.step, {*each.people}) for each in durability_reminders()]
    for day in (26, 27):
        with clock.fixed_at(datetime(2026, 6, day, 12, tzinfo=UTC)):
            told[100 + day] = [each.step for each in durability_reminders()]
    assert told == {27: [], 28: [("due", {business_owner})], 126: ["due"], 127: ["overdue"]}


def test_the_tab_shows_how_the_checks_stand(confirmed, business_owner, finance_controller, client):
    here = f"{confirmed.initiative.get_absolute_url()}measurements/"
    client.force_login(business_owner)
    page = client.get(here).content.decode()
    assert "Durability: measured again after launch" in page
    assert "counts nothing from" in page
    first = measured(confirmed, business_owner, 9, date(2026, 5, 1))
    second = measured(confirmed, business_owner, 11, date(2026, 6, 1))
    assert "Waits for finance" in client.get(here).content.decode()
    for each in (first, second):
        confirm_measurement(each, actor=finance_controller)
    page = " ".join(client.get(here).content.decode().split())
    assert "Decayed" in page
    assert "60%" in page.replace(" ", "").replace("\u202f", "")
    client.force_login(make_person())
    assert client.get(here).status_code == 200


def test_the_value_tab_shows_what_decayed(confirmed, business_owner, finance_controller, client):
    for value, day in ((9, date(2026, 5, 1)), (14, date(2026, 6, 1))):
        confirm_measurement(measured(confirmed, business_owner, value, day), actor=finance_controller)
    days = {"first_on": date(2026, 6, 1), "last_on": date(2026, 6, 14)}
    confirm_claim(claim(confirmed, business_owner, amount=Decimal(14), **days), actor=finance_controller)
    client.force_login(business_owner)
    page = " ".join(client.get(f"{confirmed.initiative.get_absolute_url()}value/").content.decode().split())
    assert "Decayed: " in page
    assert "14 € decayed" in page.replace("\u202f", " ").replace("\xa0", " ") or "decayed and" in page
    script = Script(make_api_token(business_owner)[1])
    found = script.get(f"/api/v1/initiatives/{confirmed.initiative.reference}/value/").json()
    assert (found["decayed"], found["net"]) == ("14.00", "30.00")
    assert found["benefits"][0]["decayed"] == "14.00"


def test_the_api_tells_the_checks(confirmed, business_owner, finance_controller):
    script = Script(make_api_token(business_owner)[1])
    here = f"/api/v1/initiatives/{confirmed.initiative.reference}/durability-checks/"
    found = script.get(here).json()["results"]
    assert [(each["months"], each["state"]) for each in found[0]["checks"]] == [
        (3, "due"),
        (6, "to_come"),
        (12, "to_come"),
    ]
    assert found[0]["checks"][0]["counts_nothing_from"] == "2026-06-27"
    before = clock.now().isoformat()
    with clock.fixed_at(datetime(2026, 6, 16, 12, tzinfo=UTC)):
        for value, day in ((9, date(2026, 5, 1)), (11, date(2026, 6, 1))):
            confirm_measurement(measured(confirmed, business_owner, value, day), actor=finance_controller)
        check = script.get(here).json()["results"][0]["checks"][0]
        assert (check["state"], check["share"]) == ("decayed", "0.6000")
        told = [check[name] for name in ("gained", "confirmed_gain", "reference_value", "reference_on")]
        assert [Decimal(each) for each in told[:3]] == [3, 5, 9]
        assert told[3] == "2026-05-01"
        then = script.get(here, {"known_at": before, "as_of": "2026-05-20"}).json()["results"][0]["checks"][0]
        assert then["state"] == "to_come"
    Initiative.objects.update(is_confidential=True)
    assert Script(make_api_token(make_person())[1]).get(here).status_code == 404


def test_the_tab_shows_what_a_share_is_of(confirmed, business_owner, finance_controller, client):
    with clock.fixed_at(datetime(2026, 6, 16, 12, tzinfo=UTC)):
        for value, day in ((9, date(2026, 5, 1)), (11, date(2026, 6, 1))):
            confirm_measurement(measured(confirmed, business_owner, value, day), actor=finance_controller)
        client.force_login(business_owner)
        page = client.get(f"{confirmed.initiative.get_absolute_url()}measurements/").content.decode()
    assert "3 of 5 confirmed on 1 May 2026" in " ".join(page.split())


def test_what_is_confirmed_only_after_the_last_check_is_said_to_be_unchecked(
    metric, business_owner, finance_controller, client
):
    move_stage(metric.initiative, "limited_rollout", date(2025, 2, 28))
    metric.initiative.refresh_from_db()
    client.force_login(business_owner)
    here = f"{metric.initiative.get_absolute_url()}measurements/"
    assert "Not checked" not in client.get(here).content.decode()
    confirm_claim(claim(metric, business_owner, amount=Decimal(30), **APRIL), actor=finance_controller)
    page = " ".join(client.get(here).content.decode().split())
    assert "Finance confirmed it after the last check was due: all of it is of days after 28 Feb 2026." in page
    earlier = {"first_on": date(2026, 2, 1), "last_on": date(2026, 2, 28)}
    confirm_claim(claim(metric, business_owner, amount=Decimal(30), **earlier), actor=finance_controller)
    page = client.get(here).content.decode()
    assert ("Not checked" in page, "12 months" in page) == (False, True)


def test_the_tab_costs_the_same_with_more_metrics(confirmed, business_owner, client):
    client.force_login(business_owner)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"{confirmed.initiative.get_absolute_url()}measurements/").status_code == 200
        return len(found)

    queries()
    few = queries()
    for number in range(4):
        other = OutcomeMetric.objects.get(pk=confirmed.pk)
        other.pk, other.name = None, f"M{number}"
        other.save()
    assert queries() == few
