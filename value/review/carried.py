"""What the value and risk review proposed, on the agenda of the next portfolio review."""

from collections.abc import Iterator, Sequence
from datetime import date

from aiso.web import figures
from forums.actions.agenda import fill_agenda
from forums.models import AgendaItem, Forum, Meeting
from forums.models.agenda import AgendaItemQuerySet
from forums.sources import Proposed
from portfolio.models import Initiative
from stagegates.agenda import REVIEW as PORTFOLIO_REVIEW
from stagegates.reviewers import told_to

from ..models import ReviewProposal

SOURCE = "proposed_by_value_review"
KEY = "proposal-"
WHY = 500


def proposed_to_portfolio(forum: Forum, day: date) -> Iterator[Proposed]:
    """Each proposal once, in the order in which they were made: until that review has spoken of it, or the initiative
    was paused or ended meanwhile. Two queries. Not those that became confidential to the body.
    """
    spoken = {*_spoken_of(forum).values_list("key", flat=True)}
    rows = ReviewProposal.objects.standing().select_related("initiative", "item__forum").defer("initiative__search")
    told = rows.filter(initiative__in=Initiative.objects.filter(told_to(forum))).order_by("pk")
    for each in (row for row in told if f"{KEY}{row.pk}" not in spoken):
        when = figures.day(each.proposed_at)
        yield Proposed(
            key=f"{KEY}{each.pk}",
            title=f"{each.get_proposes_display()} proposed: {each.initiative.name[:240]}",
            why=f"By the {each.item.forum} on {when}, {each.carried_by}: {each.reason}"[:WHY],
            initiative_id=each.initiative_id,
            minutes=10,
        )


def bring_to_next() -> None:
    """Put what stands on the agenda of the next portfolio review: on a draft near its top, on one that was sent as a
    late item at its end. Repeating it finds nothing to do; without a meeting to come the first one has it.
    """
    ahead = Meeting.objects.coming().filter(forum__slug=PORTFOLIO_REVIEW).exclude(state=Meeting.State.LIVE)
    if meeting := ahead.select_related("forum").first():
        fill_agenda(meeting, only=SOURCE)


def proposals_of(items: Sequence[AgendaItem]) -> dict[int, ReviewProposal]:
    """The proposal that each item brings to the portfolio review, by the item's id. One query."""
    brought = {item.pk: int(item.key.removeprefix(KEY)) for item in items if item.source == SOURCE and item.key}
    rows = ReviewProposal.objects.filter(pk__in=brought.values()).select_related("item__forum", "proposed_by")
    found = rows.in_bulk() if brought else {}
    return {pk: found[proposal] for pk, proposal in brought.items() if proposal in found}


def _spoken_of(forum: Forum) -> AgendaItemQuerySet:
    """What the body settled of them, whenever that was."""
    settled = (AgendaItem.State.DONE, AgendaItem.State.REMOVED)
    return AgendaItem.objects.filter(forum=forum, source=SOURCE, state__in=settled, settled_by__isnull=False)
