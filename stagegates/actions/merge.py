"""Merging an initiative into another, and undoing that (DESIGN §4). A merge is a decision; so is undoing it.

Both initiatives are locked first, the one with the lower id first, so that two who merge crosswise wait for each other.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso.accounts.models import User
from aiso.errors import DomainError
from forums.models import Forum
from portfolio.models import Initiative
from portfolio.models.stage import ENDED
from portfolio.permissions import sees

from ..deciding import seat_alone, who_decides_on
from ..models import Decision, GateReview, Merge
from ..permissions import can_decide_on
from ..separation import parties_to
from .record_decision import record
from .ruling import Ruling

Outcome, Way = Decision.Outcome, Decision.Way
DECIDING = "Those with a vote in the body of its next gate or in a higher one decide, never a party."
WHY = "Say why: every decision has a rationale."
UNKNOWN = "No initiative that you see has this reference; it looks like AI-0042."


@transaction.atomic
def merge_into(initiative: Initiative, *, actor: User, survivor: Initiative, rationale: str) -> Decision:
    """Let an initiative go on in another: alone, as a delegate or as the chair between meetings.

    What is worked on moves to the survivor with what is left of the money; what never changes stays and is read there.
    Raises PermissionDenied for whoever may not decide on both or not alone, DomainError for an initiative that has
    ended or whose review waits for a decision, a survivor that is none, and without a rationale.
    """
    hold(initiative, survivor)
    initiative = Initiative.objects.defer("search").get(pk=initiative.pk)
    ruling = Ruling(Outcome.MERGE, rationale, survivor=survivor)
    names = who_decides_on(initiative)
    least = Forum.objects.filter(slug=names.body).first()
    if least is None or not can_decide_on(actor, initiative, least):
        raise PermissionDenied(DECIDING)
    check_goes_on(initiative)
    check_seen(ruling, actor)
    body, way = seat_alone(actor, max(least, body_deciding_on(survivor) or least, key=lambda each: each.rank))
    ruling = check_survivor(initiative, ruling, body)
    return record(initiative, None, ruling, actor=actor, body=body, way=way, names=names)


@transaction.atomic
def undo_merge(merge: Merge, *, actor: User, rationale: str) -> Decision:
    """Take a merge apart: what moved goes back, as far as it is still there, with what is left of its money.

    For the body that merged them, or a higher one. Raises PermissionDenied for everybody else and for parties to
    either, DomainError once something else was decided on either, a second time, and without a rationale.
    """
    hold(merge.merged, merge.survivor)
    merge = Merge.objects.select_for_update(of=["self"]).select_related("decision__body").get(pk=merge.pk)
    merge.merged = Initiative.objects.defer("search").get(pk=merge.merged_id)
    merge.survivor = Initiative.objects.defer("search").get(pk=merge.survivor_id)
    if not can_undo(actor, merge):
        raise PermissionDenied("The body that merged them or a higher one undoes it, never a party to either.")
    if refusal := why_not_undo(merge):
        raise DomainError(refusal)
    if not rationale.strip():
        raise DomainError(WHY, field="rationale")
    body, way = seat_alone(actor, merge.decision.body)
    return record(
        merge.merged,
        None,
        Ruling(Outcome.UNDO_MERGE, rationale.strip()),
        actor=actor,
        body=body,
        way=way,
        names=who_decides_on(merge.merged),
        supersedes=merge.decision,
    )


def can_undo(person: User, merge: Merge) -> bool:
    """Those with a vote in the body that decided it or in a higher one, who see both and are party to neither."""
    both = (merge.merged, merge.survivor)
    return all(can_decide_on(person, each, merge.decision.body) and sees(person, each) for each in both)


def why_not_undo(merge: Merge, *, has_later: bool | None = None) -> str:
    """Why a merge cannot be undone any more, in a sentence; empty while it can. `has_later` is whether something was
    decided on either since, where that is known; else a query tells.
    """
    if not merge.is_standing:
        return "This merge was undone already."
    if merge.survivor.stage in ENDED:
        return f"{merge.survivor.reference} has ended since."
    if has_later is None:
        has_later = Merge.objects.with_later().get(pk=merge.pk).has_later  # type: ignore[attr-defined]
    if has_later:
        return "Something was decided on one of the two since: a merge is undone before the next decision only."
    return ""


def hold(*initiatives: Initiative | None) -> None:
    """Lock initiatives, the lowest id first."""
    ids = {each.pk for each in initiatives if each is not None}
    rows = Initiative.objects.select_for_update(of=["self"]).filter(pk__in=ids)
    [*rows.order_by("pk").values_list("pk")]


def check_seen(ruling: Ruling, actor: User) -> None:
    """Whoever merges sees the survivor, and is no party to it. Nothing for other outcomes."""
    if ruling.outcome != Outcome.MERGE:
        return
    if ruling.survivor is None:
        raise DomainError("Choose the initiative in which it goes on.", field="survivor")
    if not sees(actor, ruling.survivor):
        raise DomainError(UNKNOWN, field="survivor")
    if actor.pk in parties_to(ruling.survivor):
        raise PermissionDenied(f"You are a party to {ruling.survivor.reference}: somebody else decides this.")


def check_survivor(initiative: Initiative, ruling: Ruling, body: Forum) -> Ruling:
    """The ruling with the survivor as it is now. Both are locked. Raises DomainError for one that it cannot go on in,
    and where a higher body decides on that.
    """
    if ruling.survivor is None:
        raise DomainError("Choose the initiative in which it goes on.", field="survivor")
    survivor = Initiative.objects.defer("search").get(pk=ruling.survivor.pk)
    if survivor.pk == initiative.pk:
        raise DomainError("Choose another initiative: this is the one that would be merged.", field="survivor")
    if survivor.is_off_register or survivor.stage in ENDED:
        ended = "is not on the register" if survivor.is_off_register else f"is {survivor.get_stage_display().lower()}"
        raise DomainError(f"{survivor.reference} {ended}. Choose one that goes on.", field="survivor")
    needed = body_deciding_on(survivor)
    if needed and needed.rank > body.rank:
        raise DomainError(f"{needed} decides this: it decides on {survivor.reference}.", field="survivor")
    if not ruling.rationale.strip():
        raise DomainError(WHY, field="rationale")
    return Ruling(ruling.outcome, ruling.rationale.strip(), survivor=survivor)


def check_goes_on(initiative: Initiative) -> None:
    """Raises DomainError for one that has ended, or whose review waits for a decision."""
    if initiative.is_off_register or initiative.stage in ENDED:
        raise DomainError("It has ended already.")
    if GateReview.objects.open().filter(initiative=initiative, submitted_at__isnull=False).exists():
        raise DomainError("Its review waits for a decision: choose Merge there.")


def body_deciding_on(initiative: Initiative) -> Forum | None:
    return Forum.objects.filter(slug=who_decides_on(initiative).body).first()
