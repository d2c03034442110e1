"""What an approval commits, what is released, spent and given back."""

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.models import Lane, Stage
from stagegates.actions.conditions import confirm_condition, meet_condition, waive_condition
from stagegates.actions.decide import decide_initiative, decide_review
from stagegates.actions.funding import release_tranche, reverse_spend
from stagegates.models import Decision, Envelope, FundingEntry, Tranche
from stagegates.money import Funding, funding_of
from tests.factories import fund, learnt, make_initiative, make_person
from tests.stagegates.decisions.conftest import approve, make_review, make_sign_off, seat

from .factories import approved, spend, sums

pytestmark = pytest.mark.django_db
Kind = FundingEntry.Kind


# Committing


def test_an_approval_commits_and_releases_its_money(review, envelope, chair):
    decision = approve(review, chair)

    [tranche] = decision.tranches.all()
    envelope.refresh_from_db()
    assert (tranche.amount, tranche.gate, tranche.envelope) == (60_000, "production-fit", envelope)
    assert sums(tranche) == (0, 60_000, 0, 60_000, 0)
    assert (envelope.committed, envelope.free) == (60_000, 440_000)
    assert [*tranche.entries.values_list("kind", "decision")] == [("commit", decision.pk), ("release", decision.pk)]
    assert Event.objects.get(name="money.committed").payload["decision"] == decision.pk


def test_with_conditions_the_rest_is_withheld(tranches, envelope):
    released, withheld = tranches
    assert sums(released) == (0, 20_000, 0, 20_000, 0)
    assert sums(withheld) == (40_000, 0, 0, 0, 0)
    assert (released.is_held_back, withheld.is_held_back) == (False, True)
    assert withheld.condition == withheld.decision.conditions.get()
    envelope.refresh_from_db()
    assert envelope.free == 440_000


def test_with_conditions_nothing_is_released_unless_told(review, chair, technical_owner):
    [tranche] = approved(review, chair, technical_owner)
    assert sums(tranche) == (60_000, 0, 0, 0, 0)


@pytest.mark.parametrize(("part", "told"), [(60_001, "Between 0 and the"), (-1, "Between 0"), (10, "waits for a cond")])
def test_a_part_that_cannot_be_released(review, chair, part, told):
    with pytest.raises(DomainError, match=told) as refused:
        approve(review, chair, release_now=Decimal(part))
    assert refused.value.field == "release_now"
    assert not Decision.objects.exists()


def test_no_money_without_an_envelope(review, envelope, chair):
    Envelope.objects.update(ends_on=clock.today() - timedelta(days=1))
    with pytest.raises(DomainError, match=r"No envelope is set for .* The office lead or an executive sets one"):
        approve(review, chair)
    review.initiative.bucket = None
    review.initiative.save()
    with pytest.raises(DomainError, match="this initiative is in none: choose one first"):
        approve(review, chair)
    assert approve(review, chair, amount=Decimal(0)).amount == 0
    assert not Tranche.objects.exists()


def test_not_more_than_the_envelope_holds(review, envelope, chair):
    approve(
        make_review(
            make_initiative(stage=Stage.PILOT, bucket=envelope.bucket, risk_tier="moderate"), amount=Decimal(450_000)
        ),
        chair,
    )
    with pytest.raises(DomainError, match=r"holds 50,000.*that is free, less than 60,000"):
        approve(review, chair)
    assert approve(review, chair, amount=Decimal(50_000))
    envelope.refresh_from_db()
    assert envelope.free == 0


# Releasing


def test_released_once_its_condition_is_met(withheld, office_member, technical_owner, chair):
    with pytest.raises(DomainError, match="A condition is not met yet, due on"):
        release_tranche(withheld, actor=office_member)
    condition = withheld.condition
    meet_condition(condition, actor=technical_owner, note="Tried on Monday.")
    with pytest.raises(DomainError, match="A condition is not met yet"):
        release_tranche(withheld, actor=office_member)
    confirm_condition(condition, actor=chair)

    release_tranche(withheld, actor=office_member)

    assert sums(withheld) == (0, 40_000, 0, 40_000, 0)
    assert Event.objects.get(name="money.released").actor == office_member
    with pytest.raises(DomainError, match="Nothing of this tranche is withheld"):
        release_tranche(withheld, actor=office_member)


def test_who_releases(withheld, chair, member, sponsor, finance_controller, business_owner, stranger, service_account):
    waive_condition(withheld.condition, actor=chair, reason="Shown before.")
    for person in (business_owner, stranger, service_account, make_person("Far Away", "auditor")):
        with pytest.raises(PermissionDenied, match="never a party"):
            release_tranche(withheld, actor=person)
    for person in (finance_controller, member, sponsor):
        with transaction.atomic():
            assert release_tranche(withheld, actor=person).withheld == 0
            transaction.set_rollback(True)


def test_what_stops_a_release(review, envelope, chair, sponsor, office_lead, technical_owner):
    make_sign_off(review, "security", "approve")
    [tranche] = approved(review, chair, technical_owner)
    waive_condition(tranche.condition, actor=chair, reason="Shown.")
    initiative = tranche.initiative
    initiative.summary = "Something else entirely"
    initiative.save()
    with pytest.raises(DomainError, match="The sign-off of Security is outdated"):
        release_tranche(tranche, actor=office_lead)
    [key] = [f"outdated:{review.sign_offs.get().pk}"]
    with pytest.raises(DomainError, match="Only a higher body"):
        release_tranche(tranche, actor=office_lead, overrides={key: "Small."})
    release_tranche(tranche, actor=sponsor, overrides={key: "A word changed, no fact."})
    assert tranche.entries.get(kind="release").overrides[0]["reason"] == "A word changed, no fact."


def test_an_overdue_condition_stops_it_too(withheld, chair, office_lead):
    with clock.fixed_at(clock.now() + timedelta(days=31)), pytest.raises(DomainError, match="overdue since"):
        release_tranche(withheld, actor=office_lead)


def test_a_paused_one_and_a_lost_lane_stop_it(fast, delegate, chair, office_lead, technical_owner):
    [tranche] = approved(fast, delegate, technical_owner)
    waive_condition(tranche.condition, actor=delegate, reason="Shown.")
    initiative = tranche.initiative
    type(initiative).objects.filter(pk=initiative.pk).update(lane=Lane.FULL)
    with pytest.raises(DomainError, match="The fast lane no longer holds"):
        release_tranche(tranche, actor=office_lead)


def test_pausing_stops_money(withheld, chair, office_lead):
    waive_condition(withheld.condition, actor=chair, reason="Shown.")
    decide_initiative(withheld.initiative, actor=chair, outcome="pause", rationale="Wait.")
    with pytest.raises(DomainError, match="is paused"):
        release_tranche(withheld, actor=office_lead)


# Spending


def test_spending_and_overspending(released, finance_controller):
    entry = spend(released, finance_controller, 15_000)
    assert sums(released) == (0, 20_000, 15_000, 5_000, 0)
    spend(released, finance_controller, 9_000, "R-2")
    assert sums(released) == (0, 20_000, 20_000, 0, 4_000)
    assert Event.objects.filter(name="money.overspent").count() == 1

    reverse_spend(entry, actor=finance_controller, reason="Booked twice.")

    assert sums(released) == (0, 20_000, 9_000, 11_000, 0)
    with pytest.raises(DomainError, match="reversed already"):
        reverse_spend(entry, actor=finance_controller, reason="Again.")
    with pytest.raises(DomainError, match="Only spending is reversed"):
        reverse_spend(entry.reversed_by, actor=finance_controller, reason="Back.")


def test_the_same_key_lands_once(released, finance_controller):
    first = spend(released, finance_controller, 100)
    assert spend(released, finance_controller, 100) == first
    assert Event.objects.filter(name="money.spent").count() == 1
    with pytest.raises(DomainError, match="names another booking"):
        spend(released, finance_controller, 101)


@pytest.mark.parametrize(
    ("amount", "more", "field"),
    [
        (0, {}, "amount"),
        (-5, {}, "amount"),
        (5, {"spent_on": clock.today() + timedelta(days=2)}, "spent_on"),
        (5, {"evidence": " "}, "evidence"),
        (5, {"key": ""}, "key"),
    ],
)
def test_spending_that_cannot_be(released, finance_controller, amount, more, field):
    with pytest.raises(DomainError) as refused:
        spend(released, finance_controller, amount, **{"key": "R-1"} | more)
    assert refused.value.field == field


def test_only_finance_records_spending(released, business_owner, office_lead, executive, auditor, stranger):
    for person in (business_owner, office_lead, executive, auditor, stranger):
        with pytest.raises(PermissionDenied, match="Finance records spending"):
            spend(released, person, 10)


# Ending


def test_terminating_frees_and_returns(tranches, envelope, finance_controller, chair):
    released, withheld = tranches
    entry = spend(released, finance_controller, 5_000)

    ended = released.initiative
    decision = decide_initiative(ended, actor=chair, outcome="terminate", rationale="No value path.", **learnt())

    assert (sums(released), sums(withheld)) == ((0, 5_000, 5_000, 0, 0), (0, 0, 0, 0, 0))
    envelope.refresh_from_db()
    assert (envelope.committed, envelope.free) == (5_000, 495_000)
    assert {*decision.entries.values_list("kind", "amount")} == {("free", 40_000), ("return", 15_000)}
    # A late invoice stands apart; taken back, nothing stays unspent.
    late = spend(released, finance_controller, 700, "R-9")
    assert sums(released) == (0, 5_000, 5_000, 0, 700)
    reverse_spend(late, actor=finance_controller, reason="Wrong project.")
    reverse_spend(entry, actor=finance_controller, reason="Wrong project.")
    assert sums(released) == (0, 0, 0, 0, 0)
    envelope.refresh_from_db()
    assert envelope.free == 500_000


def test_terminating_at_a_gate_frees_earlier_money(tranches, envelope, chair):
    initiative = tranches[0].initiative
    initiative.refresh_from_db()
    again = make_review(initiative, gates=("value-fit",), amount=Decimal(10_000))
    decide_review(again, actor=chair, outcome="terminate", rationale="No value path.", **learnt())
    envelope.refresh_from_db()
    assert envelope.free == 500_000


# Reading


def test_the_money_of_many_in_three_queries(tranches, finance_controller, django_assert_num_queries):
    spend(tranches[0], finance_controller, 25_000)
    initiative = tranches[0].initiative
    other = make_initiative(stage=Stage.PILOT)
    make_review(other, amount=Decimal(7_000))
    with django_assert_num_queries(3):
        found = funding_of([initiative, other])
    assert found == {
        initiative.pk: Funding(
            *map(Decimal, (0, 60_000, 40_000, 20_000, 20_000, 0, 5_000)),
        ),
        other.pk: Funding(asked=Decimal(7_000)),
    }


# What the database itself holds


def entry(tranche, kind, amount, **more):
    told = {"tranche": tranche, "kind": kind, "amount": amount, "dated_on": clock.today()}
    return FundingEntry.objects.create(recorded_by=tranche.decision.decided_by, **told | more)


def refuses(match=None):
    return pytest.raises((IntegrityError, InternalError, ProgrammingError), match=match)


@pytest.mark.parametrize("outcome", ["hold", "pause", "terminate"])
def test_no_tranche_without_an_approval(review, envelope, chair, outcome):
    decision = Decision.objects.create(
        initiative=review.initiative,
        review=review,
        outcome=outcome,
        rationale="No.",
        amount=Decimal(100),
        body=review.body,
        way="chair",
        decided_by=chair,
        hold_until=clock.today(),
    )
    with refuses("needs a decision that approved"), transaction.atomic():
        Tranche.objects.create(decision=decision, initiative=review.initiative, envelope=envelope, amount=1)


def test_no_tranche_beyond_what_was_approved_or_for_another(tranches, envelope):
    decision = tranches[0].decision
    with refuses("needs a decision that approved"), transaction.atomic():
        Tranche.objects.create(decision=decision, initiative=decision.initiative, envelope=envelope, amount=1)
    with refuses("needs a decision that approved"), transaction.atomic():
        Tranche.objects.create(decision=decision, initiative=make_initiative(), envelope=envelope, amount=1)


def test_the_database_refuses_what_breaks_the_sums(tranches, finance_controller):
    released, withheld = tranches
    spend(released, finance_controller, 5_000)
    decision = released.decision
    booked = released.entries.get(kind="spend")
    for tranche, kind, amount, more in (
        (withheld, "release", 40_001, {}),
        (withheld, "free", 40_001, {"decision": decision}),
        (withheld, "free", 1, {}),
        (withheld, "commit", 1, {"decision": decision}),
        (released, "return", 15_001, {}),
        (released, "release", 1, {}),
        (released, "spend", -1, {}),
        (released, "spend", 1, {}),
        (released, "spend", -4_999, {"reverses": booked}),
        (withheld, "spend", -5_000, {"reverses": booked}),
        (withheld, "release", -1, {}),
    ):
        with refuses(), transaction.atomic():
            entry(tranche, kind, amount, **more)
    assert (sums(released), sums(withheld)) == ((0, 20_000, 5_000, 15_000, 0), (40_000, 0, 0, 0, 0))


def test_nothing_is_edited(tranches, envelope):
    for change in (
        lambda: FundingEntry.objects.update(amount=1),
        lambda: FundingEntry.objects.all().delete(),
        lambda: Tranche.objects.update(released=1),
        lambda: Tranche.objects.all()._raw_delete("default"),
        lambda: Envelope.objects.update(committed=0),
        lambda: Envelope.objects.update(amount=59_999),
        lambda: Envelope.objects.all()._raw_delete("default"),
    ):
        with refuses(), transaction.atomic():
            change()


def test_sums_begin_with_nothing(review, envelope, chair):
    with refuses("Sums follow from entries"), transaction.atomic():
        Envelope.objects.create(
            bucket=envelope.bucket,
            starts_on="2001-01-01",
            ends_on="2001-12-31",
            amount=5,
            committed=1,
            reason="x",
            set_by=chair,
        )


def test_two_approvals_that_together_exceed_the_envelope(transactional_db, business_owner):
    chair = seat(make_person("Carla Chair"), "portfolio-review", "chair")
    first = make_initiative(stage=Stage.PILOT, owner=business_owner, risk_tier="moderate")
    envelope = fund(first, 100_000)
    second = make_initiative(stage=Stage.PILOT, owner=business_owner, risk_tier="moderate", bucket=envelope.bucket)
    reviews = [make_review(each, amount=Decimal(60_000)) for each in (first, second)]
    start, told = Barrier(2), []

    def run(review):
        try:
            start.wait()
            told.append(approve(review, chair).amount)
        except DomainError as error:
            told.append(str(error))
        finally:
            connection.close()

    threads = [Thread(target=run, args=[review]) for review in reviews]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    [refusal] = [each for each in told if isinstance(each, str)]
    assert "holds 40,000" in refusal
    assert [each for each in told if each == 60_000] == [60_000]
    envelope.refresh_from_db()
    assert (envelope.committed, Decision.objects.count()) == (60_000, 1)
