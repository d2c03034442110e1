"""Initiatives in production whose net value turned negative, one item each.

Net value is that of DESIGN §6: confirmed benefit that lasts − run cost − rework − risk loss, by the days of each entry.
With the last 90 days by the day of the agenda, and the 90 days before them:

- turned: the last 90 days are below 0, and those before were not. Without confirmed benefit or operating cost in those
  before there is no data, which is not 0, whatever was built or forecast then: it did not turn.
- stays: both are below 0, and so is net value to date: what it earned before does not carry it.

An initiative is read with all that was merged into it (DESIGN §4), as far as the forum, or the reader, sees that.

What a forum spoke of comes back after 90 days, if it still holds.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from aiso.accounts.models import User
from aiso.once import once
from aiso.web import figures
from forums.models import AgendaItem, Forum
from forums.models.agenda import AgendaItemQuerySet
from forums.sources import Proposed
from portfolio.models import Initiative
from portfolio.models.initiative import InitiativeQuerySet
from stagegates.agenda.waiting import COMES_BACK
from stagegates.family import merged_among
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
        if self.last.net >= 0 or not self.before.has_net:
            return ""
        if self.before.net >= 0:
            return TURNED
        return STAYS if self.to_date.net < 0 else ""


def net_value_negative(forum: Forum, day: date) -> Iterator[Proposed]:
    """The largest first, up to the number that the configuration says. Twenty-five queries at most.

    Not those that are confidential to the forum: nobody was asked whether its members may see them.
    """
    most = limits_in_force(day).most
    told = Initiative.objects.filter(told_to(forum))
    asked = told.on_register().in_production().exclude(pk__in=_spoken_of(forum, day).values("initiative"))
    found = negative(asked, known_by(day), merged_among(told))
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


def negative(initiatives: InitiativeQuerySet, as_of: date, merged: Mapping[int, int]) -> list[tuple[int, Net]]:
    """Those among some whose net value is negative in the sense above, the largest of the last 90 days first; `merged`
    are ids with that of the initiative in which each goes on.

    Sums are made in the database, and what lasted is read from kept rows: of ten thousand one step tells the last 90
    days, and what came before is asked of those below 0 alone. Nineteen queries at most.
    """
    last, before, to_date = windows(as_of)
    worths = worth_by_initiative(initiatives.order_by(), last, lost=spans_kept)
    survivors = {*initiatives.filter(pk__in={*merged.values()}).values_list("pk", flat=True)} if merged else set()
    if survivors:
        worths |= _worths(survivors, last, merged)
    ids = [pk for _, pk in sorted((worth.net, pk) for pk, worth in worths.items() if worth.net < 0)]
    second = _worths(ids, before, merged)
    both = [pk for pk in ids if second[pk].net < 0]
    whole = _worths(both, to_date, merged)
    nets = ((pk, Net(worths[pk], second[pk], whole.get(pk, Worth()), as_of)) for pk in ids)
    return [(pk, net) for pk, net in nets if net.state]


def _worths(initiatives: Collection[int], window: Window, merged: Mapping[int, int]) -> dict[int, Worth]:
    """What each is worth with what was merged into it."""
    if not initiatives:
        return {}
    survivors = {*initiatives}
    members = {pk: survivor for pk, survivor in merged.items() if survivor in survivors}
    own = worth_by_initiative([*initiatives, *members], window, lost=spans_kept)
    found = {pk: own.get(pk, Worth()) for pk in initiatives}
    for pk, survivor in members.items():
        found[survivor] += own.get(pk, Worth())
    return found


def nets_of(initiatives: Iterable[int], as_of: date, person: User) -> dict[int, Net]:
    """The same of some, whether negative or not, with the months that lack a run cost, and with what the person sees of
    the money of merged ones. Twenty-four queries at most.
    """
    asked = (*sorted({*initiatives}),)
    return once(("nets", asked, as_of, person.pk), lambda: _nets_of(asked, as_of, person)) if asked else {}


def windows(as_of: date) -> tuple[Window, Window, Window]:
    """The last 90 days, the 90 before, and all to date."""
    days = WINDOW.days
    return Window.of_days(days, as_of), Window.of_days(days, as_of - WINDOW), Window.to_date(as_of)


def _nets_of(initiatives: tuple[int, ...], as_of: date, person: User) -> dict[int, Net]:
    merged = merged_among(Initiative.objects.visible_to(person).with_money_for(person))
    families = {pk: [pk, *(each for each, survivor in merged.items() if survivor == pk)] for pk in initiatives}
    asked = [pk for family in families.values() for pk in family]
    worths = [worth_by_initiative(asked, window) for window in windows(as_of)]
    coverages = [cost_coverage_by_initiative(asked, window) for window in windows(as_of)]
    nets = {}
    for pk, family in families.items():
        last, before, to_date = (sum((own[each] for each in family if each in own), Worth()) for own in worths)
        covered = [sum((own[each] for each in family if each in own), CostCoverage()) for own in coverages]
        nets[pk] = Net(last, before, to_date, as_of, tuple(covered))
    return nets


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
