"""Deciding a gate review, or an initiative without one (DESIGN §4).

Locks are taken in the order initiative, review, sign-offs, so that two who decide at once wait for each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.web import figures
from forums.models import Forum
from portfolio.actions.conclude_lanes import conclude_lane
from portfolio.models import Initiative, Stage, Workflow
from portfolio.models.stage import ENDED

from ..blocks import Block, blocks_of
from ..deciding import body_of, naming_of, seat_alone, who_decides, who_decides_on
from ..models import Decision, GateReview, WrittenBallot
from ..models.decision import APPROVING
from ..money import hold_envelope
from ..permissions import can_decide, can_decide_on
from ..rights import WhoDecides
from ..rules import gates_of
from ..separation import WAIVED, has_waived
from ..subjects import Subject
from .funding import released_now
from .merge import check_seen, check_survivor, hold
from .record_decision import record
from .renew_review import renew_if_behind, renew_requirements
from .ruling import Closing, NewCondition, Ruling, closing_of

Outcome, Way = Decision.Outcome, Decision.Way
# Resuming is decided on the initiative.
OF_REVIEWS = (*APPROVING, Outcome.HOLD, Outcome.SEND_BACK, Outcome.PAUSE, Outcome.TERMINATE, Outcome.MERGE)
OF_INITIATIVES = (Outcome.PAUSE, Outcome.RESUME, Outcome.TERMINATE)
# Marks that the actor did not say which decision they saw last.
UNSEEN = -1


def decide_review(
    review: GateReview,
    *,
    actor: User,
    outcome: str,
    rationale: str,
    conditions: Sequence[NewCondition] = (),
    hold_until: date | None = None,
    back_to: str = "",
    amount: Decimal | None = None,
    release_now: Decimal | None = None,
    overrides: Mapping[str, str] | None = None,
    closing: Closing | None = None,
    survivor: Initiative | None = None,
    seen: int | None = UNSEEN,
) -> Decision:
    """Decide a submitted review alone: as a delegate, as the chair between meetings, or named by the sponsor.

    `amount` is what is approved, what was asked for unless told, and `release_now` what of it is released at once
    (stagegates/actions/ruling.py). `overrides` gives a reason for each block that a higher body overrides, by its key
    (stagegates/blocks.py). `closing` goes with terminating, `survivor` is the initiative in which a merged one goes on.
    `seen` is the id of the decision on this review that the actor saw last, None for none. Raises PermissionDenied for
    whoever may not decide or not alone, DomainError for a review that is decided, not submitted or was held meanwhile,
    for what is in the way of an approval, and for what the outcome lacks. A hold leaves the review open; every other
    outcome closes it.
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
    return _decide_alone(review, ruling, actor=actor, seen=seen)


@transaction.atomic
def _decide_alone(review: GateReview, ruling: Ruling, *, actor: User, seen: int | None) -> Decision:
    hold(review.initiative, ruling.survivor)
    review = lock_review(review)
    if has_waived(actor, review):
        raise PermissionDenied(WAIVED)
    if not can_decide(actor, review):
        raise PermissionDenied("Those with a vote in its body or in a higher one decide, never a party to the review.")
    check_open(review, seen)
    check_seen(ruling, actor)
    body, way = _seat(actor, review)
    return rule(review, ruling, actor=actor, body=body, way=way)


@transaction.atomic
def decide_initiative(
    initiative: Initiative,
    *,
    actor: User,
    outcome: str,
    rationale: str,
    closing: Closing | None = None,
    seen: int | None = UNSEEN,
) -> Decision:
    """Pause, resume or terminate an initiative that has no open review. Raises what `decide_review` raises."""
    initiative = Initiative.objects.select_for_update(of=["self"]).defer("search").get(pk=initiative.pk)
    names = who_decides_on(initiative)
    least = Forum.objects.filter(slug=names.body).first()
    if least is None or not can_decide_on(actor, initiative, least):
        raise PermissionDenied(
            "Those with a vote in the body of its next gate or in a higher one decide, never a party."
        )
    check_initiative(initiative, outcome, rationale)
    check_latest(initiative, seen)
    body, way = seat_alone(actor, least)
    ruling = Ruling(outcome, rationale.strip(), closing=closing)
    return record(initiative, None, ruling, actor=actor, body=body, way=way, names=names)


def lock_review(review: GateReview) -> GateReview:
    """The review with its initiative, both locked; lane, requirements and sign-offs as they follow now."""
    initiative = Initiative.objects.select_for_update(of=["self"]).defer("search").get(pk=review.initiative_id)
    locked = GateReview.objects.select_for_update(of=["self"]).select_related("body", "opened_by", "submitted_by")
    review = locked.get(pk=review.pk)
    review.initiative = initiative
    if review.is_open:
        conclude_lane(initiative)
        renew_requirements(review)
    return review


def check_open(review: GateReview, seen: int | None = UNSEEN) -> None:
    """Raises DomainError, which tells what was decided meanwhile, unless the review waits for a decision."""
    latest = review.decisions.select_related("decided_by").first()
    if not review.is_open:
        raise DomainError(told_of(latest) if latest else "This review was withdrawn.")
    if not review.is_ready:
        raise DomainError("This review has not been submitted yet.")
    check_latest(review, seen)


def check_latest(subject: Subject, seen: int | None) -> None:
    """Raises DomainError, which tells what was decided on it since the decision that the actor saw last."""
    if seen == UNSEEN:
        return
    latest = subject.decisions.select_related("decided_by").first()
    if latest and latest.pk != seen:
        raise DomainError(told_of(latest))


def rule(
    review: GateReview, ruling: Ruling, *, actor: User, body: Forum, way: str, ballot: WrittenBallot | None = None
) -> Decision:
    """Check a ruling of a body on a locked review that waits for it, and record it. Raises DomainError."""
    ruling, names, overridden = examined(review, ruling, body, way)
    return record(
        review.initiative,
        review,
        ruling,
        actor=actor,
        body=body,
        way=way,
        names=names,
        overridden=overridden,
        ballot=ballot,
    )


def examined(
    review: GateReview, ruling: Ruling, body: Forum, way: str
) -> tuple[Ruling, WhoDecides, list[dict[str, str]]]:
    """A ruling in order, what names its body, and what it overrides. DomainError when it cannot be recorded now."""
    ruling = checked(review, ruling)
    names = _check_body(review, ruling, body)
    overridden = _override(review, ruling, body, names) if ruling.is_approving else []
    if ruling.amount:
        hold_envelope(review.initiative, ruling.amount)
    if ruling.outcome == Outcome.MERGE:
        ruling = check_survivor(review.initiative, ruling, body)
    return ruling, names, overridden


def checked(review: GateReview, ruling: Ruling) -> Ruling:
    """The ruling with what it needs, and without what its outcome does not ask. Raises DomainError."""
    _check_outcome(ruling.outcome, ruling.rationale)
    outcome = ruling.outcome
    if outcome == Outcome.CONDITIONS and not ruling.conditions:
        raise DomainError("Name at least one condition, or approve without.", field="conditions")
    for condition in ruling.conditions if outcome == Outcome.CONDITIONS else ():
        condition.check(review.initiative)
    if outcome == Outcome.HOLD and (ruling.hold_until is None or ruling.hold_until <= clock.today()):
        raise DomainError("Say until which day it is held; a day to come.", field="hold_until")
    if outcome == Outcome.SEND_BACK and ruling.back_to not in gates_to_send_back_to(review):
        raise DomainError("Choose the gate that it goes back to.", field="back_to")
    amount = _amount(review, ruling) if ruling.is_approving else None
    if amount:
        released_now(ruling, amount)
    return Ruling(
        outcome,
        ruling.rationale.strip(),
        ruling.conditions if outcome == Outcome.CONDITIONS else (),
        ruling.hold_until if outcome == Outcome.HOLD else None,
        ruling.back_to if outcome == Outcome.SEND_BACK else "",
        amount,
        ruling.overrides if ruling.is_approving else {},
        ruling.release_now if amount else None,
        closing_of(ruling),
        ruling.survivor if outcome == Outcome.MERGE else None,
    )


def gates_to_send_back_to(review: GateReview) -> dict[str, str]:
    """The gates up to the review's last one, by code with their names."""
    gates = gates_of(review.gates_version).gates
    places = [place for place, gate in enumerate(gates) if gate.code in review.gates]
    return {gate.code: gate.name for gate in gates[: max(places, default=-1) + 1]}


def _amount(review: GateReview, ruling: Ruling) -> Decimal | None:
    amount = review.amount if ruling.amount is None else ruling.amount
    if amount is not None and amount < 0:
        raise DomainError("An amount is 0 or more.", field="amount")
    if amount and amount > (review.amount or 0):
        asked = figures.exact_money(review.amount or 0)
        raise DomainError(f"More than the {asked} that was asked for.", field="amount")
    return amount


def _check_body(review: GateReview, ruling: Ruling, body: Forum) -> WhoDecides:
    """The rights that make the body the one; DomainError when the ruling needs a higher one."""
    if ruling.is_approving and review.initiative.workflow_id:
        # Two reviews of one workflow: the second counts what the first approved.
        Workflow.objects.select_for_update(no_key=True).get(pk=review.initiative.workflow_id)
    names = who_decides(review, ruling.amount)
    needed = Forum.objects.filter(slug=names.body).first()
    if ruling.is_approving and needed and needed.rank > body.rank:
        raise DomainError(f"{needed} decides this: {names.says}.", field="amount" if ruling.amount else None)
    return names


def _override(review: GateReview, ruling: Ruling, body: Forum, names: WhoDecides) -> list[dict[str, str]]:
    """What stands in the way and is overridden, with its reason. DomainError names what is left."""
    blocks = blocks_of(review)
    # Where money or risk have grown, the body that has to decide it now overrides no more than the one before could.
    deciding = [body_of(review), Forum.objects.filter(slug=names.body).first()]
    is_higher = all(body.rank > each.rank for each in deciding if each) and any(deciding)
    reasons = {key: reason.strip() for key, reason in ruling.overrides.items() if reason.strip()}
    if reasons and not is_higher:
        raise DomainError("Only a higher body overrides what is in the way.", field="overrides")
    left = [each for each in blocks if not (each.can_be_overridden and each.key in reasons)]
    if left:
        raise DomainError(_in_the_way(left))
    return [{"what": each.what, "kind": each.kind, "key": each.key, "reason": reasons[each.key]} for each in blocks]


def _in_the_way(blocks: Iterable[Block]) -> str:
    told = [each.what.rstrip(".") for each in blocks]
    more = f"; and {len(told) - 3} more" if len(told) > 3 else ""
    return f"It cannot be approved yet. {'; '.join(told[:3])}{more}."


def _seat(actor: User, review: GateReview) -> tuple[Forum, str]:
    """The body for which the actor decides alone, and how."""
    own = body_of(review)
    assert own is not None  # can_decide found one
    named = naming_of(review)
    if named and named.person_id == actor.pk:
        return named.body or own, Way.NAMED
    return seat_alone(actor, own)


def _check_outcome(outcome: str, rationale: str) -> None:
    if outcome not in OF_REVIEWS:
        raise DomainError("Choose what is decided.", field="outcome")
    if not rationale.strip():
        raise DomainError("Say why: every decision has a rationale.", field="rationale")


def check_initiative(initiative: Initiative, outcome: str, rationale: str) -> None:
    if outcome not in OF_INITIATIVES:
        raise DomainError("Without a review it is paused, resumed or terminated.", field="outcome")
    if not rationale.strip():
        raise DomainError("Say why: every decision has a rationale.", field="rationale")
    if GateReview.objects.open().filter(initiative=initiative).exists():
        raise DomainError("A review is open: decide that one.")
    if initiative.is_off_register or initiative.stage in ENDED:
        raise DomainError("It has ended already.")
    is_paused = initiative.stage == Stage.PAUSED
    if (outcome == Outcome.RESUME) != is_paused and outcome != Outcome.TERMINATE:
        raise DomainError("It is paused already." if is_paused else "It is not paused.")


def told_of(decision: Decision) -> str:
    """What somebody who comes second is told."""
    at = figures.moment(decision.decided_at)
    return f"{decision.decided_by} decided this on {at}: {decision.get_outcome_display().lower()}. {decision.rationale}"
