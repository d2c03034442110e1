"""Items that gather many rows under one heading, as the value and risk review lists them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.urls import reverse

from aiso import clock
from aiso.accounts.models import User
from aiso.web import figures
from forums.models import AgendaItem
from portfolio.models import Initiative, OutcomeMetric
from portfolio.models.initiative import InitiativeQuerySet
from stagegates.agenda.looks import day_of

# Rows that one page shows; the list behind it has all.
SHOWN = 25
# Windows of money are the last 90 days (DESIGN §6).
WINDOW = timedelta(days=90)


@dataclass(frozen=True)
class Row:
    """One thing to look at. `state` says in a few words what is wrong, `url` and `verb` lead to what mends it.

    `amount` is money, held against `against` where there is one: both empty for who may not see it.
    """

    initiatives: Sequence[Initiative]
    kind: str
    what: str
    state: str
    url: str
    verb: str
    id: int | None = None
    tone: str = "risk"
    note: str = ""
    person: User | None = None
    on: date | None = None
    amount: Decimal | None = None
    against: Decimal | None = None


@dataclass(frozen=True)
class Heads:
    """What the columns of a list are called; a column without a name is left out."""

    what: str = "What"
    person: str = "Owner"
    on: str = "Due"
    amount: str = ""
    against: str = ""


@dataclass(frozen=True)
class Listed:
    """The rows of one item that a person sees, a sentence that counts these alone, and where all of them stand."""

    rows: Sequence[Row]
    says: str
    has_more: bool = False
    url: str = ""
    label: str = ""
    heads: Heads = Heads()


def nobody_edits(initiative: Initiative) -> bool:
    """Of minutes, which nobody reads to do something."""
    return False


@dataclass(frozen=True)
class Sight:
    """What a reader of an item sees: initiatives by role and seat, and the units whose money their roles open; None is
    all of them. `edits` tells of which their roles let them record: an owner finds that one step further.

    Never what a person alone sees: all who hold the same read what was drawn once (`forums.following`).
    """

    item: AgendaItem
    seen: InitiativeQuerySet
    reach: frozenset[int] | None
    edits: Callable[[Initiative], bool] = nobody_edits

    @property
    def day(self) -> date:
        """What is late or counts is judged by it."""
        return judged_on(self.item)

    @property
    def with_money(self) -> InitiativeQuerySet:
        return self.seen if self.reach is None else self.seen.filter(unit__in=self.reach)

    def sees_money(self, initiative: Initiative) -> bool:
        return self.reach is None or initiative.unit_id in self.reach


def judged_on(item: AgendaItem) -> date:
    """The day on which its meeting began, be it held early or late; before that today, up to the day it is planned."""
    began = item.meeting.started_at if item.meeting else None
    return figures.local_date(began) if began else known_by(day_of(item))


def measuring(sight: Sight, initiative: Initiative, metric: OutcomeMetric) -> tuple[str, str]:
    """Where a metric is measured and what the link is called; where their roles do not let them, all measurements."""
    if sight.edits(initiative):
        return reverse("value:measurement_record", args=[initiative.reference, metric.pk]), "Measure"
    return reverse("value:initiative_measurements", args=[initiative.reference]), "See"


def known_by(day: date) -> date:
    """The day of a meeting, or today while that is to come: nothing is posted or measured yet for the days between."""
    return min(day, clock.today())


def counted(found: int, one: str, many: str = "") -> str:
    """How many there are, of which one more than is shown was looked for."""
    return f"More than {figures.plural(SHOWN, one, many)}" if found > SHOWN else figures.plural(found, one, many)


def parts_of(rows: Iterable[str], words: Mapping[str, tuple[str, str]]) -> str:
    """How many of each kind, in the words for one and for several: `3 that count less, 1 that counts nothing`."""
    counts = Counter(rows)
    told = [
        f"{figures.number(counts[kind])} {one if counts[kind] == 1 else many}"
        for kind, (one, many) in words.items()
        if counts[kind]
    ]
    return ", ".join(told)
