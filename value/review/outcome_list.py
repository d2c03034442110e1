"""All outcomes that are off target or that nobody measures, as an address narrows them: a page of them, and a file."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import batched
from typing import Any, ClassVar

from django.http import QueryDict

from aiso.accounts.models import User
from aiso.web.filtered import FilteredList
from forums.models import AgendaItem
from portfolio.models import OutcomeMetric

from ..forms.scorecards import ScorecardFilterForm
from ..scorecards.board import FILTERS, Narrowed
from .gathered import sight_of
from .outcomes import HEADS, STATES, Found, read_outcomes, rows_of, says_of, state_of, with_theirs
from .rows import Listed, Sight

# What stands under each tab, the worst first.
KINDS = {
    "off_target": ("worse", "off_target", "falling", "short"),
    "unmeasured": ("stale", "never"),
    "no_metric": ("no_metric",),
}
# Rows of one page, and of a file read at a time.
PAGE = 100
CHUNK = 500


class OutcomeList(FilteredList[OutcomeMetric]):
    """Those of an item as its reader sees it there, else of today. Eight queries."""

    title = "Outcomes"
    states: ClassVar = {
        "": "All",
        "off_target": "Off target",
        "unmeasured": "Unmeasured",
        "no_metric": "Without a metric",
    }
    filters = FILTERS
    kept = ("item",)
    orders: ClassVar = {}

    def __init__(self, viewer: User, query: QueryDict, item: AgendaItem) -> None:
        super().__init__(viewer, query)
        self.item = item

    @cached_property
    def form(self) -> ScorecardFilterForm:
        form = ScorecardFilterForm(self.query)
        form.is_valid()
        return form

    @property
    def refused(self) -> list[str]:
        """What the address asks for and cannot be shown, each in a sentence."""
        state, item = self.query.get("state", ""), self.query.get("item", "")
        wrong = [f"There is no kind {state[:20]!r}: all of them are shown."] if state != self.state else []
        if item and not self.item.pk:
            wrong.append(f"There is no item {item[:20]!r}: these are of today.")
        return [*self.form.refused, *wrong]

    @cached_property
    def sight(self) -> Sight:
        sight = sight_of(self.item, self.viewer)
        return replace(sight, seen=Narrowed(**self.chosen).of(sight.seen))

    @property
    def shown_states(self) -> tuple[str, ...]:
        return KINDS.get(self.state, tuple(STATES))

    @cached_property
    def number(self) -> int:
        asked = self.query.get("page", "")
        return max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1

    @cached_property
    def _read(self) -> tuple[list[Found], dict[str, int]]:
        return read_outcomes(self.sight, self.shown_states, PAGE * (self.number - 1), PAGE)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many stand under each tab."""
        found = {kind: sum(self._read[1].get(state, 0) for state in states) for kind, states in KINDS.items()}
        return {"": sum(found.values())} | found

    @property
    def count(self) -> int:
        return self.counts[self.state]

    @cached_property
    def listed(self) -> Listed:
        """The rows of this page, with a sentence that counts what stands under the tab."""
        found, counts = self._read
        shown = {state: count for state, count in counts.items() if state in self.shown_states}
        return Listed(rows_of(found, self.sight), says_of(shown), heads=HEADS)

    @property
    def before(self) -> str:
        return self.address(page=str(self.number - 1)) if self.number > 1 else ""

    @property
    def after(self) -> str:
        return self.address(page=str(self.number + 1)) if self.count > PAGE * self.number else ""

    @property
    def whole(self) -> str:
        """The address of all of them, where something narrows it."""
        cleared = dict.fromkeys(("state", *FILTERS), "")
        return self.address(**cleared) if self.state or self.chosen else ""

    headers: ClassVar = [
        *("Initiative", "Name", "Unit", "Stage", "Business owner"),
        *("Outcome", "Kind", "State", "Latest", "Baseline", "Target", "Measured in", "Target day", "Measured"),
    ]

    def lines(self) -> Iterator[list[Any]]:
        """For a file: a row a metric, and one for an initiative without any."""
        found, _ = read_outcomes(self.sight, self.shown_states, 0, self.count)
        kinds = {state: self.states[kind] for kind, states in KINDS.items() for state in states}
        for some in batched(found, CHUNK, strict=False):
            for each, row, metric in with_theirs(some):
                owner = row.business_owner
                about = [row.reference, row.name, row.unit.name, row.get_stage_display(), str(owner or "")]
                said = [kinds[each.state], state_of(each, self.sight.day)]
                if metric is None:
                    yield [*about, "", *said, None, None, None, "", None, None]
                else:
                    told = [
                        each.value,
                        metric.baseline,
                        metric.target,
                        metric.unit,
                        metric.horizon_on,
                        each.measured_on,
                    ]
                    yield [*about, metric.name, *said, *told]
