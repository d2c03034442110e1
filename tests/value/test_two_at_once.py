"""Two people in the same moment at one ledger: nothing is posted, answered or taken back twice."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from aiso.errors import DomainError
from aiso.events.models import Event
from tests.at_once import both
from tests.factories import make_person
from value.actions.claims import confirm_claim, reject_claim
from value.actions.months import close_month
from value.actions.packs import ask_for_pack, subscribe_to_packs
from value.actions.post import post_entry, reverse_entry
from value.actions.shares import agree_shares
from value.models import BoardPack, ClaimAnswer, ClosedMonth, LedgerEntry, MethodConfirmation, PackSubscription
from value.overlaps import sharing_of

from .factories import claim, cost_of

ONE_OF_TWO = [DomainError.__name__, "done"]
MAY = date(2026, 5, 1)


@pytest.fixture
def here(transactional_db, request):
    """An outcome metric that other threads see too."""
    return request.getfixturevalue("metric")


def test_the_same_entry_is_posted_once(here, business_owner):
    asked = cost_of(5, key="ERP-1", happened_on=MAY)

    assert both(lambda _: post_entry(here.initiative, asked, actor=business_owner)) == ["done", "done"]
    assert (LedgerEntry.objects.count(), Event.objects.filter(name="ledger.posted").count()) == (1, 1)


def test_one_of_two_answers_a_claim(here, business_owner, finance_controller):
    other = make_person("", "finance_controller")
    entry = claim(here, business_owner)
    deeds = (
        lambda: confirm_claim(entry, actor=finance_controller),
        lambda: reject_claim(entry, actor=other, reason="No."),
    )

    assert both(lambda number: deeds[number]()) == ONE_OF_TWO
    assert ClaimAnswer.objects.count() == 1


def test_one_of_two_reverses_an_entry(here, business_owner):
    entry = post_entry(here.initiative, cost_of(5, happened_on=MAY), actor=business_owner)

    assert both(lambda _: reverse_entry(entry, actor=business_owner, reason="Twice.")) == ONE_OF_TWO
    assert LedgerEntry.objects.count() == 2


def test_what_is_posted_while_a_month_closes_is_in_it_or_refused(here, business_owner, finance_controller):
    deeds = (
        lambda: post_entry(here.initiative, cost_of(5, happened_on=MAY), actor=business_owner),
        lambda: close_month(MAY, actor=finance_controller),
    )

    told = both(lambda number: deeds[number]())

    assert ClosedMonth.objects.count() == 1
    assert told == (["done", "done"] if LedgerEntry.objects.exists() else ONE_OF_TWO)


def test_a_claim_is_not_answered_and_taken_back(here, business_owner, finance_controller):
    entry = claim(here, business_owner)
    deeds = (
        lambda: confirm_claim(entry, actor=finance_controller),
        lambda: reverse_entry(entry, actor=finance_controller, reason="Twice."),
    )

    told = both(lambda number: deeds[number]())

    # Reversed after it was confirmed, or reversed and answered no more.
    assert told == (["done", "done"] if ClaimAnswer.objects.exists() else ONE_OF_TWO)
    assert LedgerEntry.objects.count() == 2


def test_shares_stay_while_a_claim_is_confirmed(here, business_owner, finance_controller):
    other = make_person("", "finance_controller")
    claims = [claim(here, business_owner), claim(here, business_owner)]
    agree_shares({each: Decimal("0.5") for each in claims}, actor=finance_controller, reason="Agreed.")
    deeds = (
        lambda: confirm_claim(claims[0], actor=finance_controller),
        lambda: agree_shares({claims[1]: Decimal("0.6"), claims[0]: Decimal("0.4")}, actor=other, reason="Anew."),
    )

    told = both(lambda number: deeds[number]())

    # Confirmed by the half that it had, and nothing agreed anew; or agreed anew first, and confirmed by that.
    share = ClaimAnswer.objects.get().share
    assert (told, share) in [(ONE_OF_TWO, Decimal("0.5")), (["done", "done"], Decimal("0.4"))]
    assert sharing_of([claims[1].pk])[claims[1].pk].total == 1


def test_the_database_lets_one_of_two_take_the_whole(here, business_owner, finance_controller):
    """Also where nobody asks for shares first: both write their answer in the same moment."""
    claims = [claim(here, business_owner), claim(here, business_owner)]
    MethodConfirmation.objects.create(method=claims[0].method, confirmed_by=finance_controller)
    written = threading.Barrier(2)

    def confirm(number: int) -> None:
        entry, told = claims[number], {"verdict": "confirmed", "answered_by": finance_controller}
        try:
            with transaction.atomic():
                written.wait()
                ClaimAnswer.objects.create(entry=entry, amount=entry.amount, rate=entry.rate, **told)
        except IntegrityError as error:
            raise DomainError(str(error)) from error

    assert both(confirm) == ONE_OF_TWO
    assert ClaimAnswer.objects.count() == 1


def test_a_pack_sent_twice_is_asked_for_once(transactional_db):
    executive = make_person("", "executive")

    def ask(_: int) -> None:
        ask_for_pack(actor=executive, days=30, as_of=MAY, key="page:1")

    assert both(ask) == ["done", "done"]
    assert (BoardPack.objects.count(), Event.objects.filter(name="pack.asked").count()) == (1, 1)


def test_no_fourth_pack_slips_in(transactional_db):
    executive = make_person("", "executive")
    for days in (30, 60):
        ask_for_pack(actor=executive, days=days, as_of=MAY)

    assert both(lambda number: ask_for_pack(actor=executive, days=90, as_of=MAY, key=f"page:{number}")) == ONE_OF_TWO
    assert BoardPack.objects.count() == 3


def test_subscribed_twice_a_pack_comes_once(transactional_db):
    executive = make_person("", "executive")

    assert both(lambda _: subscribe_to_packs(actor=executive, days=30)) == ["done", "done"]
    assert (PackSubscription.objects.count(), Event.objects.filter(name="packs.subscribed").count()) == (1, 1)
