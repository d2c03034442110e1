"""What stands in the way of releasing money that an approval withheld (DESIGN §4)."""

from collections.abc import Iterator

from aiso.web import figures
from portfolio.models import Lane

from .blocks import Block, Kind, of_initiative, overdue_of
from .models import Decision, SignOff, SignOffAnswer, Tranche
from .scopes import copies_of
from .seals import changes_between


def blocks_of_release(tranche: Tranche) -> list[Block]:
    """All that keeps a tranche from being released now, without what its approval overrode; a fixed number of queries.

    Overdue conditions of the initiative, objections and outdated sign-offs can be overridden by a higher body. A
    condition of the approval that is not due yet is met or waived instead. What a merge moved waits for the conditions
    of its approval, wherever those are; what was signed off is another matter by then, unless a function objected.
    """
    decision = tranche.approval
    overridden = {each["key"] for each in decision.overrides if "key" in each}
    found = [
        *of_initiative(tranche.initiative),
        *_of_lane(tranche),
        *_of_conditions(tranche),
        *_of_sign_offs(decision, has_moved=tranche.moved_from_id is not None),
        *overdue_of(tranche.initiative),
    ]
    return [*{block.key: block for block in found if block.key not in overridden}.values()]


def _of_lane(tranche: Tranche) -> Iterator[Block]:
    review, initiative = tranche.approval.review, tranche.initiative
    if review and review.lane == Lane.FAST and initiative.lane != Lane.FAST:
        what = "The fast lane no longer holds: its money stops until a review of the full lane"
        yield Block(what, Kind.LANE, initiative.get_absolute_url(), "lane")


def _of_conditions(tranche: Tranche) -> Iterator[Block]:
    """Those of the approval. What a merged initiative was told stays with those who see that one."""
    for condition in tranche.approval.conditions.open():
        is_own = condition.initiative_id == tranche.initiative_id
        state = "is overdue since" if condition.is_overdue else "is not met yet, due on"
        what = f"A condition {'' if is_own else 'of its approval '}{state} {figures.day(condition.due_on)}"
        kind = Kind.CONDITION if condition.is_overdue else Kind.UNMET
        address = condition.get_absolute_url() if is_own else ""
        yield Block(f"{what}: {condition.text}" if is_own else what, kind, address, f"condition:{condition.pk}")


def _of_sign_offs(decision: Decision, *, has_moved: bool) -> Iterator[Block]:
    """What was signed off for the review that approved it, held against what is so now."""
    if decision.review is None:
        return
    answered = decision.review.sign_offs.exclude(answer=None).select_related("function", "answer", "review__initiative")
    sign_offs: list[SignOff] = [*answered]
    present = copies_of([(each, each.answer.groups) for each in sign_offs if each.answer])
    address = f"{decision.review.get_absolute_url()}#sign-offs"
    for each in sign_offs:
        assert each.answer is not None
        if each.answer.verdict == SignOffAnswer.Verdict.OBJECT:
            what = f"{each.function} objects: {each.answer.reason}"
            yield Block(what, Kind.OBJECTION, address, f"objection:{each.pk}")
        elif not has_moved and changes_between(each.answer.copy, present[each.pk]):
            what = f"The sign-off of {each.function} is outdated"
            yield Block(what, Kind.OUTDATED, address, f"outdated:{each.pk}")
