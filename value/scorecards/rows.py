"""The initiatives behind a figure of the scorecards: in one category, and how they stand there."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import CharField, F, Q

from aiso import clock
from aiso.web import figures
from aiso.web.filtered import Chip, FilteredList
from aiso.web.keyset import Order
from portfolio.models import Initiative
from portfolio.models.initiative import InitiativeQuerySet

from ..forms.scorecards import ScorecardFilterForm
from ..models import ScorecardLine
from .board import (
    FILTERS,
    GAP,
    GROUPS,
    LABELS,
    STAND_OF,
    STANDS,
    Category,
    Narrowed,
    counted,
    counted_by_rank,
    standings,
    stands_told,
)
from .judged import RANKS, Line, Status, goal_of, status_of
from .limits import Goals, goals
from .wanted import COLUMNS
from .words import LABELS as STATUS_LABELS
from .words import LOOKS, named, told, when, why

CHUNK = 500


class Standing:
    """One initiative as a row shows it: its lines in the category."""

    def __init__(self, initiative: Initiative, lines: list[Line], held: Goals) -> None:
        self.initiative, self.held = initiative, held
        self.lines = [(line, status_of(line, held, clock.today())) for line in lines]

    @property
    def status(self) -> Status | None:
        return min((status for _, status in self.lines), key=lambda each: RANKS[each], default=None)

    @property
    def label(self) -> str:
        return STATUS_LABELS[self.status] if self.status else LABELS[GAP]

    @property
    def look(self) -> tuple[str, str]:
        return LOOKS[self.status] if self.status else ("risk", "circle-dashed")

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """Each line: its name, its latest value with its day, and why it stands as it does."""
        return [
            (named(line), f"{told(line, line.latest)} {when(line, line.latest_on)}", why(line, status, self.held))
            for line, status in self.lines
        ]


class ScorecardRows(FilteredList[Initiative]):
    """One person's view of them by the query string of an address. Ten queries."""

    title = "Scorecard rows"
    states: ClassVar = {"": "All"} | LABELS
    filters = FILTERS
    kept = ("category", "without")
    orders: ClassVar = {"": ("By name", Order(F("name"), CharField()))}

    @property
    def category(self) -> Category:
        asked = self.query.get("category", "")
        return Category(asked) if asked in Category else Category.BUSINESS_OUTCOME

    @property
    def without(self) -> str:
        asked = self.query.get("without", "")
        return asked if asked in ("bucket", "objective") else ""

    @cached_property
    def form(self) -> ScorecardFilterForm:
        form = ScorecardFilterForm(self.query)
        form.is_valid()
        return form

    @property
    def refused(self) -> list[str]:
        """What the address asks for and cannot be shown, each in a sentence."""
        told = [
            ("category", self.category, "category {}", f"these are of {self.category.label.lower()}."),
            ("state", self.state, "standing {}", "all of them are shown."),
            ("without", self.without, "list of those without {}", "this filter is left out."),
        ]
        wrong = [
            f"There is no {words.format(repr(text[:20]))}: {instead}"
            for name, shown, words, instead in told
            if (text := self.query.get(name, "")) not in ("", shown)
        ]
        return [*self.form.refused, *wrong]

    @property
    def chips(self) -> list[Chip]:
        if not self.without:
            return super().chips
        return [Chip(GROUPS[self.without], "none", self.address(without="")), *super().chips]

    @property
    def whole(self) -> str:
        """The address of the whole category, where something narrows it."""
        is_narrowed = self.state or self.without or self.chosen
        return f"?{urlencode({'category': self.category})}" if is_narrowed else ""

    @cached_property
    def held(self) -> Goals:
        return goals()

    @cached_property
    def counts(self) -> dict[str, int]:
        found = dict.fromkeys(self.states, 0)
        for rank, count in counted_by_rank(self._standing).items():
            found[STAND_OF[[*Status][rank]]] += count
        found[""] = self._counted.count()
        found[GAP] = found[""] - sum(found[stand] for stand in STANDS)
        return found

    @cached_property
    def matching(self) -> InitiativeQuerySet:
        rows = self._counted.select_related("unit", "bucket").defer("search", "notes", "summary", "outcome")
        if self.state == GAP:
            return rows.exclude(pk__in=ScorecardLine.objects.filter(category=self.category).values("initiative"))
        if self.state:
            ranks = [RANKS[status] for status in STANDS[self.state]]
            return rows.filter(pk__in=self._standing.filter(worst__in=ranks).values("initiative"))
        return rows

    @property
    def in_all(self) -> int:
        return self.counts[""]

    @cached_property
    def count(self) -> int:
        return self.counts[self.state]

    @cached_property
    def _counted(self) -> InitiativeQuerySet:
        rows = counted(self.viewer, Narrowed(**self.chosen))
        return rows.filter(Q((self.without, None))) if self.without else rows

    @property
    def _standing(self) -> Any:
        return standings(self._counted, self.held).filter(category=self.category)

    @property
    def categories(self) -> list[tuple[str, str, bool]]:
        """Each category with the address of the same rows in it."""
        return [(str(each.label), self.address(category=each), each == self.category) for each in Category]

    @property
    def answer(self) -> str:
        """How they stand in the category, in a sentence."""
        told = stands_told(self.counts)
        return f"In {self.category.label.lower()}, of {figures.plural(self.in_all, 'active initiative')}: {told}."

    @cached_property
    def rows(self) -> list[Standing]:
        return self._shown(self.page.rows)

    def _shown(self, initiatives: list[Initiative]) -> list[Standing]:
        lines: dict[int, list[Line]] = defaultdict(list)
        kept = ScorecardLine.objects.filter(initiative__in=[row.pk for row in initiatives], category=self.category)
        for row in kept.order_by("source", "key").values_list(*COLUMNS):
            lines[row[0]].append(Line(*row))
        return [Standing(each, lines[each.pk], self.held) for each in initiatives]

    headers: ClassVar = [
        *("Initiative", "Name", "Unit", "Stage", "Category", "Standing"),
        *("Metric or reading", "Target", "Latest", "Day", "Status", "Reason"),
    ]

    def lines(self) -> Iterator[list[Any]]:
        """For a file: a row a metric or reading, and one for an initiative without any."""
        rows = [*self.matching.order_by("name", "pk")]
        for begin in range(0, len(rows), CHUNK):
            for shown in self._shown(rows[begin : begin + CHUNK]):
                each = shown.initiative
                about = [each.reference, each.name, each.unit.name, each.get_stage_display(), self.category.label]
                about.append(shown.label)
                for line, status in shown.lines:
                    figures = [named(line), goal_of(line, self.held), line.latest, line.latest_on]
                    yield [*about, *figures, STATUS_LABELS[status], why(line, status, self.held)]
                if not shown.lines:
                    yield [*about, "", None, None, None, "", ""]
