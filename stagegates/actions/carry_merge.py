"""What follows from a decision to merge, and from one to undo it: rows and money move, and are remembered (DESIGN §4).

Both initiatives are locked by whoever calls it, the one with the lower id first.
"""

from collections.abc import Iterable

from django.db.models import Q

from aiso import clock
from aiso.accounts.models import User
from aiso.events.outbox import publish
from portfolio.actions.accept_map import follow_map
from portfolio.actions.conclude_lanes import conclude_lane
from portfolio.actions.edit_initiative import touch
from portfolio.merging import carry_along, what_moves
from portfolio.models import Initiative, StageChange

from ..models import Decision, GateReview, Merge, Tranche
from ..money import NOTHING, Funding
from .ask_no_more import withdraw_requests
from .funding import Kind, enter, locked_tranches
from .monitor import drop_looks, reopen_looks


def carry_out(decision: Decision, survivor: Initiative) -> Merge:
    """Let the decision’s initiative go on in the survivor. What it asks for and a review that was not submitted are
    withdrawn, and a look that did not move falls away; nothing is asked for in its name any more.
    """
    merged = decision.initiative
    merge = Merge.objects.create(
        decision=decision, merged=merged, survivor=survivor, moved=what_moves(merged, survivor)
    )
    carry_along(merge.moved, merged, survivor)
    drop_looks(merged, at=decision.decided_at)
    _withdraw_what_is_open(merged, decision)
    move_money(decision, locked_tranches(merged.pk), survivor)
    _follow(merged, survivor, decision.decided_by)
    publish("initiative.merged", actor=decision.decided_by, **_about(merge), decision=decision)
    return merge


def take_apart(decision: Decision, merge: Merge) -> None:
    """Bring back what moved and is still there, and what is left of the money."""
    merge.undone_by = decision
    merge.save(update_fields=["undone_by"])
    carry_along(merge.moved, merge.survivor, merge.merged, back=True)
    reopen_looks(merge.merged, dropped_at=merge.decision.decided_at)
    came = Tranche.objects.filter(decision=merge.decision, initiative=merge.survivor, moved_from__isnull=False)
    move_money(decision, locked_tranches(merge.survivor_id, came), merge.merged)
    _follow(merge.survivor, merge.merged, decision.decided_by)
    publish("merge.undone", actor=decision.decided_by, **_about(merge), decision=decision)


def move_money(decision: Decision, tranches: Iterable[Tranche], goal: Initiative) -> Funding:
    """Give back what is withheld or unspent, and commit the same to the other initiative from the same envelope: what
    was released stays released, what was withheld stays withheld. Overspend stays. Returns what moved.
    """
    moved = [_move_tranche(each, decision, goal) for each in tranches if each.withheld or each.unspent]
    return Funding(
        withheld=sum((each.withheld for each in moved), NOTHING),
        unspent=sum((each.unspent for each in moved), NOTHING),
    )


def _move_tranche(tranche: Tranche, decision: Decision, goal: Initiative) -> Tranche:
    withheld, unspent, actor = tranche.withheld, tranche.unspent, decision.decided_by
    if withheld:
        enter(tranche, Kind.FREE, withheld, actor=actor, decision=decision)
    if unspent:
        enter(tranche, Kind.RETURN, unspent, actor=actor, decision=decision)
    there = Tranche.objects.create(
        decision=decision,
        initiative=goal,
        envelope_id=tranche.envelope_id,
        gate=tranche.gate,
        amount=withheld + unspent,
        condition_id=tranche.condition_id,
        is_held_back=bool(withheld),
        moved_from=tranche,
        approved_in=tranche.approval,
        created_at=decision.decided_at,
    )
    enter(there, Kind.COMMIT, there.amount, actor=actor, decision=decision)
    if unspent:
        enter(there, Kind.RELEASE, unspent, actor=actor, decision=decision)
    there.refresh_from_db()
    return there


def stage_before(merge: Merge) -> str:
    """The stage that a merged initiative was in."""
    own = StageChange.objects.filter(by_decision__decision=merge.decision).values_list("pk", "changed_on").get()
    before = StageChange.objects.filter(initiative=merge.merged_id).filter(
        Q(changed_on__lt=own[1]) | Q(changed_on=own[1], pk__lt=own[0])
    )
    return before.order_by("-changed_on", "-pk").values_list("stage", flat=True)[0]


def _withdraw_what_is_open(merged: Initiative, decision: Decision) -> None:
    withdraw_requests(decision)
    # The one that the decision is about ends with it.
    for review in GateReview.objects.open().filter(initiative=merged).select_for_update(of=["self"]):
        if review.pk == decision.review_id:
            continue
        review.closed_at, review.was_withdrawn = clock.now(), True
        review.save(update_fields=["closed_at", "was_withdrawn"])
        told = {"initiative": merged, "review": review, "reason": decision.rationale}
        publish("review.withdrawn", actor=decision.decided_by, **told)


def _follow(origin: Initiative, goal: Initiative, actor: User) -> None:
    """Lanes and accepted maps follow from what moved."""
    for each in (origin, goal):
        conclude_lane(each)
        follow_map(each, actor=actor)
    touch([origin.pk, goal.pk])


def _about(merge: Merge) -> dict[str, object]:
    return {"initiative": merge.merged_id, "survivor": merge.survivor_id, "merge": merge}
