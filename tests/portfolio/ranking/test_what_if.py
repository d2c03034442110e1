"""With this envelope, which are funded? Asked of real envelopes, reviews and tranches; nothing changes."""

import csv
from decimal import Decimal
from io import StringIO

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aiso.accounts.models import Role
from aiso.events.models import Event
from portfolio.models import Bucket
from portfolio.what_if import WhatIf
from stagegates.actions.ask_funding import ask_money
from stagegates.models import Envelope, FundingEntry
from tests.api.conftest import Script, make_api_token
from tests.factories import make_envelope, make_initiative, make_person, make_unit
from tests.stagegates.funding.factories import spend

pytestmark = pytest.mark.django_db
PAGE, EXPORT = reverse("portfolio:what_if"), reverse("portfolio:what_if_export")


@pytest.fixture
def bucket() -> Bucket:
    return Bucket.objects.order_by("name").first()


@pytest.fixture
def purse(bucket) -> Envelope:
    return make_envelope(bucket, 100)


@pytest.fixture
def three(bucket):
    """Asking for 60, 50 and 30, the best first."""
    return [make(name, score, amount, bucket) for name, score, amount in (("A", 5, 60), ("B", 4, 50), ("C", 3, 30))]


def make(name, priority, amount, bucket, **fields):
    score = None if priority is None else Decimal(priority)
    return make_initiative(name, priority=score, requested_amount=amount, bucket=bucket, **fields)


def ask(viewer, query="") -> WhatIf:
    return WhatIf(viewer, QueryDict(query))


def names(lines) -> list[str]:
    return [line.initiative.name for line in lines]


def test_by_rank_until_the_money_ends(office_lead, purse, three):
    asked = ask(office_lead)

    assert (asked.amount, asked.to_hand_out, asked.handed_out, asked.result.left) == (100, 100, 90, 10)
    assert names(asked.funded_lines) == ["A", "C"]
    assert [(line.initiative.name, line.lacking) for line in asked.missed_lines] == [("B", 10)]
    assert not asked.is_changed


def test_stopping_at_the_first_that_does_not_fit(office_lead, purse, three):
    asked = ask(office_lead, "then=stop")

    assert names(asked.funded_lines) == ["A"]
    assert [(line.initiative.name, line.lacking) for line in asked.missed_lines] == [("B", 10), ("C", 0)]


def test_another_amount_gains_and_loses_against_today(office_lead, purse, three):
    more, less = ask(office_lead, "amount=110"), ask(office_lead, "amount=50")

    assert [row.name for row in more.gained_named] == ["B"]
    assert [row.name for row in more.lost_named] == ["C"]
    assert [row.name for row in less.gained_named] == ["B"]
    assert [row.name for row in less.lost_named] == ["A", "C"]
    assert {line.initiative.name: line.against_today for line in (*more.funded_lines, *more.missed_lines)} == {
        "A": "", "B": "gained", "C": "lost",
    }  # fmt: skip


def test_by_hand_first_and_left_out(office_lead, purse, three):
    a, b, _ = three
    first = ask(office_lead, f"first={b.reference}")
    without = ask(office_lead, f"without={a.reference}&first=nonsense&first=AI-999999")

    assert names(first.funded_lines) == ["B", "C"]
    assert first.funded_lines[0].by_hand == "first"
    assert names(without.funded_lines) == ["B", "C"]
    assert names(without.left_out_lines) == ["A"]
    [(label, address)] = without.left_out_lines[0].ways
    assert label == "Undo"
    assert a.reference not in address


def test_what_is_committed_stays_or_is_given_out_anew(office_lead, initiative, envelope, tranches, finance_controller):
    """20,000 released, of which 5,000 are spent, and 40,000 withheld, of 500,000."""
    spend(tranches[0], finance_controller, 5_000)
    initiative.priority = Decimal(3)
    initiative.save(update_fields=["priority"])
    better = make("Better", 5, 450_000, initiative.bucket)

    kept, anew = ask(office_lead), ask(office_lead, "held=anew")

    assert (kept.fixed, kept.to_hand_out) == (60_000, 440_000)
    assert names(kept.missed_lines) == ["Better"]
    assert (anew.fixed, anew.to_hand_out) == (5_000, 495_000)
    assert anew.needs == {better.pk: 450_000, initiative.pk: 55_000}
    assert names(anew.funded_lines) == ["Better"]
    assert [row.pk for row in anew.gained_named] == [better.pk]
    assert [row.pk for row in anew.lost_named] == [initiative.pk]


def test_an_envelope_smaller_than_what_is_committed(office_lead, initiative, envelope, tranches):
    asked = ask(office_lead, f"envelope={envelope.pk}&amount=10000")

    assert (asked.to_hand_out, asked.beyond) == (0, 50_000)


def test_an_open_request_counts_and_what_was_funded_asks_no_more(
    office_lead, initiative, envelope, tranches, business_owner
):
    initiative.priority, initiative.requested_amount = Decimal(3), Decimal(99_000)
    initiative.save(update_fields=["priority", "requested_amount"])
    assert ask(office_lead).needs == {}

    ask_money(initiative, actor=business_owner, amount=Decimal(7_000), reason="A second region.")

    assert ask(office_lead).needs == {initiative.pk: 7_000}


def test_what_is_left_aside(office_lead, purse, bucket, three):
    other = Bucket.objects.order_by("name").last()
    make("No priority", None, 10, bucket)
    make("No envelope", 5, 10, other)
    make("Prohibited", 5, 10, bucket, risk_tier="prohibited")
    make("Paused", 5, 10, bucket, stage="paused")
    make("Closed", 5, 10, bucket, stage="closed")

    asked = ask(office_lead)

    assert {each.asked for each in asked.unranked} == {10}
    assert len(asked.elsewhere) == 1
    assert len(asked.needs) == 3
    there = ask(office_lead, f"envelope=bucket-{other.pk}&amount=1k")
    assert (there.pot.amount, names(there.funded_lines)) == (None, ["No envelope"])


def test_one_envelope_ranks_in_its_bucket(office_lead, purse, three):
    make("Elsewhere", 5, 1, Bucket.objects.order_by("name").last())

    asked = ask(office_lead, f"envelope={purse.pk}")

    assert [line.place.place for line in asked.funded_lines] == [1, 3]
    assert asked.pot.period
    assert ask(office_lead, "envelope=999999").pot.key == ""


def test_confidential_ones_are_no_part_of_it(executive, office_lead, purse, bucket, three, client):
    make("Secret", 5, 1, bucket, is_confidential=True)

    assert "Secret" in names(ask(office_lead).funded_lines)
    assert names(ask(executive).funded_lines) == ["A", "C"]
    client.force_login(executive)
    for address in (PAGE, f"{EXPORT}?format=csv"):
        response = client.get(address)
        assert b"Secret" not in (b"".join(response) if response.streaming else response.content)


def test_who_may_ask(client, requester, business_owner, three):
    for person in (requester, business_owner):
        client.force_login(person)
        for address in (PAGE, EXPORT):
            assert client.get(address).status_code == 403
        assert Script(make_api_token(person)[1]).get("portfolio/what-if/").status_code == 403


def test_finance_of_a_unit_asks_about_its_unit_without_seeing_an_envelope(client, purse, bucket, three):
    unit = make_unit("Service")
    make("Own", 2, 40, bucket, unit=unit)
    finance = make_person("Fay", Role.FINANCE_CONTROLLER, role_unit=unit)

    asked = ask(finance, "amount=50")

    assert asked.pot.amount is None
    assert names(asked.funded_lines) == ["Own"]
    client.force_login(finance)
    assert "write down a sum to try" in client.get(PAGE).content.decode()


def test_a_sum_that_cannot_be_read(client, office_lead, purse, three):
    client.force_login(office_lead)
    response = client.get(PAGE, {"amount": "much"})

    assert response.status_code == 422
    assert "Shown is the envelope as it is." in response.content.decode()
    assert response.context["asked"].amount == 100


def test_asking_changes_nothing(client, office_lead, purse, three):
    client.force_login(office_lead)
    before = [*Envelope.objects.values()], Event.objects.count(), FundingEntry.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(PAGE, {"amount": "1m", "held": "anew", "first": three[1].reference})

    assert ([*Envelope.objects.values()], Event.objects.count(), FundingEntry.objects.count()) == before
    assert not [each["sql"] for each in asked if each["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert client.post(PAGE).status_code == 405


def test_queries_do_not_grow(client, office_lead, purse, bucket, django_assert_max_num_queries):
    client.force_login(office_lead)
    unit = make_unit()
    for number in range(60):
        make(f"Nr {number}", number % 5 + 1, 10, bucket, unit=unit)

    with django_assert_max_num_queries(15):
        assert client.get(PAGE).status_code == 200


def test_the_page_and_the_file_say_the_same(client, office_lead, purse, three):
    client.force_login(office_lead)
    page = client.get(PAGE, {"amount": "110"}).content.decode()
    rows = [*csv.DictReader(StringIO(b"".join(client.get(f"{EXPORT}?format=csv&amount=110")).decode("utf-8-sig")))]

    assert "<b>2</b> of 3" in page
    assert [(row["Initiative"], row["Funded"], row["Against today"]) for row in rows] == [
        ("A", "Yes", ""),
        ("B", "Yes", "gained"),
        ("C", "No", "lost"),
    ]
    assert client.get(f"{EXPORT}?format=xlsx").status_code == 200


def test_the_api_answers_the_same(office_lead, purse, three):
    script = Script(make_api_token(office_lead)[1])
    told = script.get("portfolio/what-if/", {"envelope": purse.pk, "amount": 110, "without": three[2].reference}).json()

    assert (told["amount_today"], told["amount"], told["left"]) == ("100.00", "110.00", "0.00")
    assert [(each["initiative"], each["is_funded"], each["by_hand"]) for each in told["initiatives"]] == [
        (three[0].reference, True, None),
        (three[1].reference, True, None),
        (three[2].reference, False, "without"),
    ]
    for wrong in ({"envelope": "999"}, {"amount": "much"}, {"then": "x"}, {"first": "x"}, {"nonsense": "1"}):
        assert script.get("portfolio/what-if/", wrong).status_code == 400
