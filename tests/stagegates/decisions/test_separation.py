"""Separation of duties: every kind of party against every deed of a decision (DESIGN §4)."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from aiso import clock
from aiso.errors import DomainError
from portfolio.models import Intake, OwnerKind, Ownership
from stagegates.actions.ballots import cast_vote, open_ballot
from stagegates.actions.conditions import confirm_condition, meet_condition, refuse_condition, waive_condition
from stagegates.actions.decide import decide_initiative, decide_review
from stagegates.actions.fast_lane import confirm_tier, record_audit
from stagegates.actions.name_decider import name_decider
from stagegates.ballots import tally_of
from stagegates.deciding import eligible_of
from stagegates.decision_work import decisions_waiting, votes_waiting
from stagegates.models import Decision, FastLaneAudit, GateReview, NamedDecider
from stagegates.permissions import can_decide
from tests.api.conftest import Script, make_api_token
from tests.factories import grant, make_ownership, make_person, make_seat

from .conftest import approve, make_condition, make_requirement, seat

pytestmark = pytest.mark.django_db

OWNERS = [kind.value for kind in OwnerKind]
PARTIES = [
    *OWNERS,
    *(f"{kind} deputy" for kind in OWNERS),
    "owner until yesterday",
    "requester",
    "opened it",
    "submitted it",
    "service account",
]
DEEDS = [
    "decide",
    "vote",
    "open a ballot",
    "confirm the tier",
    "confirm a condition",
    "refuse a condition",
    "waive a condition",
    "audit",
    "decide on the initiative",
    "decide as named",
]
# Parties to a review that are none to a decision on the initiative without one.
ONLY_TO_REVIEWS = ("owner until yesterday", "opened it", "submitted it")


def make_party(kind: str, initiative, review):
    """Somebody who has every seat and role that a deed asks for, and is a party."""
    person = make_person("Party", is_service_account=kind == "service account")
    if kind in OWNERS:
        Ownership.objects.filter(initiative=initiative, kind=kind).delete()
        make_ownership(initiative, person, OwnerKind(kind))
    elif kind.endswith("deputy"):
        make_ownership(initiative, person, OwnerKind(kind.split()[0]), is_deputy=True)
    elif kind == "owner until yesterday":
        review.opened_at = clock.now() - timedelta(days=5)
        since = clock.today() - timedelta(days=9)
        owned = make_ownership(initiative, person, OwnerKind.RISK, since=since, is_deputy=True)
        owned.ended_on = clock.today() - timedelta(days=1)
        owned.save()
    elif kind == "requester":
        Intake.objects.create(initiative=initiative, requester=person)
    elif kind == "opened it":
        review.opened_by = person
    elif kind == "submitted it":
        review.submitted_by = person
    review.save()
    for forum, role in (("portfolio-review", "chair"), ("executive-sponsor", "sponsor")):
        seat(person, forum, role)
    grant(person, "risk_reviewer", "office_member", "finance_controller")
    return person


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("party", PARTIES)
def test_no_party_does_it(initiative, review, party, deed):
    person = make_party(party, initiative, review)
    if deed == "decide on the initiative" and party in ONLY_TO_REVIEWS:
        return
    with pytest.raises(PermissionDenied):
        attempt(deed, person, initiative, review)
    assert not Decision.objects.filter(decided_by=person).exists()


@pytest.mark.parametrize("deed", ["decide", "vote", "open a ballot", "decide as named", "audit"])
def test_who_waived_a_requirement_does_not_decide(initiative, review, deed):
    person = seat(make_person("Waived It"), "portfolio-review", "chair")
    grant(person, "office_member")
    make_requirement(review, waived_by=person, waived_because="Shown in the audit.")

    with pytest.raises(PermissionDenied):
        attempt(deed, person, initiative, review)


def test_who_waived_is_told_why_and_is_not_asked(client, initiative, review, chair, sponsor):
    assert [*decisions_waiting(chair)]
    make_requirement(review, waived_by=chair, waived_because="Shown in the audit.")
    body = {"review": review.pk, "outcome": "approve", "rationale": "Go."}
    told = "You waived a requirement of this review: somebody else decides it."

    refused = Script(make_api_token(chair)[1]).post("decisions/", body)

    assert (refused.status_code, refused.json()["detail"]) == (403, told)
    client.force_login(chair)
    address = f"/reviews/{review.pk}/decide/"
    assert told in client.get(address).content.decode()
    assert client.post(address, body).status_code == 403
    assert [*decisions_waiting(chair)] == []
    assert not eligible_of(review.body, review).exists()
    # Nobody else sits there: the sponsor decides.
    assert approve(review, sponsor).body.slug == "executive-sponsor"


def test_the_vote_of_whoever_waived_since_does_not_count(initiative, review, chair, member):
    other = seat(make_person(), "portfolio-review")
    ballot = open_ballot(review, actor=chair, outcome="approve", rationale="Go.", closes_on=clock.today())
    cast_vote(ballot, actor=member, choice="for")
    assert tally_of(ballot).agree == 1

    make_requirement(review, waived_by=member, waived_because="Shown.")

    assert tally_of(ballot).agree == 0
    assert [each.url for each in votes_waiting(other)] == [ballot.get_absolute_url()]


def attempt(deed, person, initiative, review):
    others = [seat(make_person(), "portfolio-review") for _ in range(3)]
    told = {"outcome": "approve", "rationale": "Go."}
    if deed == "decide":
        assert not can_decide(person, review)
        decide_review(review, actor=person, **told)
    elif deed == "vote":
        ballot = open_ballot(review, actor=others[0], closes_on=clock.today(), **told)
        cast_vote(ballot, actor=person, choice="for")
    elif deed == "open a ballot":
        open_ballot(review, actor=person, closes_on=clock.today(), **told)
    elif deed == "confirm the tier":
        confirm_tier(review, actor=person)
    elif deed == "decide as named":
        NamedDecider.objects.create(review=review, person=person, named_by=others[0], because="Knows it.")
        decide_review(review, actor=person, **told)
    elif deed == "decide on the initiative":
        review.delete()
        decide_initiative(initiative, actor=person, outcome="pause", rationale="No staff.")
    else:
        settle(deed, person, review, others[0])


def settle(deed, person, review, other):
    decision = Decision.objects.create(
        initiative=review.initiative, review=review, outcome="conditions", rationale="Go.", body=review.body,
        way="meeting", decided_by=other,
    )  # fmt: skip
    if deed == "audit":
        audit = FastLaneAudit.objects.create(decision=decision, requester=other, draw=0, share=1, is_first=True)
        record_audit(audit, actor=person, finding="in_order")
    condition = make_condition(decision, other, met_at=clock.now(), met_by=other)
    if deed == "confirm a condition":
        confirm_condition(condition, actor=person)
    elif deed == "refuse a condition":
        refuse_condition(condition, actor=person, reason="No.")
    elif deed == "waive a condition":
        waive_condition(condition, actor=person, reason="No.")


def test_the_same_person_may_once_no_party(initiative, review):
    """The seats and roles above are enough: being a party alone is what refuses."""
    able = make_person("Able")
    seat(able, "portfolio-review", "chair")
    grant(able, "risk_reviewer")
    confirm_tier(review, actor=able)
    assert approve(review, able)


def test_the_owner_of_a_condition_does_not_settle_it(review, chair, sponsor):
    condition = make_condition(approve(review, sponsor), chair)
    meet_condition(condition, actor=chair, note="Done.")
    with pytest.raises(PermissionDenied):
        confirm_condition(condition, actor=chair)
    with pytest.raises(PermissionDenied):
        waive_condition(condition, actor=chair, reason="Not needed.")
    with pytest.raises(PermissionDenied):
        meet_condition(condition, actor=sponsor, note="Done.")
    assert confirm_condition(condition, actor=sponsor).confirmed_by == sponsor


def test_where_nobody_may_the_sponsor_decides_or_names_somebody(initiative, review, business_owner, sponsor, executive):
    seat(business_owner, "portfolio-review", "chair")
    named = name_decider(review, actor=sponsor, person=executive, reason="Knows the plant.")
    assert (named.named_by, named.because) == (sponsor, "Knows the plant.")
    with pytest.raises(DomainError, match="was named already"):
        name_decider(review, actor=sponsor, person=make_person(), reason="Another.")
    decision = approve(review, executive)
    assert (decision.way, decision.decided_by, decision.body) == ("named", executive, review.body)


def test_whom_the_sponsor_named_sees_what_to_decide(initiative, review, business_owner, sponsor, stranger):
    seat(business_owner, "portfolio-review", "chair")
    initiative.is_confidential = True
    initiative.save()
    name_decider(review, actor=sponsor, person=stranger, reason="Knows the plant.")
    assert [*GateReview.objects.visible_to(stranger)] == [review]
    assert approve(review, stranger)
    assert GateReview.objects.visible_to(stranger).exists()


def test_a_body_sees_what_is_before_it_from_the_day_a_seat_is_taken_until_it_is_left(initiative, review, stranger):
    initiative.is_confidential = True
    initiative.save()
    sees = GateReview.objects.visible_to
    assert not sees(stranger).exists()
    taken = make_seat("portfolio-review", stranger)
    assert [*sees(stranger)] == [review]
    with clock.fixed_at(clock.now() - timedelta(days=1)):
        assert not sees(stranger).exists()
    taken.ended_on = clock.today()
    taken.save()
    assert not sees(stranger).exists()


def test_a_sponsor_who_is_a_party_names_somebody_and_decides_nothing(initiative, review, executive, business_owner):
    seat(business_owner, "executive-sponsor", "sponsor")
    with pytest.raises(PermissionDenied):
        approve(review, business_owner)
    for wrong in (business_owner, make_person("", "auditor"), review.opened_by):
        with pytest.raises(DomainError):
            name_decider(review, actor=business_owner, person=wrong, reason="Me.")
    assert name_decider(review, actor=business_owner, person=executive, reason="Outside.")


def test_nobody_is_named_while_somebody_of_the_body_may(review, chair, sponsor, executive, stranger):
    with pytest.raises(PermissionDenied):
        name_decider(review, actor=sponsor, person=executive, reason="Faster.")
    chair.memberships.update(ended_on=clock.today())
    with pytest.raises(PermissionDenied):
        name_decider(review, actor=stranger, person=executive, reason="Faster.")


def test_no_seat_helps_an_auditor(review, auditor):
    seat(auditor, "portfolio-review", "chair")
    assert not can_decide(auditor, review)
