"""Deciding between meetings by a quorum in writing: open a ballot, vote, and what comes of it (DESIGN §4)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures
from forums.models import Forum, VoteChoice
from forums.tally import Tally
from portfolio.models import Initiative
from portfolio.permissions import changes_nothing

from ..ballots import may_vote, may_withdraw, tally_of
from ..deciding import body_of, eligible_of, voters_of
from ..models import Decision, GateReview, WrittenBallot
from ..permissions import can_open_ballot
from ..separation import WAIVED, has_waived, kept_from_deciding
from .decide import check_open, examined, lock_review, rule
from .renew_review import renew_if_behind
from .ruling import Closing, NewCondition, Ruling

Choice, State, Way = VoteChoice, WrittenBallot.State, Decision.Way
WITHDRAWING = "Whoever opened it, and the chair, take a ballot back; never a party to the review."
# Choices that say why.
WITH_REASON = (Choice.AGAINST, Choice.RECUSED)


def open_ballot(
    review: GateReview,
    *,
    actor: User,
    outcome: str,
    rationale: str,
    closes_on: date,
    body: Forum | None = None,
    conditions: Sequence[NewCondition] = (),
    hold_until: date | None = None,
    back_to: str = "",
    amount: Decimal | None = None,
    release_now: Decimal | None = None,
    overrides: Mapping[str, str] | None = None,
    closing: Closing | None = None,
    survivor: Initiative | None = None,
) -> WrittenBallot:
    """Ask the members of a body, its own or a higher one, to decide a submitted review in writing by a day.

    What could not be decided now is not put to the vote. Members who are parties, or waived something of it, are
    recused at once. Raises PermissionDenied for whoever may not, DomainError where a ballot is open, or too few may
    vote for a quorum.
    """
    ruling = Ruling(
        outcome,
        rationale,
        conditions,
        hold_until,
        back_to,
        amount,
        overrides or {},
        release_now,
        closing,
        survivor,
    )
    renew_if_behind(review)
    return _open(review, ruling, actor=actor, body=body, closes_on=closes_on)


@transaction.atomic
def _open(review: GateReview, ruling: Ruling, *, actor: User, body: Forum | None, closes_on: date) -> WrittenBallot:
    review = lock_review(review)
    _check_asking(review, actor, closes_on)
    body = _body(review, body)
    if ruling.outcome == Decision.Outcome.MERGE:
        # Who is a party to the other one, or may not see it, would have to be kept apart vote by vote.
        raise DomainError("A merge is decided alone or in a meeting, not in writing.", field="outcome")
    ruling, _, overridden = examined(review, ruling, body, Way.WRITING)
    ballot = _put(review, body, ruling, overridden, opened_by=actor, closes_on=closes_on)
    _recuse_parties(ballot)
    publish("ballot.opened", actor=actor, **_about(ballot))
    return ballot


def _put(
    review: GateReview, body: Forum, ruling: Ruling, overridden: list[dict[str, str]], **told: Any
) -> WrittenBallot:
    """What the members are asked, as it stands until they have voted."""
    return WrittenBallot.objects.create(
        review=review,
        body=body,
        opened_at=clock.now(),
        **_proposal(ruling, overridden),
        **told,
    )


def _check_asking(review: GateReview, actor: User, closes_on: date) -> None:
    if not can_open_ballot(actor, review):
        raise PermissionDenied("Members of its body or of a higher one, and its secretary, ask for votes in writing.")
    check_open(review)
    if review.ballots.open().exists():
        raise DomainError("A written ballot is open on this review already.")
    if closes_on < clock.today():
        raise DomainError("Members vote today or later.", field="closes_on")


@transaction.atomic
def cast_vote(ballot: WrittenBallot, *, actor: User, choice: str, reason: str = "") -> WrittenBallot:
    """Vote once. As soon as the votes that are out cannot change it, the ballot is carried or lost.

    Raises PermissionDenied for whoever has no vote there or is a party, DomainError for a second vote, a ballot that
    is closed, and a vote that lacks its reason.
    """
    ballot = _locked(ballot)
    if has_waived(actor, ballot.review):
        raise PermissionDenied(WAIVED)
    if changes_nothing(actor) or actor.is_service_account or not may_vote(actor, ballot):
        raise PermissionDenied(f"Members of {ballot.body} with a vote, who are no party to the review, vote.")
    _check_open(ballot)
    if choice not in Choice.values:
        raise DomainError("Choose for, against, abstain or recused.", field="choice")
    if choice in WITH_REASON and not reason.strip():
        raise DomainError("Say why.", field="reason")
    if ballot.votes.filter(person=actor).exists():
        raise DomainError("You have voted already; a vote stands.")
    ballot.votes.create(person=actor, choice=choice, reason=reason.strip(), cast_at=clock.now())
    publish("ballot.voted", actor=actor, **_about(ballot))
    tally = tally_of(ballot)
    if tally.is_settled_for:
        _carry(ballot)
    elif tally.is_settled_against:
        _end(ballot, State.LOST, _lost(tally))
    return ballot


@transaction.atomic
def withdraw_ballot(ballot: WrittenBallot, *, actor: User, reason: str) -> WrittenBallot:
    """Take a ballot back before it is settled. For whoever opened it, and the chair of its body; never a party."""
    ballot = _locked(ballot)
    if not may_withdraw(actor, ballot):
        raise PermissionDenied(WITHDRAWING)
    if not ballot.is_open:
        raise DomainError(f"This ballot is closed: {ballot.get_state_display().lower()}.")
    if not reason.strip():
        raise DomainError("Say why it is taken back.", field="reason")
    _end(ballot, State.STOPPED, reason.strip(), actor)
    return ballot


@transaction.atomic
def close_ballot(ballot: WrittenBallot) -> WrittenBallot:
    """Count a ballot whose last day has passed: carried or lost with a quorum, lapsed without. Safe to repeat."""
    ballot = _locked(ballot)
    if not ballot.is_open or ballot.closes_on >= clock.today():
        return ballot
    tally = tally_of(ballot)
    if tally.is_carried:
        _carry(ballot)
    elif tally.has_quorum:
        _end(ballot, State.LOST, _lost(tally))
    else:
        _end(ballot, State.LAPSED, f"{tally.took_part} took part, {tally.needed} had to.")
    return ballot


def _carry(ballot: WrittenBallot) -> None:
    """Record the decision for the last member who agreed. What is in its way by now stops the ballot instead."""
    able = eligible_of(ballot.body, ballot.review)
    carrying = ballot.votes.filter(choice=Choice.FOR, person__in=able).select_related("person").last()
    assert carrying is not None  # a majority agreed
    try:
        with transaction.atomic():
            check_open(ballot.review)
            proposed, body = _proposed(ballot), ballot.body
            decision = rule(ballot.review, proposed, actor=carrying.person, body=body, way=Way.WRITING, ballot=ballot)
    except DomainError as error:
        _end(ballot, State.STOPPED, f"The votes carried it, but {_lowered(str(error))}")
        return
    ballot.decision = decision
    _end(ballot, State.CARRIED, "")


def _end(ballot: WrittenBallot, state: str, because: str, actor: User | None = None) -> None:
    ballot.state, ballot.closed_at, ballot.closed_because = state, clock.now(), because
    ballot.save(update_fields=["state", "closed_at", "closed_because", "decision"])
    publish(f"ballot.{state}", actor=actor, **_about(ballot))


def _locked(ballot: WrittenBallot) -> WrittenBallot:
    """The ballot with its review and initiative, locked in their order."""
    review = lock_review(ballot.review)
    ballot = WrittenBallot.objects.select_for_update(of=["self"]).select_related("body").get(pk=ballot.pk)
    ballot.review = review
    return ballot


def _check_open(ballot: WrittenBallot) -> None:
    if not ballot.is_open:
        why = f": {_lowered(ballot.closed_because)}" if ballot.closed_because else "."
        raise DomainError(f"This ballot is closed, {ballot.get_state_display().lower()}{why}")
    if ballot.closes_on < clock.today():
        raise DomainError(f"Votes counted until {figures.day(ballot.closes_on)}.")


def _body(review: GateReview, body: Forum | None) -> Forum:
    own = body_of(review)
    if own is None:
        raise DomainError("No body is there that could decide it.")
    body = body or own
    if body.pk != own.pk and body.rank <= own.rank:
        raise DomainError(f"Choose {own} or a higher body.", field="body")
    if body.is_delegate:
        raise DomainError(f"{body} decides alone; it needs no ballot.", field="body")
    voting, able = voters_of(body).count(), eligible_of(body, review).count()
    if able < body.quorum(voting):
        told = f"{able} of {body} may vote on this, and {body.quorum(voting)} must."
        raise DomainError(f"{told} A higher body decides, or whom the sponsor names.")
    return body


def _recuse_parties(ballot: WrittenBallot) -> None:
    for person in voters_of(ballot.body).filter(pk__in=kept_from_deciding(ballot.review)):
        reason = "Waived a requirement of it." if has_waived(person, ballot.review) else "Party to the review."
        ballot.votes.create(person=person, choice=Choice.RECUSED, reason=reason, cast_at=ballot.opened_at)


def _proposal(ruling: Ruling, overridden: list[dict[str, str]]) -> dict[str, Any]:
    """A ruling as a ballot stores it."""
    return {
        "outcome": ruling.outcome,
        "rationale": ruling.rationale,
        "amount": ruling.amount,
        "release_now": ruling.release_now,
        "hold_until": ruling.hold_until,
        "back_to": ruling.back_to,
        "conditions": [_stored(each) for each in ruling.conditions],
        "overrides": overridden,
        "closing": asdict(ruling.closing) if ruling.closing else {},
    }


def _proposed(ballot: WrittenBallot) -> Ruling:
    people = User.objects.in_bulk([each["owner"] for each in ballot.conditions])
    conditions = [
        NewCondition(each["text"], people[each["owner"]], date.fromisoformat(each["due_on"]))
        for each in ballot.conditions
    ]
    overrides = {each["key"]: each["reason"] for each in ballot.overrides}
    return Ruling(
        ballot.outcome,
        ballot.rationale,
        conditions,
        ballot.hold_until,
        ballot.back_to,
        ballot.amount,
        overrides,
        ballot.release_now,
        Closing(**ballot.closing) if ballot.closing else None,
    )


def _stored(condition: NewCondition) -> dict[str, Any]:
    return {"text": condition.text.strip(), "owner": condition.owner.pk, "due_on": condition.due_on.isoformat()}


def _lost(tally: Tally) -> str:
    return f"{tally.agree} for, {tally.against} against, {tally.abstain} abstained."


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _about(ballot: WrittenBallot) -> dict[str, Any]:
    return {"initiative": ballot.review.initiative_id, "review": ballot.review_id, "ballot": ballot}
