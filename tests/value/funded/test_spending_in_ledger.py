"""What is spent of tranches stands in the ledger by itself: once, taken back with it, and never counted twice."""

from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event
from aiso.web import figures
from portfolio.models import Stage
from stagegates import recorded_spending
from stagegates.actions.funding import enter, reverse_spend
from stagegates.actions.land_spending import land_spending, upload_spending
from stagegates.actions.merge import merge_into
from stagegates.family import family_seen
from stagegates.models import FundingEntry
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative
from tests.stagegates.funding.factories import spend
from tests.value.factories import cost_of, post
from value.actions.months import close_month
from value.actions.post import reverse_entry
from value.models import LedgerEntry, TrancheCost
from value.tranche_costs import spent_of_tranches
from value.worth import Window, worth_of

pytestmark = pytest.mark.django_db
HEAD = "Initiative,Tranche,Date,Amount,Invoice,Key\n"


def last_month() -> date:
    return clock.months_later(clock.today().replace(day=1), -1)


def built(tranche) -> tuple[Decimal, Decimal]:
    """Build cost to date, and what of it came from tranches."""
    ids = [tranche.initiative_id]
    return worth_of(ids, Window.to_date()).build_cost, spent_of_tranches(ids, Window.to_date())


def test_spending_is_posted_as_build_cost(released, finance_controller):
    spent_on = clock.today() - timedelta(days=3)
    spending = spend(released, finance_controller, "120.50", spent_on=spent_on)
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.amount, entry.evidence) == ("build_cost", Decimal("120.50"), "Invoice 17")
    assert (entry.happened_on, entry.first_on, entry.last_on) == (spent_on,) * 3
    assert (entry.tranche_cost.spending, entry.recorded_by) == (spending, finance_controller)
    assert built(released) == (Decimal("120.50"),) * 2
    assert Event.objects.get(name="ledger.posted").payload["entries"] == 1


def test_recorded_again_it_is_posted_once(released, finance_controller):
    for _ in range(2):
        spend(released, finance_controller, 120)
    assert (LedgerEntry.objects.count(), TrancheCost.objects.count()) == (1, 1)


def test_who_may_not_spend_posts_nothing(released, business_owner):
    with pytest.raises(PermissionDenied):
        spend(released, business_owner, 120)
    assert not LedgerEntry.objects.exists()


def test_it_stands_beside_what_is_posted_by_hand(released, business_owner, finance_controller):
    post(released.initiative, business_owner, cost_of(50, kind="build_cost"))
    spend(released, finance_controller, 25_000)
    # What was overspent was spent, too.
    assert worth_of([released.initiative_id], Window(clock.today(), clock.today())).net == 0
    assert spent_of_tranches([released.initiative_id], Window.to_date()) == 25_000
    window = Window(clock.today() - timedelta(days=1))
    assert spent_of_tranches([released.initiative_id], window) == 0
    assert spent_of_tranches([released.initiative_id], Window.to_date(), known_at=clock.now() - timedelta(1)) == 0


def test_taken_back_it_is_taken_back(released, finance_controller):
    spending = spend(released, finance_controller, 120)
    reversal = reverse_spend(spending, actor=finance_controller, reason="Booked twice.")
    entry = LedgerEntry.objects.get(reverses=None)
    assert entry.reversed_by.tranche_cost.spending == reversal
    assert (entry.reversed_by.amount, entry.reversed_by.reason) == (-120, "Booked twice.")
    assert built(released) == (0, 0)
    with pytest.raises(DomainError, match="already"):
        reverse_spend(spending, actor=finance_controller, reason="Again.")
    assert LedgerEntry.objects.count() == 2


def test_a_closed_month_stays_as_it_is(released, finance_controller):
    closing, spent_on = last_month(), last_month().replace(day=3)
    early = spend(released, finance_controller, 80, key="R-0", spent_on=spent_on)
    close_month(closing, actor=finance_controller)
    spend(released, finance_controller, 120, spent_on=spent_on, evidence="I" * 300)
    late = LedgerEntry.objects.get(amount=120)
    assert (late.happened_on, late.first_on, late.last_on) == (clock.today().replace(day=1),) * 3
    assert late.evidence.endswith(f"spent on {figures.day(spent_on)}, which is closed")
    assert len(late.evidence) == 300
    reverse_spend(early, actor=finance_controller, reason="Not ours.")
    assert LedgerEntry.objects.get(amount=-80).first_on == clock.today()
    window = Window(clock.today().replace(day=1) - timedelta(days=1), closing)
    assert worth_of([released.initiative_id], window).build_cost == 80


def test_it_is_taken_back_under_funding_alone(released, finance_controller, business_owner, client):
    spending = spend(released, finance_controller, 120)
    entry = LedgerEntry.objects.get()
    with pytest.raises(DomainError, match="under Funding"):
        reverse_entry(entry, actor=finance_controller, reason="No.")
    client.force_login(finance_controller)
    page = client.get(entry.get_absolute_url()).content.decode()
    assert "taken back under Funding" in page
    assert f"#entry-{spending.pk}" in page
    assert f"{entry.get_absolute_url()}reverse/" not in page
    assert client.post(f"{entry.get_absolute_url()}reverse/", {"reason": "No."}).status_code == 422
    api = Script(make_api_token(finance_controller)[1])
    assert api.get(f"/api/v1/ledger-entries/{entry.pk}/").json()["spending"] == spending.pk
    assert api.post(f"/api/v1/ledger-entries/{entry.pk}/reverse/", {"reason": "No."}).status_code == 409
    client.force_login(business_owner)
    tab = client.get(f"{entry.initiative.get_absolute_url()}value/").content.decode()
    assert "of it spent of tranches" in tab
    worth = Script(make_api_token(business_owner)[1]).get(f"/api/v1/initiatives/{entry.initiative.reference}/value/")
    told = worth.json()
    assert (told["build_cost"], told["build_cost_from_tranches"], told["net"]) == ("120.00", "120.00", "0.00")


def test_keys_of_its_own_are_taken_by_nobody(released, business_owner):
    with pytest.raises(DomainError, match="under Funding"):
        post(released.initiative, business_owner, cost_of(5, key="funding-entry:1"))


def test_what_cannot_be_posted_is_not_spent(released, finance_controller, monkeypatch):
    def refuse(entries):
        raise DomainError("No.")

    monkeypatch.setattr(recorded_spending, "_followers", [*recorded_spending._followers, refuse])
    with pytest.raises(DomainError):
        spend(released, finance_controller, 120)
    assert not FundingEntry.objects.spending().exists()
    assert not LedgerEntry.objects.exists()


def _landed(tranche, actor, rows: int, name: str) -> list[str]:
    day = clock.today()
    lines = [
        f"{tranche.initiative.reference},{tranche.pk},{clock.today()},{n + 1},Invoice {n},{name}{n}"
        for n in range(rows)
    ]
    told = "\n".join([*lines, f"AI-9999,,{day},5,Invoice,"])
    file = upload_spending((HEAD + told).encode(), file_name="erp.csv", actor=actor)
    with CaptureQueriesContext(connection) as asked:
        land_spending(file, actor=actor)
    return [each["sql"] for each in asked if "value_" in each["sql"]]


def test_a_file_is_posted_in_fixed_queries(tranches, finance_controller):
    few = _landed(tranches[0], finance_controller, 2, "A")
    many = _landed(tranches[0], finance_controller, 20, "B")
    assert len(few) == len(many)
    assert LedgerEntry.objects.count() == 22
    assert built(tranches[0])[1] == sum(range(1, 3)) + sum(range(1, 21))
    assert not _landed(tranches[0], finance_controller, 20, "B")
    assert LedgerEntry.objects.count() == 22


def test_the_database_holds_that_both_say_the_same(released, finance_controller):
    first, second = (spend(released, finance_controller, amount, key=str(amount)) for amount in (5, 6))
    entry = LedgerEntry.objects.get(amount=5)
    alone = post(released.initiative, finance_controller, cost_of(7))
    other = enter(released, "spend", Decimal(8), actor=finance_controller, evidence="E", key="E")
    for wrong in ({"entry": alone, "spending": other}, {"entry": entry, "spending": second}):
        with pytest.raises(IntegrityError), transaction.atomic():
            TrancheCost.objects.create(**wrong)
    assert first.tranche_cost.entry == entry


def test_what_was_spent_before_is_posted_by_the_migration(released, finance_controller, monkeypatch):
    monkeypatch.setattr(recorded_spending, "_followers", [])
    early, today = last_month().replace(day=9), clock.today()
    for day, amount in ((early, 40), (today, 60), (today, 70)):
        spending = spend(released, finance_controller, amount, key=str(amount), spent_on=day)
    reverse_spend(spending, actor=finance_controller, reason="Not ours.")
    close_month(last_month(), actor=finance_controller)
    assert not LedgerEntry.objects.exists()
    migration = import_module("value.migrations.0010_spending_of_before")
    migration.post_what_was_spent(None, type("Editor", (), {"connection": connection}))
    told = LedgerEntry.objects.order_by("pk").values_list("amount", "first_on", "evidence")
    assert [*told] == [
        (40, today.replace(day=1), f"Invoice 17, spent on 9 {early:%b} {early.year}, which is closed"),
        (60, today, "Invoice 17"),
        (70, today, "Invoice 17"),
        (-70, today, ""),
    ]
    assert TrancheCost.objects.count() == 4
    assert built(released) == (100, 100)


def test_a_merge_moves_money_and_counts_nothing_twice(released, finance_controller, office_lead, chair):
    survivor = make_initiative("Predict failures", stage=Stage.BUILD, owner=office_lead, risk_tier="moderate")
    spending = spend(released, finance_controller, 5_000)
    merge_into(released.initiative, actor=chair, survivor=survivor, rationale="The same thing twice.")
    family = family_seen(survivor.pk, finance_controller)
    assert LedgerEntry.objects.get().initiative == released.initiative
    assert worth_of(family.order_by(), Window.to_date()).build_cost == 5_000
    # Where it was spent it is taken back, though nothing is posted there by hand any more.
    reverse_spend(spending, actor=finance_controller, reason="Not ours.")
    assert spent_of_tranches(family.order_by(), Window.to_date()) == 0
