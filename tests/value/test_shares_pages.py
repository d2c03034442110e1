"""Overlaps and shares on pages and by the API."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso.accounts.models import Role
from portfolio.models import Initiative
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative, make_person
from value.actions.claims import confirm_claim
from value.actions.shares import agree_shares
from value.models import ClaimAnswer, ClaimShare, LedgerEntry, MethodConfirmation

from .factories import claim
from .test_value_pages import text_of


@pytest.fixture
def pair(metric, business_owner) -> tuple[LedgerEntry, LedgerEntry]:
    """Two claims of the same metric and month, by a method that finance confirmed before."""
    found = claim(metric, business_owner), claim(metric, business_owner, amount=Decimal(500))
    MethodConfirmation.objects.create(method=found[0].method, confirmed_by=make_person("Controller before"))
    return found


def plain(response) -> str:
    return text_of(response).replace("\N{NO-BREAK SPACE}", " ")


def test_finance_records_shares_and_confirms(pair, finance_controller, business_owner, client):
    one, other = pair
    client.force_login(finance_controller)
    queue = plain(client.get("/claims/"))
    assert ('name="entry"' in queue, queue.count("Waits for shares")) == (False, 2)
    page = plain(client.get(one.get_absolute_url()))
    assert "Overlaps with 1 claim" in page
    assert "no share is recorded of it" in page
    assert "Confirm claim" not in page
    refused = client.post(f"{one.get_absolute_url()}confirm/", {})
    assert (refused.status_code, "no share is recorded" in plain(refused)) == (422, True)
    here, sent = f"{one.get_absolute_url()}share/", {"reason": "Both agree."}
    for bad in ({"reason": ""}, {}, {f"share_{one.pk}": "0"}, {f"share_{one.pk}": "60", f"share_{other.pk}": "41"}):
        assert client.post(here, sent | bad).status_code == 422
    assert not ClaimShare.objects.exists()
    shared = client.post(here, sent | {f"share_{one.pk}": "62.5", f"share_{other.pk}": "37.5"}, follow=True)
    assert "62.5 % of it counts once it is confirmed; all together 100 % at most" in plain(shared)
    assert "of which 62.5 % counts" in plain(shared)
    queue = plain(client.get("/claims/"))
    assert (queue.count('name="entry"'), "(waits, 37.5 %)" in queue) == (2, True)
    told = plain(client.post("/claims/confirm/", {"entry": [one.pk, other.pk]}, follow=True))
    assert "2 claims confirmed" in told
    assert {*ClaimAnswer.objects.values_list("share", flat=True)} == {Decimal("0.625"), Decimal("0.375")}
    page = plain(client.get(one.get_absolute_url()))
    assert "62.5 % of it counts" in page
    assert "Record shares" not in page
    client.force_login(business_owner)
    assert re.search("counts <[^>]*>625 €", plain(client.get(f"{one.initiative.get_absolute_url()}value/")))


def test_whoever_may_not_answer_records_no_share(pair, business_owner, executive, client):
    for person in (business_owner, executive):
        client.force_login(person)
        page = plain(client.get(pair[0].get_absolute_url()))
        assert ("Overlaps with 1 claim" in page, "Record shares" in page) == (True, False)
        sent = {"reason": "Agreed.", f"share_{pair[0].pk}": "50"}
        assert client.post(f"{pair[0].get_absolute_url()}share/", sent).status_code == 403
    Initiative.objects.update(is_confidential=True)
    client.force_login(make_person("", Role.FINANCE_CONTROLLER))
    assert client.post(f"{pair[0].get_absolute_url()}share/", sent).status_code == 404


def test_a_batch_says_what_it_left_out(pair, finance_controller, client):
    client.force_login(finance_controller)
    told = plain(client.post("/claims/confirm/", {"entry": [each.pk for each in pair]}, follow=True))
    assert "It overlaps with" in told
    assert not ClaimAnswer.objects.exists()


def test_pages_cost_the_same_with_more_overlaps(metric, business_owner, finance_controller, client):
    client.force_login(finance_controller)
    first = claim(metric, business_owner)

    def queries() -> list[int]:
        counts = []
        for page in ("/claims/", first.get_absolute_url()):
            with CaptureQueriesContext(connection) as found:
                assert client.get(page).status_code == 200
            counts.append(len(found))
        return counts

    claim(metric, business_owner)
    queries()
    few = queries()
    for _ in range(12):
        claim(metric, business_owner)
    assert queries() == few


def test_the_api_does_the_same(pair, business_owner, finance_controller):
    one, other = pair
    owner, finance = (Script(make_api_token(person)[1]) for person in (business_owner, finance_controller))
    stranger = Script(make_api_token(make_person())[1])
    here, agree = f"/api/v1/ledger-entries/{one.pk}/", "/api/v1/ledger-entries/agree-shares/"
    seen = owner.get(f"{here}overlaps/").json()
    assert (seen["is_shared"], seen["share"], seen["unseen"]) == (False, None, 0)
    assert seen["overlaps"] == [
        {
            "id": other.pk,
            "initiative": one.initiative.reference,
            "state": "waiting",
            "first_on": "2026-05-01",
            "last_on": "2026-05-31",
            "share": None,
        }
    ]
    assert stranger.get(f"{here}overlaps/").status_code == 404
    assert finance.post(f"{here}confirm/", {}).status_code == 409
    sent = {"shares": [{"entry": one.pk, "share": "0.6"}, {"entry": other.pk, "share": "0.4"}], "reason": "Agreed."}
    assert owner.post(agree, sent).status_code == 403
    assert finance.post(agree, sent | {"shares": []}).status_code == 422
    assert finance.post(agree, sent | {"shares": [{"entry": one.pk, "share": "1.5"}]}).status_code == 422
    assert finance.post(agree, sent | {"shares": [{"entry": 10**9, "share": "0.5"}]}).status_code == 422
    over = [{"entry": one.pk, "share": "0.6"}, {"entry": other.pk, "share": "0.5"}]
    assert finance.post(agree, sent | {"shares": over}).status_code == 409
    assert finance.post(agree, sent).json() == {"entries": [one.pk, other.pk]}
    seen = finance.get(f"{here}overlaps/").json()
    assert (seen["is_shared"], seen["share"], seen["total"], seen["refusal"]) == (True, "0.6000", "1.0000", "")
    assert finance.post(f"{here}confirm/", {}).json()["share"] == "0.6000"
    worth = finance.get(f"/api/v1/initiatives/{one.initiative.reference}/value/").json()
    assert (worth["benefits"][0]["confirmed"], worth["benefits"][0]["claimed"]) == ("600.00", "500.00")
    assert finance.post(agree, sent).status_code == 422


def test_a_cost_overlaps_with_nothing_by_the_api(metric, business_owner):
    forecast = claim(metric, business_owner, claim="forecast")
    seen = Script(make_api_token(business_owner)[1]).get(f"/api/v1/ledger-entries/{forecast.pk}/overlaps/").json()
    assert (seen["is_shared"], seen["overlaps"]) == (True, [])


def test_what_one_may_not_see_is_not_told(metric, business_owner, finance_controller, client):
    """A confidential initiative of the same unit and workflow is counted, and neither named nor listed."""
    one = claim(metric, business_owner, first_on=date(2026, 5, 2))
    hidden = make_initiative("Closing of a site", unit=metric.initiative.unit)
    type(metric).objects.filter(pk=metric.pk).update(initiative=hidden)
    metric.refresh_from_db()
    other = claim(metric, make_person("", Role.OFFICE_MEMBER))
    Initiative.objects.filter(pk=hidden.pk).update(is_confidential=True)
    client.force_login(finance_controller)
    for address in ("/claims/", one.get_absolute_url()):
        page = plain(client.get(address))
        assert "1 claim" in page
        assert hidden.reference not in page
        assert other.get_absolute_url() not in page
    finance = Script(make_api_token(finance_controller)[1])
    seen = finance.get(f"/api/v1/ledger-entries/{one.pk}/overlaps/").json()
    assert (seen["overlaps"], seen["unseen"]) == ([], 1)
    sent = {"shares": [{"entry": other.pk, "share": "0.4"}], "reason": "Agreed."}
    assert finance.post("/api/v1/ledger-entries/agree-shares/", sent).status_code == 422


def test_a_share_that_is_recorded_stays_on_the_page_alone(pair, finance_controller, client):
    one, other = pair
    agree_shares({one: Decimal("0.6")}, actor=finance_controller, reason="Agreed by both.")
    agree_shares({other: Decimal("0.4")}, actor=finance_controller, reason="Agreed by both.")
    confirm_claim(one, actor=finance_controller)
    client.force_login(finance_controller)
    page = plain(client.get(other.get_absolute_url()))
    assert "Agreed by both." in page
    assert "Confirmed" in page
