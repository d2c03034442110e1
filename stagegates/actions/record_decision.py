"""Writing down what a body ruled, with all that follows: conditions, the stage, the end of the review, the audit."""

import secrets
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from aiso import clock
from aiso.accounts.models import User
from aiso.events.outbox import publish
from forums.models import Forum
from portfolio.actions.edit_initiative import touch
from portfolio.models import Initiative, Intake, Lane, Stage, StageChange
from portfolio.models.stage import PATH

from ..approved import freeze_plan
from ..deciding import stage_before_pause
from ..models import Condition, Decision, FastLaneAudit, GateReview, StageByDecision, WrittenBallot
from ..models.decision import APPROVING
from ..rights import WhoDecides
from ..rules import gates_of
from .carry_merge import carry_out, stage_before, take_apart
from .close import write_closure
from .funding import commit_money, free_money
from .ruling import Closing, NewCondition, Ruling, closing_of

Outcome, Way = Decision.Outcome, Decision.Way
# The share of a delegate's decisions that is audited afterwards (DESIGN §4).
AUDITED = Decimal("0.10")
# Steps between 0 and 1 in a draw.
STEPS = 1_000_000


def record(
    initiative: Initiative,
    review: GateReview | None,
    ruling: Ruling,
    *,
    actor: User,
    body: Forum,
    way: str,
    names: WhoDecides,
    overridden: Sequence[dict[str, str]] = (),
    ballot: WrittenBallot | None = None,
    supersedes: Decision | None = None,
) -> Decision:
    """Insert a decision that was checked, on a locked initiative and review, and do what follows from it.

    `ballot` is the one that carried it; any other that is open on a review that ends is stopped. `supersedes` is the
    decision before it on the same matter, where that is no review. DomainError where its money is not there, or where
    it ends the initiative and does not say why.
    """
    closing = closing_of(ruling)
    before = review.decisions.first() if review else supersedes
    made = {"decided_by": actor, "body": body, "way": way, "supersedes": before}
    decision = _insert(initiative, review, ruling, names, overrides=[*overridden], **made)
    _follow(decision, ruling, ballot, closing)
    publish("decision.made", actor=actor, **_about(decision))
    return decision


def _follow(decision: Decision, ruling: Ruling, ballot: WrittenBallot | None, closing: Closing | None) -> None:
    """Do what follows from a decision."""
    review, actor = decision.review, decision.decided_by
    freeze_plan(decision, actor=actor)
    _set_conditions(decision, ruling.conditions, actor)
    commit_money(decision, ruling)
    if decision.outcome == Outcome.TERMINATE:
        free_money(decision)
    if closing:
        write_closure(decision, closing)
    _merge(decision, ruling)
    _move(decision, _stage_after(decision), actor)
    if review is not None:
        if decision.outcome != Outcome.HOLD:
            _close(review, decision, ballot)
        _draw(decision, review)
    touch([decision.initiative_id])


def _merge(decision: Decision, ruling: Ruling) -> None:
    if decision.outcome == Outcome.MERGE:
        assert ruling.survivor is not None  # it was checked
        carry_out(decision, ruling.survivor)
    elif decision.outcome == Outcome.UNDO_MERGE:
        assert decision.supersedes is not None
        take_apart(decision, decision.supersedes.merge)


def _insert(
    initiative: Initiative, review: GateReview | None, ruling: Ruling, names: WhoDecides, **made: Any
) -> Decision:
    return Decision.objects.create(
        initiative=initiative,
        review=review,
        outcome=ruling.outcome,
        rationale=ruling.rationale,
        amount=ruling.amount,
        workflow_id=initiative.workflow_id,
        decided_at=clock.now(),
        hold_until=ruling.hold_until,
        back_to=ruling.back_to,
        is_urgent=made["way"] in (Way.CHAIR, Way.WRITING),
        asked_by=[by.stored() for by in names.asked_by],
        **made,
    )


def _set_conditions(decision: Decision, conditions: Sequence[NewCondition], actor: User) -> None:
    for each in conditions:
        condition = Condition.objects.create(
            initiative_id=decision.initiative_id,
            decision=decision,
            text=each.text.strip(),
            owner=each.owner,
            due_on=each.due_on,
            set_by=actor,
            set_at=decision.decided_at,
        )
        publish("condition.set", actor=actor, initiative=decision.initiative_id, condition=condition)


def _stage_after(decision: Decision) -> str:
    """The stage to which a decision leads; the present one where it changes nothing."""
    review, present = decision.review, decision.initiative.stage
    match decision.outcome:
        case Outcome.TERMINATE:
            return Stage.CLOSED
        case Outcome.MERGE:
            return Stage.MERGED
        case Outcome.UNDO_MERGE if decision.supersedes is not None:
            return stage_before(decision.supersedes.merge)
        case Outcome.PAUSE:
            return Stage.PAUSED
        case Outcome.RESUME:
            return stage_before_pause(decision.initiative)
        case Outcome.SEND_BACK if review is not None:
            return stage_back_at(review, decision.back_to)
        case _ if review is not None and decision.outcome in APPROVING:
            return review.to_stage
    return present


def stage_back_at(review: GateReview, gate: str) -> str:
    """The stage in front of a gate, where the initiative has passed it; it never goes forward by being sent back."""
    present, before = review.initiative.stage, str(Stage.INTAKE)
    for each in gates_of(review.gates_version).gates:
        if each.code == gate:
            break
        before = each.moves_to
    order = [*PATH]
    return before if present in order and order.index(Stage(before)) < order.index(Stage(present)) else present


def _move(decision: Decision, stage: str, actor: User) -> None:
    initiative = decision.initiative
    if stage == initiative.stage:
        return
    change = StageChange.objects.create(
        initiative=initiative,
        stage=stage,
        changed_on=clock.today(),
        source=StageChange.Source.DECISION,
        rationale=decision.rationale,
        recorded_by=actor,
    )
    StageByDecision.objects.create(stage_change=change, decision=decision)
    initiative.refresh_from_db(fields=["stage", "stage_since", "began_on"])


def _close(review: GateReview, decision: Decision, carried: WrittenBallot | None) -> None:
    review.closed_at = decision.decided_at
    review.save(update_fields=["closed_at"])
    for ballot in review.ballots.open().select_for_update(of=["self"]):
        if carried and ballot.pk == carried.pk:
            continue
        ballot.state, ballot.closed_at = WrittenBallot.State.STOPPED, decision.decided_at
        ballot.closed_because = f"{decision.body} decided meanwhile: {decision.ruled.lower()}."
        ballot.save(update_fields=["state", "closed_at", "closed_because"])
        publish("ballot.stopped", actor=None, ballot=ballot, **_about(decision))


def _draw(decision: Decision, review: GateReview) -> None:
    """Draw whether what a delegate let through in the fast lane is audited. A requester's first always is."""
    is_of_delegate = decision.way == Way.DELEGATE and review.lane == Lane.FAST
    if not is_of_delegate or not decision.is_approving:
        return
    asked = Intake.objects.filter(initiative=review.initiative_id).values_list("requester", flat=True).first()
    requester = asked or review.opened_by_id
    FastLaneAudit.objects.create(
        decision=decision,
        requester_id=requester,
        draw=Decimal(secrets.randbelow(STEPS)) / STEPS,
        share=AUDITED,
        is_first=not FastLaneAudit.objects.filter(requester=requester).exists(),
    )


def _about(decision: Decision) -> dict[str, Any]:
    return {"initiative": decision.initiative_id, "review": decision.review_id, "decision": decision}
