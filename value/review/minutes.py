"""What minutes of the value and risk review keep: what the lists that were spoken of told, and what it proposed.

Minutes are read by many and stay as they are, so that they tell of ordinary initiatives alone, and no sum.
"""

from collections.abc import Iterator, Mapping, Sequence

from forums.minutes_parts import Fact, fact
from forums.models import AgendaItem
from portfolio.models import Initiative

from ..models import ReviewProposal
from . import claims
from .gathered import LISTED
from .rows import Listed, Sight

# Rows that are named; the others are counted.
NAMED = 10
# A claim is seen by those alone who see the money of its initiative.
COUNTED_ALONE = (claims.SOURCE,)


def told_and_agreed(items: Sequence[AgendaItem]) -> Mapping[int, list[Fact]]:
    """By the item's id. A fixed number of queries, for a meeting has one list of each kind."""
    told = {item.pk: [*_told(item)] for item in items if item.source in LISTED and _was_shown(item)}
    proposals = ReviewProposal.objects.filter(item__in=items).select_related("item__forum")
    return told | {each.item_id: [*_proposed(each)] for each in proposals}


def _was_shown(item: AgendaItem) -> bool:
    """Whether it was on the screen or something came of it: nobody was told of what the meeting did not reach."""
    return item.state == AgendaItem.State.DONE or item.seconds > 0


def _told(item: AgendaItem) -> Iterator[Fact]:
    is_counted = item.source in COUNTED_ALONE
    ordinary = Initiative.objects.filter(is_confidential=False)
    listed = LISTED[item.source](Sight(item, ordinary, None if is_counted else frozenset()))
    if listed.rows:
        yield fact("What was told", listed.says)
    if listed.rows and not is_counted:
        yield fact("Of these", _named(listed))


def _named(listed: Listed) -> str:
    lines = [
        f"{', '.join(each.reference for each in row.initiatives)}: {row.what} ({row.state})"
        for row in listed.rows[:NAMED]
    ]
    more = len(listed.rows) > NAMED or listed.has_more
    return "\n".join([*lines, *(["and more"] if more else [])])


def _proposed(each: ReviewProposal) -> Iterator[Fact]:
    yield fact("Proposed to the portfolio review", f"{each.get_proposes_display()}, {each.carried_by}")
    yield fact("Reason", each.reason)
