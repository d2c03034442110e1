"""Merging an initiative into another, and undoing it: what moves, what stays, who may."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.models import Initiative, Stage
from stagegates.actions.carry_merge import carry_out
from stagegates.actions.decide import decide_initiative, decide_review
from stagegates.actions.funding import release_tranche
from stagegates.actions.merge import merge_into, undo_merge, why_not_undo
from stagegates.family import family_funding, merges_into, survivor_seen
from stagegates.models import Condition, Decision, GateReview, Merge, Tranche
from stagegates.money import funding_of
from tests.factories import make_initiative, make_ownership, move_stage
from tests.stagegates.decisions.conftest import make_condition, make_review
from tests.stagegates.funding.factories import sums

pytestmark = pytest.mark.django_db
WHY = "The same thing twice."


def merge(initiative, survivor, actor, **more) -> Decision:
    return merge_into(initiative, actor=actor, survivor=survivor, **({"rationale": WHY} | more))


def undo(merge_, actor) -> Decision:
    merge_.refresh_from_db()
    return undo_merge(merge_, actor=actor, rationale="They differ after all.")


def standing(initiative) -> dict[str, object]:
    """What hangs on an initiative, by kind."""
    return {
        "classes": {*initiative.decision_classes.values_list("name", flat=True)},
        "metrics": {*initiative.outcome_metrics.values_list("name", flat=True)},
        "barriers": initiative.barriers.count(),
        "comments": initiative.comments.count(),
        "tools": {*initiative.tools.values_list("name", flat=True)},
        "readings": initiative.decision_readings.count(),
    }


def test_what_is_worked_on_moves_and_comes_back(worked_on, survivor, chair):
    first, second = standing(worked_on), standing(survivor)

    made = merge(worked_on, survivor, chair)

    worked_on.refresh_from_db()
    assert (made.outcome, worked_on.stage) == ("merge", Stage.MERGED)
    assert worked_on.stage_changes.last().by_decision.decision == made
    assert standing(survivor) == {
        "classes": {"Which part next", "When to stop"},
        "metrics": {"Stops"},
        "barriers": 1,
        "comments": 1,
        "tools": {"Shared", "Own"},
        "readings": 0,
    }
    # A second one of a name stays where it was, and tools are not forgotten.
    assert standing(worked_on)["classes"] == {"When to stop"}
    assert standing(worked_on)["tools"] == {"Shared", "Own"}
    event = Event.objects.get(name="initiative.merged")
    assert (event.payload["initiative"], event.payload["survivor"]) == (worked_on.pk, survivor.pk)

    undone = undo(made.merge, chair)

    worked_on.refresh_from_db()
    assert worked_on.stage == Stage.PILOT
    assert (standing(worked_on), standing(survivor)) == (first, second)
    assert (undone.outcome, undone.supersedes) == ("undo_merge", made)
    assert worked_on.stage_changes.last().by_decision.decision == undone
    assert Event.objects.filter(name="merge.undone").count() == 1


def test_readings_go_with_their_class(worked_on, survivor, chair, technical_owner):
    day = clock.today() - timedelta(days=9)
    one = worked_on.decision_classes.get(name="Which part next")
    reading = one.readings.create(
        initiative=worked_on,
        first_day=day,
        last_day=day,
        volume=9,
        overrides=1,
        errors=0,
        recorded_by=technical_owner,
    )
    made = merge(worked_on, survivor, chair)
    reading.refresh_from_db()
    assert reading.initiative == survivor
    undo(made.merge, chair)
    reading.refresh_from_db()
    assert reading.initiative == worked_on


def test_money_moves_by_new_entries(initiative, survivor, funded, chair):
    envelope = funded[0].envelope
    envelope.refresh_from_db()
    committed = envelope.committed

    made = merge(initiative, survivor, chair)

    assert sums(funded[0]) == (0, 5_000, 5_000, 0, 0)
    assert sums(funded[1]) == (0, 0, 0, 0, 0)
    released, withheld = Tranche.objects.filter(initiative=survivor).order_by("pk")
    assert sums(released) == (0, 15_000, 0, 15_000, 0)
    assert sums(withheld) == (40_000, 0, 0, 0, 0)
    assert {released.decision, withheld.decision} == {made}
    assert {released.approval, withheld.approval} == {funded[0].decision}
    envelope.refresh_from_db()
    assert envelope.committed == committed

    undo(made.merge, chair)

    assert (sums(released), sums(withheld)) == ((0, 0, 0, 0, 0), (0, 0, 0, 0, 0))
    own = funding_of([initiative])[initiative.pk]
    assert (own.withheld, own.unspent, own.spent) == (40_000, 15_000, 5_000)
    envelope.refresh_from_db()
    assert envelope.committed == committed


def test_a_family_adds_up(initiative, survivor, funded, chair, office_lead):
    merge(initiative, survivor, chair)
    whole = family_funding(survivor.pk, office_lead)
    assert (whole.committed, whole.withheld, whole.spent, whole.unspent) == (60_000, 40_000, 5_000, 15_000)


def test_withheld_money_still_waits_for_its_condition(initiative, survivor, funded, chair, finance_controller):
    merge(initiative, survivor, chair)
    condition = Condition.objects.get()
    assert condition.initiative == survivor
    withheld = Tranche.objects.get(initiative=survivor, is_held_back=True)
    with pytest.raises(DomainError, match="condition is not met"):
        release_tranche(withheld, actor=finance_controller)
    condition.waived_at, condition.waived_because = clock.now(), "Shown."
    condition.save()
    release_tranche(withheld, actor=finance_controller)
    assert sums(withheld) == (0, 40_000, 0, 40_000, 0)


@pytest.mark.parametrize("is_confidential", [False, True])
def test_it_waits_for_one_that_is_overdue_too(initiative, survivor, funded, chair, finance_controller, is_confidential):
    Initiative.objects.filter(pk=initiative.pk).update(is_confidential=is_confidential)
    initiative.refresh_from_db()
    merge(initiative, survivor, chair)
    withheld = Tranche.objects.get(initiative=survivor, is_held_back=True)
    late = clock.fixed_at(clock.now() + timedelta(days=99))
    with late, pytest.raises(DomainError, match="is overdue since") as refused:
        release_tranche(withheld, actor=finance_controller)
    assert (Condition.objects.get().text in str(refused.value)) is not is_confidential


def test_no_money_moves_without_a_merge(initiative, survivor, funded, chair):
    made = merge(initiative, survivor, chair)
    moved = Tranche.objects.filter(initiative=survivor).first()
    other = make_initiative(stage=Stage.BUILD)
    told = {"decision": made, "envelope": moved.envelope, "amount": Decimal(1), "approved_in": moved.approval}
    with pytest.raises(IntegrityError, match="just what it gave back"), transaction.atomic():
        Tranche.objects.create(initiative=other, moved_from=moved, **told)
    with pytest.raises(IntegrityError, match="approved its money"), transaction.atomic():
        Tranche.objects.create(initiative=initiative, **told)


def test_a_chain_is_one_family(initiative, survivor, funded, chair, office_lead):
    last = make_initiative("Maintain everything", stage=Stage.BUILD, risk_tier="moderate")
    merge(initiative, survivor, chair)
    made = merge(survivor, last, chair)

    assert survivor_seen(initiative.pk, office_lead) == last
    assert [each.merged for each in merges_into(last.pk, office_lead)] == [survivor, initiative]
    whole = family_funding(last.pk, office_lead)
    assert (whole.committed, whole.spent) == (60_000, 5_000)
    assert "has ended" in why_not_undo(Merge.objects.get(merged=initiative))

    undo(made.merge, chair)
    assert survivor_seen(initiative.pk, office_lead) == survivor
    with pytest.raises(DomainError, match="before the next decision"):
        undo(Merge.objects.get(merged=initiative), chair)


def test_until_the_next_decision(merged, survivor, chair):
    assert why_not_undo(merged) == ""
    decide_initiative(survivor, actor=chair, outcome="pause", rationale="No staff.")
    merged.survivor.refresh_from_db()
    with pytest.raises(DomainError, match="before the next decision"):
        undo(merged, chair)


def test_undone_once(merged, chair):
    undo(merged, chair)
    with pytest.raises(DomainError, match="undone already"):
        undo(merged, chair)


def test_what_it_cannot_go_on_in(initiative, survivor, chair, merged):
    other = make_initiative(stage=Stage.BUILD, risk_tier="moderate")
    with pytest.raises(DomainError, match="ended already"):
        merge(initiative, other, chair)
    with pytest.raises(DomainError, match="is merged"):
        merge(other, initiative, chair)
    with pytest.raises(DomainError, match="Choose another"):
        merge(other, other, chair)
    closed = make_initiative(stage=Stage.BUILD, risk_tier="moderate")
    move_stage(closed, Stage.CLOSED)
    with pytest.raises(DomainError, match="is closed"):
        merge(other, closed, chair)
    with pytest.raises(DomainError, match="Say why"):
        merge(other, survivor, chair, rationale=" ")


def test_who_may_not(initiative, survivor, chair, member, stranger, business_owner, auditor):
    for person in (member, stranger, business_owner, auditor):
        with pytest.raises(PermissionDenied):
            merge(initiative, survivor, person)
    make_ownership(survivor, chair, kind="risk")
    with pytest.raises(PermissionDenied, match="party to"):
        merge(initiative, survivor, chair)


def test_the_higher_body_of_both_decides(initiative, chair, sponsor):
    risky = make_initiative(stage=Stage.BUILD, risk_tier="critical")
    with pytest.raises((DomainError, PermissionDenied)):
        merge(initiative, risky, chair)


def test_a_survivor_one_does_not_see(initiative, chair):
    hidden = make_initiative("Secret", stage=Stage.BUILD, risk_tier="moderate", is_confidential=True)
    with pytest.raises(DomainError, match="No initiative that you see"):
        merge(initiative, hidden, chair)


def test_who_may_not_undo(merged, member, stranger, chair, survivor):
    for person in (member, stranger):
        with pytest.raises(PermissionDenied):
            undo(merged, person)
    make_ownership(survivor, chair, kind="risk")
    with pytest.raises(PermissionDenied):
        undo(merged, chair)


def test_a_review_is_decided_as_a_merge(review, survivor, chair):
    with pytest.raises(DomainError, match="Merge there"):
        merge(review.initiative, survivor, chair)
    with pytest.raises(DomainError, match="in which it goes on"):
        decide_review(review, actor=chair, outcome="merge", rationale=WHY)
    made = decide_review(review, actor=chair, outcome="merge", rationale=WHY, survivor=survivor)
    review.refresh_from_db()
    assert (made.merge.survivor, review.closed_at) == (survivor, made.decided_at)
    assert not review.was_withdrawn
    undone = undo(made.merge, chair)
    review.initiative.refresh_from_db()
    assert (review.initiative.stage, undone.review) == (Stage.PILOT, None)


def test_a_review_that_nobody_waits_for_is_withdrawn(initiative, survivor, chair):
    review = make_review(initiative, submitted=False)
    merge(initiative, survivor, chair)
    review.refresh_from_db()
    assert review.was_withdrawn
    assert not GateReview.objects.open().exists()


def test_nothing_of_a_confidential_one_moves_but_money(worked_on, survivor, funded, chair):
    Initiative.objects.filter(pk=worked_on.pk).update(is_confidential=True)
    worked_on.refresh_from_db()
    make_ownership(worked_on, chair, kind="risk", is_deputy=True)
    before = standing(survivor)
    with pytest.raises(PermissionDenied):
        merge(worked_on, survivor, chair)
    worked_on.ownerships.filter(person=chair).delete()
    carry_out(_decided(worked_on, chair), survivor)
    assert standing(survivor) == before
    assert funding_of([survivor])[survivor.pk].to_free == 55_000


def _decided(initiative, chair) -> Decision:
    return Decision.objects.create(
        initiative=initiative,
        outcome="merge",
        rationale=WHY,
        body=chair.memberships.get().forum,
        way="chair",
        decided_by=chair,
    )


def test_conditions_that_are_open_move(initiative, survivor, review, chair, technical_owner):
    decision = decide_review(
        review, actor=chair, outcome="hold", rationale="x", hold_until=clock.today() + timedelta(days=9)
    )
    made = [make_condition(decision, technical_owner) for _ in range(2)]
    made[0].waived_at, made[0].waived_because = clock.now(), "Not needed."
    made[0].save()
    done = decide_review(review, actor=chair, outcome="merge", rationale=WHY, survivor=survivor)
    assert [*Condition.objects.filter(initiative=survivor)] == [made[1]]
    undo(done.merge, chair)
    assert not Condition.objects.filter(initiative=survivor).exists()
