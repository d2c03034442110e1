"""Scorecards of the portfolio by bucket, business unit and objective; never by person.

In each category an active initiative stands as its worst line, or shows a gap. A unit counts those below it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Min, QuerySet
from django.http import QueryDict
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.once import once
from aiso.web import figures
from aiso.web.filtered import Chip
from portfolio.models import Bucket, Initiative, Objective, OutcomeMetric
from portfolio.models.initiative import InitiativeQuerySet
from portfolio.models.stage import ACTIVE, IN_PRODUCTION

from ..forms.scorecards import ScorecardFilterForm
from ..models import ScorecardLine
from .judged import Status, judged
from .limits import Goals, goals
from .words import listed

Category = OutcomeMetric.Category
# How an initiative stands in a category, as counted; `unmeasured` is whatever says nothing today.
STANDS: Mapping[str, tuple[Status, ...]] = {
    "on_target": (Status.ON_TARGET,),
    "waiting": (Status.WAITING,),
    "better": (Status.BETTER,),
    "off_target": (Status.OFF_TARGET,),
    "unmeasured": (Status.STALE, Status.NO_DATA, Status.NO_TARGET),
}
GAP = "gap"
STAND_OF = {status: stand for stand, statuses in STANDS.items() for status in statuses}
LABELS = {
    "on_target": "On target",
    "waiting": "Waits for finance",
    "better": "Getting better",
    "off_target": "Off target",
    "unmeasured": "Unmeasured",
    GAP: "Without a metric",
}
# The same in the middle of a sentence.
IN_WORDS = {name: label.lower() for name, label in LABELS.items()} | {"waiting": "waiting for finance"}
GROUPS = {"bucket": "Bucket", "unit": "Business unit", "objective": "Objective"}
UNIT_HEADERS = ("Unit above", "Level")
ALL = "All (each initiative once)"
FILTERS = ("bucket", "unit", "objective", "stages")
type Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Narrowed:
    """Which part of the portfolio is asked for; a unit includes those below it."""

    bucket: Bucket | None = None
    unit: BusinessUnit | None = None
    objective: Objective | None = None
    stages: str = ""

    @property
    def told(self) -> dict[str, str]:
        named = {name: str(row.pk) for name in ("bucket", "unit", "objective") if (row := getattr(self, name))}
        return named | ({"stages": self.stages} if self.stages else {})

    def of(self, initiatives: InitiativeQuerySet) -> InitiativeQuerySet:
        """The active ones of it."""
        rows = initiatives.filter(stage__in=IN_PRODUCTION if self.stages == "production" else ACTIVE)
        if self.bucket:
            rows = rows.filter(bucket=self.bucket)
        if self.objective:
            rows = rows.filter(objective=self.objective)
        if self.unit:
            pk = self.unit.pk
            rows = rows.filter(unit__in=once(("and_below", pk), lambda: BusinessUnit.objects.and_below([pk])))
        return rows


def counted(viewer: User, narrowed: Narrowed) -> InitiativeQuerySet:
    """The active initiatives that the viewer sees of it."""
    return narrowed.of(Initiative.objects.visible_to(viewer).on_register()).order_by()


def standings(initiatives: QuerySet[Initiative], held: Goals) -> "QuerySet[Any, Any]":
    """Rows of initiative, category and the rank of its worst line."""
    lines = judged(ScorecardLine.objects.filter(initiative__in=initiatives.values("pk")), held, clock.today())
    found: QuerySet[Any, Any] = lines.order_by().values("initiative", "category").annotate(worst=Min("rank"))
    return found


@dataclass
class Group:
    """One bucket, unit or objective with how many stand how in each category; `key` is empty for none of them."""

    key: int | None
    name: str
    # Of a unit: the one above it with its name, and its level, 1 at the top.
    above: int | None = None
    above_name: str = ""
    level: int = 0
    initiatives: int = 0
    counts: Counts = field(default_factory=lambda: {category: dict.fromkeys(LABELS, 0) for category in Category})

    def add(self, other: "Group") -> None:
        self.initiatives += other.initiatives
        for category, stands in other.counts.items():
            for stand, count in stands.items():
                self.counts[category][stand] += count


@dataclass(frozen=True)
class Cell:
    """How many of a group stand so, with the address of them."""

    stand: str
    count: int
    url: str

    @property
    def label(self) -> str:
        return LABELS[self.stand]


@dataclass(frozen=True)
class Row:
    """One group as a row shows it, with the address of its initiatives, and of the units below it, if any."""

    group: Group
    url: str
    cells: list[tuple[str, list[Cell]]]
    within: str = ""
    below_url: str = ""


class Scores:
    """A part of the portfolio by bucket, unit or objective, as one person sees it. Five queries at most, whatever the
    number of initiatives.
    """

    def __init__(self, viewer: User, by: str, narrowed: Narrowed) -> None:
        self.viewer, self.by, self.narrowed = viewer, by, narrowed

    @cached_property
    def groups(self) -> list[Group]:
        """Those that have an active initiative; what has no bucket or objective comes last."""
        if self.by == "unit":
            return _rolled_up(self._found, self.narrowed.unit)
        model: Any = Bucket if self.by == "bucket" else Objective
        names = dict(model.objects.filter(pk__in=[key for key in self._found if key]).values_list("pk", "name"))
        for key, group in self._found.items():
            group.name = names.get(key, f"No {GROUPS[self.by].lower()}")
        return sorted(self._found.values(), key=lambda group: (group.key is None, group.name.casefold()))

    @cached_property
    def total(self) -> Group:
        """All together: each initiative once, though a unit counts those below it."""
        total = Group(None, "All")
        for group in self._found.values():
            total.add(group)
        return total

    @cached_property
    def _found(self) -> dict[int | None, Group]:
        """Each group by itself, without those below it."""
        rows = _counted(counted(self.viewer, self.narrowed), self.by, goals())
        found = {key: Group(key, "", initiatives=count) for key, category, _, count in rows if category is None}
        for group in found.values():
            for stands in group.counts.values():
                stands[GAP] = group.initiatives
        for key, category, rank, count in rows:
            if category is not None:
                stands = found[key].counts[category]
                stands[STAND_OF[[*Status][rank]]] += count
                stands[GAP] -= count
        return found


class Board(Scores):
    """The page of them, as an address asks for it. Eight queries."""

    title = "Scorecards"

    def __init__(self, viewer: User, query: QueryDict) -> None:
        self.query = query
        self.form = ScorecardFilterForm(query)
        self.form.is_valid()
        self._by = query.get("by", "")
        given = {name: self.form.cleaned_data.get(name) for name in FILTERS}
        narrowed = Narrowed(**{name: value for name, value in given.items() if value})
        super().__init__(viewer, self._by if self._by in GROUPS else "bucket", narrowed)

    @property
    def refused(self) -> list[str]:
        """What the address asks for and cannot be shown, each in a sentence."""
        told = [f"There are no scorecards by {self._by[:20]!r}: these are by {GROUPS[self.by].lower()}."]
        return [*self.form.refused, *(told if self._by not in ("", *GROUPS) else ())]

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        return [(label, self.address(by=name), name == self.by) for name, label in GROUPS.items()]

    def address(self, **changes: str) -> str:
        return _query({"by": self.by} | self.narrowed.told | changes)

    @property
    def chips(self) -> list[Chip]:
        return [
            Chip(str(self.form.fields[name].label or name.capitalize()), self._said(name), self.address(**{name: ""}))
            for name in self.narrowed.told
        ]

    def _said(self, name: str) -> str:
        return "in production" if name == "stages" else str(getattr(self.narrowed, name))

    @cached_property
    def rows(self) -> list[Row]:
        """Each group; of units those at the top, or the one that is opened and those right below it."""
        opened = self.opened
        groups = [opened, *self._below[opened.key]] if opened else self._below[None]
        return [self._row(group, group is not opened) for group in groups]

    def _row(self, group: Group, may_open: bool) -> Row:
        below = self._below[group.key] if may_open and group.key is not None else []
        address = self.address(below=str(group.key)) if below else ""
        return Row(group, self.behind(group), self.cells(group), group.above_name if may_open else "", address)

    @cached_property
    def opened(self) -> Group | None:
        """The unit of which those below are shown: as asked for, else the only one at the top."""
        if self.by != "unit":
            return None
        asked = self.query.get("below", "")
        found = next((group for group in self.groups if str(group.key) == asked), None)
        return found or (self._below[None][0] if len(self._below[None]) == 1 else None)

    @property
    def trail(self) -> list[tuple[str, str]]:
        """Those above the opened unit by name, the top first, each with the address that opens it."""
        found: list[tuple[str, str]] = []
        at = self._units.get(self.opened.above) if self.opened else None
        while at:
            found.append((at.name, self.address(below=str(at.key))))
            at = self._units.get(at.above)
        if self.opened and len(self._below[None]) > 1:
            found.append(("All units", self.address()))
        return found[::-1]

    @cached_property
    def _units(self) -> dict[int | None, Group]:
        return {group.key: group for group in self.groups} if self.by == "unit" else {}

    @cached_property
    def _below(self) -> dict[int | None, list[Group]]:
        """Under None those at the top of what is shown: all, unless they are units."""
        below: dict[int | None, list[Group]] = defaultdict(list)
        for group in self.groups:
            below[group.above if group.above in self._units else None].append(group)
        return below

    @property
    def total_url(self) -> str:
        return self.behind(self.total)

    @property
    def total_cells(self) -> list[tuple[str, list[Cell]]]:
        return self.cells(self.total)

    def cells(self, group: Group) -> list[tuple[str, list[Cell]]]:
        """Each category by its name with how many stand how; those that none does are left out."""
        return [(str(category.label), self._cells(group, category)) for category in Category]

    def _cells(self, group: Group, category: str) -> list[Cell]:
        counts = group.counts[category].items()
        return [Cell(stand, count, self.behind(group, category, stand)) for stand, count in counts if count]

    def behind(self, group: Group, category: str = "", stand: str = "") -> str:
        """The address of the initiatives behind a figure."""
        told = self.narrowed.told | {"category": category, "state": stand}
        if group.key is not None:
            told[self.by] = str(group.key)
        elif group is not self.total:
            told["without"] = self.by
        return f"{reverse('value:scorecard_rows')}{_query(told)}"

    @property
    def answer(self) -> str:
        """How they stand in what the business gets out of it, in a sentence."""
        category = Category.BUSINESS_OUTCOME
        among = figures.plural(self.total.initiatives, "active initiative")
        return f"In {category.label.lower()}, of {among}: {stands_told(self.total.counts[category])}."

    @property
    def headers(self) -> list[str]:
        counts = [f"{category.label}: {label.lower()}" for category in Category for label in LABELS.values()]
        return [GROUPS[self.by], *(UNIT_HEADERS if self.by == "unit" else ()), "Initiatives", *counts]

    def lines(self) -> Iterator[list[Any]]:
        """For a file: a row a group, and last all of them, marked: a unit counts those below it."""
        for group in [*self.groups, self.total]:
            counts = (group.counts[category][stand] for category in Category for stand in LABELS)
            name = group.name if group is not self.total else ALL
            yield [
                name,
                *((group.above_name, group.level or None) if self.by == "unit" else ()),
                group.initiatives,
                *counts,
            ]


def stands_told(counts: Mapping[str, int]) -> str:
    """How many stand how, in words: all that there are, so that they add up."""
    told = [f"{figures.number(counts[stand])} {words}" for stand, words in IN_WORDS.items() if counts[stand]]
    return listed(told)


def _query(told: Mapping[str, str]) -> str:
    given = urlencode({name: value for name, value in told.items() if value})
    return f"?{given}" if given else ""


def counted_by_rank(rows: "QuerySet[Any, Any]") -> dict[int, int]:
    """How many initiatives of some standings stand at each rank. One statement."""
    inner, told = rows.query.sql_with_params()
    statement = f"SELECT stood.rank, count(*) FROM ({inner}) AS stood (initiative_id, category, rank) GROUP BY 1"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, told)
        return dict(cursor.fetchall())


def _counted(initiatives: InitiativeQuerySet, by: str, held: Goals) -> list[tuple[int | None, str | None, int, int]]:
    """How many initiatives of each group stand at each rank of each category, and without category how many there are.
    One statement that asks once who may see what, and passes the lines once.
    """
    seen, seen_told = initiatives.values("pk", by).query.sql_with_params()
    judging = judged(ScorecardLine.objects.all(), held, clock.today()).order_by()
    lines, lines_told = judging.values("initiative", "category", "rank").query.sql_with_params()
    statement = f"""
        WITH seen (id, whole) AS MATERIALIZED ({seen}),
        stood AS (
            SELECT seen.whole, line.category, min(line.rank) AS rank
            FROM ({lines}) AS line (initiative_id, category, rank) JOIN seen ON seen.id = line.initiative_id
            GROUP BY seen.whole, line.initiative_id, line.category
        )
        SELECT whole, category, rank, count(*) FROM stood GROUP BY whole, category, rank
        UNION ALL SELECT whole, NULL, 0, count(*) FROM seen GROUP BY whole
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, (*seen_told, *lines_told))
        found: list[tuple[int | None, str | None, int, int]] = cursor.fetchall()
    return found


def _rolled_up(found: Mapping[int | None, Group], top: BusinessUnit | None) -> list[Group]:
    """Units in the order of their tree, each with those below it; with a `top`, it and what is below."""
    summed: dict[int, Group] = {}
    below: dict[int, list[int]] = defaultdict(list)
    units = [*BusinessUnit.objects.with_tree_fields()]
    names = {unit.pk: unit.name for unit in units}
    for unit in units:
        summed[unit.pk] = Group(unit.pk, unit.name, unit.parent_id, names.get(unit.parent_id, ""), unit.tree_depth + 1)
        for over in unit.tree_path:
            below[over].append(unit.pk)
    for pk, group in summed.items():
        for member in below[pk]:
            if member in found:
                group.add(found[member])
    shown = {*below[top.pk]} if top else {*summed}
    return [summed[unit.pk] for unit in units if unit.pk in shown and summed[unit.pk].initiatives]
