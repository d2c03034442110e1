"""The pages of money, and the deeds they offer."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from aiso import clock
from aiso.accounts.models import Role
from aiso.events.models import Event
from portfolio.models import Bucket, Stage
from stagegates.actions.conditions import waive_condition
from stagegates.models import Envelope, FundingEntry
from tests.factories import make_entry, make_envelope, make_initiative, make_person, make_unit

from .factories import spend, sums

pytestmark = pytest.mark.django_db


def body_of(response):
    return " ".join(response.content.decode().split())


# Envelopes


def test_the_overview_links_each_sum(client, tranches, envelope, finance_controller):
    spend(tranches[0], finance_controller, 25_000)
    lacking = make_entry(Bucket, "Nothing yet")
    client.force_login(finance_controller)
    page = body_of(client.get("/funding/"))
    for text in (
        "440",
        "is free",
        f"/funding/envelopes/{envelope.pk}/?show=withheld#tranches",
        "No envelope",
        lacking.name,
    ):
        assert text in page
    assert "Set an envelope" not in page
    assert "Import spending" in page
    past = body_of(client.get(f"/funding/?on={clock.today() - timedelta(days=4000)}"))
    assert "No envelope is set for" in past
    assert client.get("/funding/?on=2026-02-31").status_code == 200


def test_what_a_bucket_asks_for(client, initiative, envelope, finance_controller):
    from tests.stagegates.decisions.conftest import make_review

    review = make_review(initiative, amount=Decimal(7_000))
    secret = make_initiative("Secret", bucket=envelope.bucket, is_confidential=True)
    make_review(secret, amount=Decimal(3_000))
    client.force_login(finance_controller)
    page = body_of(client.get(f"/funding/?bucket={envelope.bucket.pk}"))
    for text in (
        f"Asked for in {envelope.bucket}",
        review.get_absolute_url(),
        "10 k",
        "Confidential, not shown to you",
    ):
        assert text in page
    assert "Secret" not in page


def test_the_overview_reads_little_however_many(client, finance_controller, django_assert_max_num_queries):
    for _ in range(12):
        make_envelope()
    client.force_login(finance_controller)
    client.get("/funding/")
    with django_assert_max_num_queries(14):
        client.get("/funding/")


def test_who_sees_envelopes(client, envelope, stranger, business_owner, executive, auditor, office_member):
    limited = make_person("Count Local", Role.FINANCE_CONTROLLER, role_unit=make_unit())
    for person, status in (
        (stranger, 403), (business_owner, 403), (limited, 403), (executive, 200), (auditor, 200), (office_member, 200),
    ):  # fmt: skip
        client.force_login(person)
        assert client.get("/funding/").status_code == status
        assert client.get(f"/funding/envelopes/{envelope.pk}/").status_code == status


def test_an_envelope_is_set_from_the_page(client, executive, office_member):
    bucket = make_entry(Bucket, "New work")
    sent = {
        "bucket": bucket.pk,
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "amount": "2m",
        "reason": "Budget.",
    }
    client.force_login(executive)
    answer = client.post("/funding/envelopes/new/", sent)
    envelope = Envelope.objects.get(bucket=bucket)
    assert (answer.headers["Location"], envelope.amount, envelope.set_by) == (
        envelope.get_absolute_url(), 2_000_000, executive,
    )  # fmt: skip
    assert Event.objects.get(name="envelope.set").actor == executive
    again = client.post("/funding/envelopes/new/", sent | {"starts_on": "2026-12-31", "ends_on": "2027-01-31"})
    assert again.status_code == 422
    assert "The bucket has an envelope from 1 Jan 2026" in body_of(again)
    for wrong in ({"ends_on": "2025-12-31"}, {"reason": " "}, {"amount": "-1"}):
        assert client.post("/funding/envelopes/new/", sent | wrong).status_code == 422
    client.force_login(office_member)
    assert client.post("/funding/envelopes/new/", sent).status_code == 403


def test_an_envelope_changes_with_a_reason_and_never_below_what_is_committed(client, tranches, envelope, office_lead):
    address = f"/funding/envelopes/{envelope.pk}/change/"
    seen = {"initial-amount": "500000", "initial-ends_on": envelope.ends_on.isoformat()}
    sent = seen | {"amount": "59999", "ends_on": envelope.ends_on.isoformat(), "reason": "Cut."}
    client.force_login(office_lead)
    refused = client.post(address, sent)
    assert (refused.status_code, "is committed already" in body_of(refused)) == (422, True)
    assert client.post(address, sent | {"amount": "60000", "reason": ""}).status_code == 422
    assert client.post(address, sent | {"amount": "60000"}).status_code == 302
    envelope.refresh_from_db()
    assert (envelope.amount, envelope.free, envelope.reason) == (60_000, 0, "Cut.")
    page = body_of(client.get(envelope.get_absolute_url()))
    assert "Cut." in page
    assert "500" in page
    # Somebody who still sees the old sum is asked.
    late = client.post(address, sent | {"amount": "700000"})
    assert late.status_code == 409


def test_the_envelope_page_shows_the_rows_behind_each_sum(client, tranches, envelope, finance_controller):
    released, withheld = tranches
    client.force_login(finance_controller)
    for shown, there in (("committed", {released, withheld}), ("withheld", {withheld}), ("unspent", {released})):
        page = body_of(client.get(f"{envelope.get_absolute_url()}?show={shown}"))
        for each in tranches:
            assert (f'href="{each.get_absolute_url()}"' in page) == (each in there)
    assert "Nothing stands here" in body_of(client.get(f"{envelope.get_absolute_url()}?show=overspent"))


def test_confidential_ones_are_one_sum(client, tranches, envelope, finance_controller):
    type(tranches[0].initiative).objects.update(is_confidential=True)
    client.force_login(finance_controller)
    page = body_of(client.get(envelope.get_absolute_url()))
    assert "Confidential, not shown to you" in page
    assert "Predictive maintenance" not in page
    assert client.get(tranches[0].get_absolute_url()).status_code == 404


# A tranche


def test_the_tranche_page_releases(client, withheld, office_member, chair, business_owner, stranger):
    client.force_login(office_member)
    address = withheld.get_absolute_url()
    page = body_of(client.get(address))
    assert "A condition is not met yet" in page
    refused = client.post(f"{address}release/")
    assert (refused.status_code, "It cannot be released yet" in body_of(refused)) == (422, True)
    waive_condition(withheld.condition, actor=chair, reason="Shown.")
    assert "Nothing stands in the way" in body_of(client.get(address))
    client.force_login(business_owner)
    assert (client.get(address).status_code, client.post(f"{address}release/").status_code) == (200, 403)
    client.force_login(stranger)
    assert client.post(f"{address}release/").status_code == 404
    client.force_login(office_member)
    assert client.post(f"{address}release/").status_code == 302
    assert sums(withheld)[1] == 40_000


def test_spending_is_recorded_and_reversed_from_the_page(client, released, finance_controller, office_lead):
    address = released.get_absolute_url()
    sent = {"amount": "1.5k", "spent_on": clock.today().isoformat(), "evidence": "Invoice 17", "key": "page:1"}
    client.force_login(office_lead)
    assert client.post(f"{address}spend/", sent).status_code == 403
    client.force_login(finance_controller)
    for _ in range(2):  # sent twice, booked once
        assert client.post(f"{address}spend/", sent).status_code == 302
    entry = FundingEntry.objects.get(kind="spend")
    assert entry.amount == Decimal(1500)
    assert client.post(f"{address}spend/", sent | {"key": "page:2", "evidence": ""}).status_code == 422
    reversal = f"/funding/entries/{entry.pk}/reverse/"
    assert reversal in body_of(client.get(address))
    assert client.post(reversal, {"reason": ""}).status_code == 422
    assert client.post(reversal, {"reason": "Booked twice."}).status_code == 302
    page = body_of(client.get(address))
    assert ("Booked twice." in page, reversal in page) == (True, False)


def test_more_than_is_unspent_is_asked_for_first(client, released, finance_controller):
    address = released.get_absolute_url()
    client.force_login(finance_controller)
    over = released.unspent + 487_500
    sent = {"amount": str(over), "spent_on": clock.today().isoformat(), "evidence": "Invoice 9", "key": "page:9"}
    asked = client.post(f"{address}spend/", sent)
    assert asked.status_code == 422
    assert "overspent</button>" in body_of(asked)
    assert 'name="most_overspent" value="487500.00"' in body_of(asked)
    assert not FundingEntry.objects.filter(kind="spend").exists()
    more = sent | {"amount": str(over + 1), "most_overspent": "487500.00"}
    assert client.post(f"{address}spend/", more).status_code == 422
    assert client.post(f"{address}spend/", sent | {"most_overspent": "487500.00"}).status_code == 302
    released.refresh_from_db()
    assert released.overspent == 487_500


# The initiative


def test_its_money_on_its_page(client, tranches, finance_controller, business_owner, stranger):
    initiative = tranches[0].initiative
    spend(tranches[0], finance_controller, 21_000)
    tab = f"/initiatives/{initiative.reference}/funding/"
    client.force_login(business_owner)
    overview = body_of(client.get(initiative.get_absolute_url()))
    assert "released of" in overview
    assert "Overspent" in overview
    page = body_of(client.get(tab))
    assert all(each.get_absolute_url() in page for each in tranches)
    assert "Ask for money outside a gate" in page
    client.force_login(stranger)
    assert "released of" not in body_of(client.get(initiative.get_absolute_url()))
    hidden = body_of(client.get(tab))
    assert "Its money is not shown to you" in hidden
    assert "/funding/tranches/" not in hidden


def test_what_terminating_frees_stands_beside_it(client, tranches, chair, finance_controller):
    initiative = tranches[0].initiative
    spend(tranches[0], finance_controller, 5_000)
    client.force_login(chair)
    page = body_of(client.get(f"/initiatives/{initiative.reference}/decide/"))
    assert 'Ending it <b class="b">frees 55' in page


def test_what_deciding_shows_of_money(client, review, tranches, chair, envelope):
    from tests.stagegates.decisions.conftest import make_review

    initiative = tranches[0].initiative
    initiative.refresh_from_db()
    again = make_review(initiative, gates=("value-fit",), amount=Decimal(600_000))
    client.force_login(chair)
    page = body_of(client.get(f"/reviews/{again.pk}/decide/"))
    for text in ("frees 60", "withheld and", "that is free until", "It cannot be approved in full", "Released now"):
        assert text in page


def test_releasing_a_part_from_the_form(client, review, envelope, chair, technical_owner, finance_controller):
    client.force_login(chair)
    sent = {
        "outcome": "conditions", "rationale": "Accuracy holds.", "how": "alone", "amount": "60k", "release_now": "20k",
        "condition-0-text": "Prove it", "condition-0-owner": technical_owner.email,
        "condition-0-due_on": (clock.today() + timedelta(days=9)).isoformat(),
    }  # fmt: skip
    assert client.post(f"/reviews/{review.pk}/decide/", sent | {"release_now": "70k"}).status_code == 422
    answer = client.post(f"/reviews/{review.pk}/decide/", sent)
    assert answer.status_code == 302
    client.force_login(finance_controller)
    page = body_of(client.get(answer.headers["Location"]))
    assert ("Held back" in page, "Released at once" in page) == (True, True)
    client.force_login(chair)
    # A plain approval releases all, whatever stands in the field that it does not show.
    other = make_initiative(stage=Stage.PILOT, bucket=envelope.bucket, risk_tier="moderate")
    from tests.stagegates.decisions.conftest import make_review

    plain = make_review(other, amount=Decimal(10))
    client.post(f"/reviews/{plain.pk}/decide/", sent | {"outcome": "approve", "amount": "10", "release_now": "2"})
    assert other.tranches.get().released == 10


def test_days_of_envelopes_do_not_overlap(envelope):
    assert not Envelope.objects.on(date(1999, 1, 1)).exists()
