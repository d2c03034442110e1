"""Likely duplicates: two initiatives that say the same, to be merged or told apart."""

from collections.abc import Iterator
from datetime import date

from aiso.accounts.models import User
from aiso.web import figures
from forums.models import AgendaItem, Forum
from forums.sources import Proposed
from portfolio.duplicate_pairs import Pair, likely_pairs
from portfolio.models import Initiative

DUPLICATES = "likely_duplicates"
MOST = 5


def likely_duplicates(forum: Forum, day: date) -> Iterator[Proposed]:
    """The likeliest pairs that the forum has not spoken of. Four queries."""
    settled = (AgendaItem.State.DONE, AgendaItem.State.REMOVED)
    items = AgendaItem.objects.filter(forum=forum, source=DUPLICATES, state__in=settled, settled_by__isnull=False)
    known = {*items.values_list("key", flat=True)}
    pairs = [pair for pair in likely_pairs() if _key(pair) not in known]
    for pair in pairs[:MOST]:
        yield Proposed(
            key=_key(pair),
            title=f"{pair.newer.name[:140]} and {pair.older.name[:140]}",
            why=f"{pair.degree.capitalize()}, {figures.percent(pair.score)}: "
            f"{pair.newer.reference} and {pair.older.reference} ({pair.older.get_stage_display().lower()}). "
            "Merge them, or say why both go on.",
            initiative_id=pair.newer.pk,
            minutes=5,
        )


def _key(pair: Pair) -> str:
    return f"alike-{pair.older.pk}-{pair.newer.pk}"


def other_of(item: AgendaItem, person: User) -> Initiative | None:
    """The older one of the pair that an item is about, if the person sees it."""
    parts = item.key.split("-")
    if len(parts) != 3 or not parts[1].isdecimal():
        return None
    return Initiative.objects.visible_to(person).defer("search").filter(pk=int(parts[1])).first()
