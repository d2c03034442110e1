"""Initiatives in production whose net value turned negative, one item each.

Net value is that of DESIGN §6: confirmed benefit that lasts − run cost − rework − risk loss, by the days of each entry.
With the last 90 days by the day of the agenda, and the 90 days before them:

- turned: the last 90 days are below 0, and those before were not. Without an entry in those before there is no data,
  which is not 0: it did not turn then.
- stays: both are below 0, and so is net value to date: what it earned before does not carry it.

What a forum spoke of comes back after 90 days, if it still holds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from aiso.once import once
from aiso.web import figures
from forums.models import AgendaItem, Forum
from forums.models.agenda import AgendaItemQuerySet
from forums.sources import Proposed
from portfolio.models import Initiative
from portfolio.models.initiative import InitiativeQuerySet
from stagegates.agenda.waiting import COMES_BACK
from stagegates.reviewers import told_to

from ..cost_coverage import CostCoverage, cost_coverage_by_initiative
from ..kept.lost_now import spans_kept
from ..worth import Window, Worth, worth_by_initiative
from .limits import limits_in_force
from .rows import WINDOW, known_by

SOURCE = "net_value_negative"
TURNED, STAYS = "turned", "stays"


@dataclass(frozen=True)
class Net:
    """What one initiative was worth in the last 90 days, in the 90 before, and to date."""

    last: Worth
    before: Worth
    to_date: Worth
    as_of: date
    # In the same order: whether what ran in production has its run costs.
    coverages: tuple[CostCoverage, ...] = ()

    @property
    def state(self) -> str:
        """`turned`, `stays`, or empty where it is not negative in the sense above."""
        if self.last.is_empty or self.last.net >= 0 or self.before.is_empty:
            return ""
        if self.before.net >= 0:
            return TURNED
        return STAYS if self.to_date.net < 0 else ""


def net_value_negative(forum: Forum, day: date) -> Iterator[Proposed]:
    """The largest first, up to the number that the configuration says. Twenty-one queries at most.

    Not those that are confidential to the forum: nobody was asked whether its members may see them.
    """
    most = limits_in_force(day).most
    asked = Initiative.objects.on_register().in_production().filter(told_to(forum))
    found = negative(asked.exclude(pk__in=_spoken_of(forum, day).values("initiative")), known_by(day))
    shown, more = found[:most], len(found[most:])
    names = dict(Initiative.objects.filter(pk__in=[pk for pk, _ in shown]).values_list("pk", "name"))
    for place, (pk, net) in enumerate(shown, start=1):
        yield Proposed(
            key=f"net-{pk}",
            title=f"Net value is negative: {names[pk][:250]}",
            why=_why(net.state) + (_cut(more, most) if more and place == most else ""),
            initiative_id=pk,
            minutes=10,
        )


def negative(initiatives: InitiativeQuerySet, as_of: date) -> list[tuple[int, Net]]:
    """Those among some whose net value is negative in the sense above, the largest of the last 90 days first.

    Sums are made in the database, and what lasted is read from kept rows: of ten thousand one step tells the last 90
    days, and what came before is asked of those below 0 alone. Seventeen queries at most.
    """
    last, before, to_date = windows(as_of)
    worths = worth_by_initiative(initiatives.order_by(), last, lost=spans_kept)
    ids = [pk for _, pk in sorted((worth.net, pk) for pk, worth in worths.items() if worth.net < 0)]
    second = worth_by_initiative(ids, before, lost=spans_kept) if ids else {}
    both = [pk for pk in ids if second.get(pk, Worth()).net < 0]
    whole = worth_by_initiative(both, to_date, lost=spans_kept) if both else {}
    nets = ((pk, Net(worths[pk], second.get(pk, Worth()), whole.get(pk, Worth()), as_of)) for pk in ids)
    return [(pk, net) for pk, net in nets if net.state]


def nets_of(initiatives: Iterable[int], as_of: date) -> dict[int, Net]:
    """The same of some, whether negative or not, with the months that lack a run cost. Eighteen queries at most."""
    asked = (*sorted({*initiatives}),)
    return once(("nets", asked, as_of), lambda: _nets_of(asked, as_of)) if asked else {}


def windows(as_of: date) -> tuple[Window, Window, Window]:
    """The last 90 days, the 90 before, and all to date."""
    days = WINDOW.days
    return Window.of_days(days, as_of), Window.of_days(days, as_of - WINDOW), Window.to_date(as_of)


def _nets_of(initiatives: tuple[int, ...], as_of: date) -> dict[int, Net]:
    asked = windows(as_of)
    last, before, to_date = (worth_by_initiative(initiatives, window) for window in asked)
    coverages = [cost_coverage_by_initiative(initiatives, window) for window in asked]
    empty = Worth()
    return {
        pk: Net(
            last.get(pk, empty),
            before.get(pk, empty),
            to_date.get(pk, empty),
            as_of,
            tuple(coverage.get(pk, CostCoverage()) for coverage in coverages),
        )
        for pk in initiatives
    }


def _why(state: str) -> str:
    """Without sums, which fewer people see than see agendas."""
    if state == TURNED:
        told = "Below 0 in the last 90 days, and not in the 90 before."
    else:
        told = "Below 0 in the last 90 days and in the 90 before, and to date."
    return f"{told} Propose to hold or to terminate it, or say why it goes on."


def _cut(more: int, most: int) -> str:
    """What the last item says of those behind it."""
    are = "is" if more == 1 else "are"
    return f" {figures.number(more)} more {are} negative like these without an item: an agenda takes {most}."


def _spoken_of(forum: Forum, day: date) -> AgendaItemQuerySet:
    """Items about such initiatives that the forum settled lately."""
    settled = (AgendaItem.State.DONE, AgendaItem.State.REMOVED)
    items = AgendaItem.objects.filter(forum=forum, source=SOURCE, state__in=settled, initiative__isnull=False)
    return items.filter(settled_by__isnull=False, settled_at__date__gt=day - COMES_BACK)
