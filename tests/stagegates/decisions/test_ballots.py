"""Deciding in writing: quorum, majority, what is settled early, what the last day counts."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import DatabaseError
from hypothesis import given
from hypothesis import strategies as st

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event
from aiso.events.outbox import publish
from forums.models import Forum
from forums.tally import Tally, has_majority
from portfolio.models import OwnerKind, Workflow
from stagegates.actions.ballots import cast_vote, close_ballot, open_ballot, withdraw_ballot
from stagegates.actions.ruling import NewCondition
from stagegates.decision_messages import messages_of
from stagegates.decision_tasks import close_ballots
from stagegates.decision_work import decisions_waiting, votes_waiting
from stagegates.models import BallotVote, Decision, GateReview, WrittenBallot
from stagegates.sign_off_tasks import follow_changes, refresh_all
from tests.factories import learnt, make_entry, make_initiative, make_ownership, make_person, make_unit

from .conftest import approve, make_review, make_sign_off, seat

pytestmark = pytest.mark.django_db
Majority = Forum.Majority


@pytest.fixture
def five(chair, member):
    """The portfolio review with five votes, three of which are a quorum."""
    return [chair, member, *(seat(make_person(), "portfolio-review") for _ in range(3))]


def ask(review, actor, outcome="approve", **more):
    told = {"rationale": "The plant stands still.", "closes_on": clock.today() + timedelta(days=3)} | more
    return open_ballot(review, actor=actor, outcome=outcome, **learnt(outcome) | told)


@pytest.mark.parametrize(
    ("majority", "agree", "against", "carried"),
    [
        (Majority.SIMPLE, 0, 0, False),
        (Majority.SIMPLE, 1, 1, False),
        (Majority.SIMPLE, 2, 1, True),
        (Majority.TWO_THIRDS, 2, 1, True),
        (Majority.TWO_THIRDS, 3, 2, False),
        (Majority.UNANIMOUS, 3, 0, True),
        (Majority.UNANIMOUS, 3, 1, False),
        (Majority.UNANIMOUS, 0, 0, False),
    ],
)
def test_majorities(majority, agree, against, carried):
    assert has_majority(majority, agree, against) is carried


counts = st.integers(0, 6)


@given(counts, counts, counts, counts, st.integers(1, 12), st.sampled_from([*Majority]), st.integers(0, 6))
def test_what_is_settled_stays_settled(agree, against, abstain, waiting, needed, majority, more_for):
    """However those vote who have not yet, a ballot that is settled for carries, and one settled against does not."""
    tally = Tally(20, needed, majority, agree, against, abstain, waiting)
    more_for = min(more_for, waiting)
    after = Tally(20, needed, majority, agree + more_for, against + waiting - more_for, abstain, 0)
    assert not (tally.is_settled_for and tally.is_settled_against)
    if tally.is_settled_for:
        assert after.is_carried
    if tally.is_settled_against:
        assert not after.is_carried


def test_carried_as_soon_as_the_rest_cannot_change_it(review, five):
    ballot = ask(review, five[1], conditions=[], amount=50_000)
    for person in five[:2]:
        cast_vote(ballot, actor=person, choice="for")
    assert not Decision.objects.exists()

    ballot = cast_vote(ballot, actor=five[2], choice="for")

    decision = Decision.objects.get()
    assert (ballot.state, ballot.decision) == ("carried", decision)
    assert (decision.way, decision.is_urgent, decision.amount) == ("writing", True, 50_000)
    assert decision.decided_by == five[2]
    assert [*Decision.objects.urgent_since(clock.today())] == [decision]
    assert {each.name for each in Event.objects.filter(name__startswith="ballot.")} == {
        "ballot.opened",
        "ballot.voted",
        "ballot.carried",
    }
    with pytest.raises(DomainError, match="closed, carried"):
        cast_vote(ballot, actor=five[3], choice="for")


def test_lost_as_soon_as_the_rest_cannot_change_it(review, five):
    ballot = ask(review, five[0])
    for person in five[:3]:
        ballot = cast_vote(ballot, actor=person, choice="against", reason="Too soon.")
    assert (ballot.state, ballot.closed_because) == ("lost", "0 for, 3 against, 0 abstained.")
    assert not Decision.objects.exists()
    review.refresh_from_db()
    assert review.is_open
    assert ask(review, five[0])


@pytest.mark.parametrize(
    ("votes", "state"),
    [
        (["for", "for", "abstain"], "carried"),
        (["for", "against", "abstain"], "lost"),
        (["for", "for"], "lapsed"),
        ([], "lapsed"),
    ],
)
def test_the_last_day_counts_what_was_said(review, five, votes, state):
    ballot = ask(review, five[0])
    for person, choice in zip(five, votes, strict=False):
        cast_vote(ballot, actor=person, choice=choice, reason="So.")
    close_ballots()
    assert WrittenBallot.objects.get().state == "open"
    with clock.fixed_at(clock.now() + timedelta(days=4)):
        close_ballots()
        close_ballots()
    assert WrittenBallot.objects.get().state == state
    assert Decision.objects.count() == (state == "carried")


def test_what_came_into_the_way_stops_it(review, five):
    ballot = ask(review, five[0])
    make_sign_off(review, "legal", "object")
    for person in five[:3]:
        ballot = cast_vote(ballot, actor=person, choice="for")
    assert ballot.state == "stopped"
    assert ballot.closed_because.startswith("The votes carried it, but it cannot be approved yet. Legal objects")
    assert not Decision.objects.exists()
    assert ballot.votes.count() == 3


def test_a_decision_meanwhile_stops_it(review, five):
    ballot = ask(review, five[1])
    approve(review, five[0])
    ballot.refresh_from_db()
    assert (ballot.state, ballot.decision) == ("stopped", None)


def test_it_proposes_conditions_and_a_hold(review, five, technical_owner):
    due = clock.today() + timedelta(days=9)
    ballot = ask(review, five[0], "conditions", conditions=[NewCondition("Prove it", technical_owner, due)])
    for person in five[:3]:
        cast_vote(ballot, actor=person, choice="for")
    [condition] = Decision.objects.get().conditions.all()
    assert (condition.text, condition.owner, condition.due_on) == ("Prove it", technical_owner, due)


def test_a_hold_carried_in_writing_leaves_the_review_open(review, five):
    ballot = ask(review, five[0], "hold", hold_until=clock.today() + timedelta(days=9))
    for person in five[:3]:
        ballot = cast_vote(ballot, actor=person, choice="for")
    review.refresh_from_db()
    assert (ballot.state, review.is_open) == ("carried", True)


def test_parties_are_recused_and_do_not_count_to_the_quorum(review, five, business_owner):
    seat(business_owner, "portfolio-review")
    ballot = ask(review, five[0])
    vote = BallotVote.objects.get()
    assert (vote.person, vote.choice) == (business_owner, "recused")
    with pytest.raises(PermissionDenied):
        cast_vote(ballot, actor=business_owner, choice="for")
    cast_vote(ballot, actor=five[0], choice="recused", reason="My sister works there.")
    cast_vote(ballot, actor=five[1], choice="for")
    cast_vote(ballot, actor=five[2], choice="for")
    assert not Decision.objects.exists()


def test_a_higher_body_votes_too_but_a_lower_one_or_a_delegate_does_not(review, five, sponsor):
    for slug in ("executive-sponsor", "fast-lane-delegate", "standards-review"):
        with pytest.raises(DomainError):
            ask(review, five[0], body=Forum.objects.get(slug=slug))


def test_too_few_who_may_vote(review, chair, member):
    with pytest.raises(DomainError, match="2 of Portfolio review may vote on this, and 3 must"):
        ask(review, member)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"closes_on": clock.today() - timedelta(days=1)}, "closes_on"), ({"rationale": ""}, "rationale")],
)
def test_what_a_ballot_lacks(review, five, more, field):
    with pytest.raises(DomainError) as refused:
        ask(review, five[0], **more)
    assert refused.value.field == field


def test_what_could_not_be_decided_is_not_put_to_the_vote(review, five):
    make_sign_off(review, "legal", "object")
    with pytest.raises(DomainError, match="It cannot be approved yet"):
        ask(review, five[0])
    assert ask(review, five[0], "terminate")
    with pytest.raises(DomainError, match="open on this review already"):
        ask(review, five[0], "terminate")


def test_who_opens_and_who_votes(review, five, secretary, delegate, stranger, auditor, service_account, office_lead):
    for person in (delegate, stranger, auditor, service_account, office_lead, review.opened_by):
        with pytest.raises(PermissionDenied):
            ask(review, person)
    ballot = ask(review, secretary)
    for person in (secretary, delegate, stranger, auditor, service_account, review.opened_by):
        with pytest.raises(PermissionDenied):
            cast_vote(ballot, actor=person, choice="for")
    cast_vote(ballot, actor=five[0], choice="for")
    with pytest.raises(DomainError, match="voted already"):
        cast_vote(ballot, actor=five[0], choice="against", reason="Changed my mind.")
    with pytest.raises(DomainError, match="Say why"):
        cast_vote(ballot, actor=five[1], choice="against")
    with pytest.raises(DomainError, match="Choose for"):
        cast_vote(ballot, actor=five[1], choice="maybe")
    with clock.fixed_at(clock.now() + timedelta(days=5)), pytest.raises(DomainError, match="Votes counted until"):
        cast_vote(ballot, actor=five[1], choice="for")


def test_a_vote_and_a_proposal_stand(review, five):
    ballot = ask(review, five[0])
    cast_vote(ballot, actor=five[0], choice="for")
    for statement in (
        "UPDATE stagegates_ballotvote SET choice = 'against'",
        "DELETE FROM stagegates_ballotvote",
        "UPDATE stagegates_writtenballot SET outcome = 'terminate'",
        "UPDATE stagegates_writtenballot SET state = 'carried'",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert close_ballot(ballot).state == "open"


def test_a_ballot_on_what_nobody_may_see(stranger, initiative, five):
    initiative.is_confidential, initiative.unit = True, make_unit()
    initiative.save()
    ask(make_review(initiative), five[0])
    assert not WrittenBallot.objects.visible_to(stranger).exists()


def test_the_decision_is_of_somebody_who_still_may(review, five, initiative):
    """The last one who agreed has become a deputy since: the vote counts no more, and the decision is not theirs."""
    ballot = ask(review, five[0])
    for person, choice in ((five[0], "for"), (five[3], "for"), (five[1], "abstain")):
        cast_vote(ballot, actor=person, choice=choice)
    make_ownership(initiative, five[3], OwnerKind.RISK, is_deputy=True)
    assert cast_vote(ballot, actor=five[2], choice="abstain").is_open

    with clock.fixed_at(clock.now() + timedelta(days=4)):
        ballot = close_ballot(ballot)

    assert ballot.state == "carried"
    assert ballot.decision.decided_by == five[0]


def test_a_chair_who_is_a_party_takes_no_ballot_back(client, review, five, initiative):
    ballot = ask(review, five[1], "terminate")
    make_ownership(initiative, five[0], is_deputy=True)
    with pytest.raises(PermissionDenied):
        withdraw_ballot(ballot, actor=five[0], reason="It is mine.")
    client.force_login(five[0])
    assert "Take it back" not in client.get(ballot.get_absolute_url()).content.decode()
    assert client.post(f"/ballots/{ballot.pk}/withdraw/", {"reason": "Mine."}).status_code == 403
    assert withdraw_ballot(ballot, actor=five[1], reason="Not yet.").state == "stopped"


def test_a_higher_body_that_votes_sees_what_it_votes_on(review, five, sponsor):
    review.initiative.is_confidential = True
    review.initiative.save()
    assert not GateReview.objects.visible_to(sponsor).exists()
    board = Forum.objects.get(slug="executive-sponsor")
    Forum.objects.filter(pk=board.pk).update(is_delegate=False)
    board.refresh_from_db()
    ballot = ask(review, five[0], "terminate", body=board)
    assert [*WrittenBallot.objects.visible_to(sponsor)] == [ballot]


def test_nobody_who_became_a_party_since_is_asked_to_vote(review, five, auditor):
    ask(review, five[0])
    assert len([*votes_waiting(five[1])]) == 1

    make_ownership(review.initiative, five[1], "technical", is_deputy=True)
    seat(auditor, "portfolio-review")

    assert [*votes_waiting(five[1])] == []
    assert [*votes_waiting(auditor)] == []
    assert len([*votes_waiting(five[2])]) == 1


# What the body that it was put before cannot approve any more, a higher one decides.


@pytest.fixture
def hidden(review):
    review.initiative.is_confidential = True
    review.initiative.save()
    return review


def followed(review):
    """What the task does after an event on the initiative."""
    refresh_all([review.initiative_id])


def test_a_higher_body_sees_what_grew_beyond_the_one_it_was_put_before(hidden, five, sponsor, stranger):
    followed(hidden)
    assert not GateReview.objects.visible_to(sponsor).exists()

    hidden.initiative.risk_tier = "critical"
    hidden.initiative.save()
    followed(hidden)

    assert [*GateReview.objects.visible_to(sponsor)] == [hidden]
    assert [item.note for item in decisions_waiting(sponsor)] == [hidden.title]
    assert not GateReview.objects.visible_to(stranger).exists()
    told = Event.objects.get(name="review.passed_up")
    assert told.payload["body"] == Forum.objects.get(slug="executive-sponsor").pk
    assert [message.text for message in messages_of(told) if sponsor in message.people]
    followed(hidden)
    assert Event.objects.filter(name="review.passed_up").count() == 1
    assert approve(hidden, sponsor).body.slug == "executive-sponsor"
    # What it decided it may look at again.
    assert GateReview.objects.visible_to(sponsor).exists()


def test_it_goes_back_once_the_own_body_can_decide_again(hidden, sponsor):
    for tier, seen in (("critical", 1), ("moderate", 0)):
        hidden.initiative.risk_tier = tier
        hidden.initiative.save()
        followed(hidden)
        assert GateReview.objects.visible_to(sponsor).count() == seen


def test_an_objection_is_for_the_next_higher_body_to_override(hidden, five, sponsor):
    make_sign_off(hidden, "legal", "object")
    followed(hidden)
    assert [*GateReview.objects.visible_to(sponsor)] == [hidden]


def test_money_approved_meanwhile_for_its_workflow_counts(hidden, five, sponsor):
    hidden.initiative.workflow = make_entry(Workflow)
    hidden.initiative.risk_tier = "high"
    hidden.initiative.save()
    followed(hidden)
    assert not GateReview.objects.visible_to(sponsor).exists()

    other = make_initiative(workflow=hidden.initiative.workflow)
    decision = Decision.objects.create(
        initiative=other, outcome="approve", rationale="Go.", amount=990_000, way="meeting",
        body=hidden.body, decided_by=five[0],
    )  # fmt: skip
    event = publish("decision.made", actor=five[0], initiative=other, decision=decision)
    follow_changes(event.pk)

    assert [*GateReview.objects.visible_to(sponsor)] == [hidden]


def test_what_is_not_submitted_waits_for_nobody(hidden, sponsor):
    GateReview.objects.update(submitted_at=None, submitted_by=None, body=None)
    hidden.initiative.risk_tier = "critical"
    hidden.initiative.save()
    followed(hidden)
    assert not GateReview.objects.visible_to(sponsor).exists()
