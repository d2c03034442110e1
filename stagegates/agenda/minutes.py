"""What minutes say of an item that was decided: the decision, its rationale, conditions, what was overridden, money."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from aiso.web import figures
from forums.minutes_parts import Fact, fact
from forums.models import AgendaItem

from ..models import Decision, FundingEntry, MeetingDecision

Kind = FundingEntry.Kind
RELATED = (
    *("decision__review__gates_version", "decision__initiative"),
    *("decision__on_funding__request", "decision__on_expansion__request", "decision__closure"),
)
# What an entry of each kind did with the money of an initiative, in the order in which minutes tell it.
MOVED = {Kind.COMMIT: "committed", Kind.RELEASE: "released", Kind.FREE: "freed", Kind.RETURN: "returned unspent"}


def decided_on(items: Sequence[AgendaItem]) -> Mapping[int, list[Fact]]:
    """What was decided on each item, by its id. Votes and recusals stand in the minutes anyway. Three queries."""
    rows = MeetingDecision.objects.filter(item__in=items).select_related(*RELATED)
    found = [*rows.defer("decision__initiative__search").prefetch_related("decision__conditions__owner")]
    moved = _money_of([each.decision_id for each in found])
    return {each.item_id: [*_told(each.decision, moved[each.decision_id])] for each in found}


def _told(decision: Decision, moved: Mapping[str, Decimal]) -> Iterator[Fact]:
    yield fact("Decision", _ruled(decision))
    yield fact("Rationale", decision.rationale)
    if conditions := [*decision.conditions.all()]:
        lines = [f"{each.text} ({each.owner}, by {figures.day(each.due_on)})" for each in conditions]
        yield fact("Conditions", "\n".join(lines))
    if closure := getattr(decision, "closure", None):
        yield fact("Closed for", closure.get_reason_display())
        yield fact("What was learnt", closure.lessons)
        if closure.reusable:
            yield fact("Can be used again", closure.reusable)
    if decision.overrides:
        yield fact("Overridden", "\n".join(f"{each['what']}: {each['reason']}" for each in decision.overrides))
    if decision.amount:
        asked = _asked(decision)
        of = f" of {figures.exact_money(asked)} asked for" if asked else ""
        yield fact("Money approved", f"{figures.exact_money(decision.amount)}{of}", is_money=True)
    if parts := [f"{figures.exact_money(moved[kind])} {word}" for kind, word in MOVED.items() if moved.get(kind)]:
        yield fact("Money moved", ", ".join(parts), is_money=True)


def _ruled(decision: Decision) -> str:
    review = decision.review
    about = f"{review.title}: " if review else ""
    if decision.hold_until:
        return f"{about}{decision.ruled.lower()} until {figures.day(decision.hold_until)}"
    if decision.back_to:
        return f"{about}{decision.ruled.lower()} to {(decision.back_to_name or decision.back_to).lower()}"
    if review and decision.is_approving:
        return f"{about}{decision.ruled.lower()}, on to {review.get_to_stage_display().lower()}"
    return f"{about}{decision.ruled.lower()}" if about else decision.ruled


def _asked(decision: Decision) -> Decimal | None:
    """What had been asked for: at the gate, or outside one."""
    if decision.review:
        return decision.review.amount
    answered = getattr(decision, "on_funding", None) or getattr(decision, "on_expansion", None)
    return answered.request.amount if answered else None


def _money_of(decisions: Sequence[int]) -> dict[int, dict[str, Decimal]]:
    """What each decision did with money at once, by kind of entry. One query."""
    moved: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    entries = FundingEntry.objects.filter(decision__in=decisions, kind__in=[*MOVED])
    for decision, kind, amount in entries.values_list("decision", "kind", "amount"):
        moved[decision][kind] += amount
    return moved
