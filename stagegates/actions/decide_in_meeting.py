"""Recording what a body decided in its meeting, with quorum, votes and recusals (DESIGN §4).

Locks are taken in the order meeting, item, initiative, review, so that two who record the same item wait for each
other, and the second is told what the first recorded.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.web import figures
from forums.actions.live import settle_item
from forums.actions.live.writing import locked_item, refuse_settled
from forums.models import AgendaItem, Forum, VoteChoice
from portfolio.models import Initiative

from ..asked_money import body_of_request, parties_to_request
from ..deciding import body_of, who_decides_on
from ..meeting_votes import Votes, votes_on
from ..models import Decision, Expansion, FundingRequest, GateReview, MeetingDecision, MeetingVoice
from ..permissions import can_record_in_meeting
from ..separation import kept_from_deciding, parties_to
from ..subjects import Subject, subject_of
from .ask_funding import lock_request, rule_on_request
from .decide import UNSEEN, check_initiative, check_latest, check_open, lock_review, rule, told_of
from .merge import check_goes_on, check_seen, check_survivor, hold
from .record_decision import record
from .ruling import Ruling

Outcome, Way = Decision.Outcome, Decision.Way
MERGE = Outcome.MERGE
RECUSED = VoteChoice.RECUSED
NO_VOTES = "Nobody has voted on it. Let the members vote, or tick that nobody present objects."


@transaction.atomic
def decide_in_meeting(
    item: AgendaItem, ruling: Ruling, *, actor: User, by_consent: bool = False, seen: int | None = UNSEEN
) -> Decision:
    """Record what the body decided on an item of its meeting: on its review, on the money or the expansion that it
    asks for outside a gate, else on its initiative without either.

    The votes of those present carry it, or general consent where nobody voted. For the chair and the secretary,
    unless they are a party. Raises PermissionDenied for everybody else, and DomainError for an item that is settled,
    a meeting that is not in progress, votes that do not carry it, and all that `decide_review` refuses.
    """
    _, item = locked_item(item)
    asked = subject_of(item)
    if asked is None:
        raise DomainError("This item is about nothing that a body decides.")
    about = asked if isinstance(asked, Initiative) else asked.initiative
    hold(about, ruling.survivor)
    if isinstance(asked, GateReview) and ruling.outcome == MERGE and asked.submitted_at is None:
        # Nobody waits for that one: merging withdraws it.
        asked, seen = about, UNSEEN
    subject, parties = _lock(asked)
    if not can_record_in_meeting(actor, item.forum, parties):
        raise PermissionDenied("The chair and the secretary record what was decided, never a party to it.")
    _check_first(item)
    _check_body(subject, item.forum)
    if isinstance(subject, GateReview):
        check_open(subject)
    check_latest(subject, seen)
    check_seen(ruling, actor)
    votes = votes_that_carry(item, said_of(ruling), by_consent=by_consent)
    _check_apart(votes, ruling)
    decision = _rule(subject, ruling, actor, item.forum)
    _keep_votes(decision, item, votes, by_consent=by_consent)
    return decision


@transaction.atomic
def decide_item(
    item: AgendaItem, ruling: Ruling, *, actor: User, by_consent: bool = False, seen: int | None = UNSEEN
) -> Decision:
    """The same, and the item is settled by it: what the live meeting does with its form."""
    decision = decide_in_meeting(item, ruling, actor=actor, by_consent=by_consent, seen=seen)
    settle_item(item, actor=actor, result=result_of(decision))
    return decision


def votes_that_carry(item: AgendaItem, said: str, *, by_consent: bool) -> Votes:
    """The votes on what was put to the vote in these words, or those of general consent. DomainError where they do not
    carry it.
    """
    votes = votes_on(item)
    _check_quorum(votes)
    if by_consent:
        _check_nobody_voted(item)
    else:
        _check_carried(votes)
        _check_motion(item, said)
    return votes


def result_of(decision: Decision) -> str:
    """What came of an item, in a few words for the agenda and the minutes; without sums, which fewer people see."""
    return f"{decision.ruled}, {decision.in_meeting.says}"


def said_of(ruling: Ruling) -> str:
    """A ruling as it is put to the vote: all of it but sums, which fewer people see."""
    said = str(Decision.Outcome(ruling.outcome).label)
    match ruling.outcome:
        case Outcome.CONDITIONS:
            demanded = [f"{each.text.strip()}, by {figures.day(each.due_on)}" for each in ruling.conditions]
            return "\n".join([f"{said}:", *demanded])
        case Outcome.HOLD:
            return f"{said} until {figures.day(ruling.hold_until)}"
        case Outcome.SEND_BACK if ruling.back_to:
            return f"{said} to {ruling.back_to.replace('-', ' ')}"
        case Outcome.MERGE if ruling.survivor:
            return f"{said} into {'another' if ruling.survivor.is_confidential else ruling.survivor.reference}"
    return said


def _check_first(item: AgendaItem) -> None:
    """DomainError tells what was decided on the item meanwhile."""
    earlier = MeetingDecision.objects.filter(item=item).select_related("decision__decided_by").first()
    if earlier:
        raise DomainError(told_of(earlier.decision))
    refuse_settled(item)


def _lock(subject: Subject) -> tuple[Subject, frozenset[int]]:
    """What is decided, locked, and the ids of the parties to it."""
    if isinstance(subject, GateReview):
        review = lock_review(subject)
        return review, kept_from_deciding(review)
    if isinstance(subject, FundingRequest | Expansion):
        request = lock_request(subject)
        return request, parties_to_request(request)
    initiative = Initiative.objects.select_for_update(of=["self"]).defer("search").get(pk=subject.pk)
    return initiative, parties_to(initiative)


def _check_body(subject: Subject, forum: Forum) -> None:
    """A lower body decides nothing of a higher one's, not even to hold it."""
    if isinstance(subject, GateReview):
        own = body_of(subject)
    elif isinstance(subject, FundingRequest | Expansion):
        own = body_of_request(subject)
    else:
        own = Forum.objects.filter(slug=who_decides_on(subject).body).first()
    if own and own.pk != forum.pk and own.rank >= forum.rank:
        raise DomainError(f"{own} decides this.")


def _check_quorum(votes: Votes) -> None:
    if not votes.has_quorum:
        missing = f"{votes.present} can vote on it, and {votes.tally.needed} of {votes.tally.voting} must"
        raise DomainError(f"No quorum: {missing}.")


def _check_nobody_voted(item: AgendaItem) -> None:
    """Consent takes back no vote, also not one on something else that was put to the vote before."""
    if item.votes.exclude(choice=RECUSED).exists():
        raise DomainError("Members voted on this item, so their votes decide it, not consent.", field="by_consent")


def _check_carried(votes: Votes) -> None:
    if not votes.are_cast:
        raise DomainError(NO_VOTES, field="by_consent")
    if not votes.tally.is_carried:
        short = "" if votes.tally.has_quorum else f" {votes.tally.needed} must take part."
        raise DomainError(f"The votes do not carry it: {votes.says}.{short}")


def _check_motion(item: AgendaItem, said: str) -> None:
    """Votes carry what they were cast on, and nothing else."""
    if item.motion != said:
        told = f"The members voted on “{item.motion}”. Record that, or put “{said}” to the vote."
        raise DomainError(told, field="outcome")


def _check_apart(votes: Votes, ruling: Ruling) -> None:
    """Nobody who is a party to the survivor of a merge votes on it or consents to it."""
    if ruling.survivor is None:
        return
    parties = parties_to(ruling.survivor)
    voices = [voice for voice in votes.voices if voice.choice != RECUSED]
    if spoke := [voice for voice in voices if {voice.person.pk, voice.proxy} & parties]:
        told = f"{spoke[0].person} is a party to {ruling.survivor.reference}: recused from this, they do not vote."
        raise DomainError(told, field="survivor")


def _rule(subject: Subject, ruling: Ruling, actor: User, body: Forum) -> Decision:
    if isinstance(subject, GateReview):
        return rule(subject, ruling, actor=actor, body=body, way=Way.MEETING)
    if isinstance(subject, FundingRequest | Expansion):
        return rule_on_request(subject, ruling, actor=actor, body=body, way=Way.MEETING)
    if ruling.outcome == MERGE:
        check_goes_on(subject)
        only = check_survivor(subject, ruling, body)
    else:
        check_initiative(subject, ruling.outcome, ruling.rationale)
        only = Ruling(ruling.outcome, ruling.rationale.strip(), closing=ruling.closing)
    return record(subject, None, only, actor=actor, body=body, way=Way.MEETING, names=who_decides_on(subject))


def _keep_votes(decision: Decision, item: AgendaItem, votes: Votes, *, by_consent: bool) -> None:
    tally = votes.tally
    kept = MeetingDecision.objects.create(
        decision=decision,
        item=item,
        majority=tally.majority,
        voting=tally.voting,
        needed=tally.needed,
        present=votes.present,
        agree=tally.agree,
        against=tally.against,
        abstain=tally.abstain,
        by_consent=by_consent,
    )
    MeetingVoice.objects.bulk_create(
        MeetingVoice(record=kept, person=voice.person, choice=voice.choice, reason=voice.reason, proxy_id=voice.proxy)
        for voice in votes.voices
    )
