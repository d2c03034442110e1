"""The rows behind a figure: exactly what it counts, page by page and as a file.

A figure counts what everybody with the viewer's roles sees (`counted_for`), so that each of them sees every row of it.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Min, Model, Q, QuerySet
from django.http import QueryDict

from aiso.accounts.models import User
from aiso.web import figures
from aiso.web.keyset import AS_MADE, Page, page_of
from portfolio.models import Initiative, OwnerKind, Stage
from portfolio.models.stage import IN_PRODUCTION

from ..kept.as_known import as_known
from ..models import PilotSpell
from .address import Address
from .asked import Asked, counted_for
from .closed import endings
from .entered import among, changes_of
from .lead_time import median_of
from .stable_owner import standing_on
from .words import TITLES

PAGE = 50
CHUNK = 500


@dataclass(frozen=True)
class Line:
    """One row: what it is of, where that is, and of each cell the head, whether it is a number, and its text."""

    reference: str
    name: str
    url: str
    told: Sequence[tuple[str, bool, str]]


class FigureRows[M: Model](ABC):
    """What one address asks for. `HEADS` name the columns after the thing; those in `NUMBERS` are right-aligned."""

    figure: ClassVar[str]
    thing: ClassVar[str] = "Initiative"
    things: ClassVar[str] = "initiatives"
    HEADS: ClassVar[Sequence[str]] = ()
    NUMBERS: ClassVar[frozenset[str]] = frozenset()
    # Which rows an address may narrow to, the first unless told: their name in the address, and their label.
    shows: ClassVar[Mapping[str, str]] = {}

    def __init__(self, viewer: User, address: Address, query: QueryDict) -> None:
        self.viewer, self.asked_address, self.query = viewer, address, query
        self._show = query.get("show", "")[:20]
        self.show = self._show if self._show in self.shows else next(iter(self.shows), "")

    @property
    def refused(self) -> list[str]:
        """What was asked for and cannot be shown, each in a sentence."""
        is_known = not self._show or self._show in self.shows
        wrong = [] if is_known else [f"There are no rows {self._show!r} here, and it is left out."]
        return [*self.asked_address.refused, *wrong]

    @property
    def asked(self) -> Asked:
        return self.asked_address.asked

    @property
    @abstractmethod
    def matching(self) -> "QuerySet[M]":
        """The rows in no order."""

    @abstractmethod
    def values(self, rows: Sequence[M]) -> Mapping[int, Sequence[Any]]:
        """By the id of each row the plain values of its cells. A fixed number of queries."""

    @abstractmethod
    def told(self) -> str:
        """How the rows add up to the figure, in a sentence."""

    @property
    def money_units(self) -> str:
        """The units whose money is counted, where rows are of money and that is not all."""
        return ""

    def url_of(self, row: M) -> str:
        return str(row.get_absolute_url())  # type: ignore[attr-defined]

    @cached_property
    def count(self) -> int:
        return self.matching.order_by().count()

    @cached_property
    def page(self) -> Page[M]:
        place = {name: self.query.get(name, "") for name in ("after", "before")}
        return page_of(self.matching, AS_MADE, size=PAGE, **place)

    @property
    def rows(self) -> list[Line]:
        values = self.values(self.page.rows)
        return [
            Line(getattr(row, "reference", ""), _name_of(row), self.url_of(row), self._cells(values[row.pk]))
            for row in self.page.rows
        ]

    @property
    def heads(self) -> Sequence[str]:
        return self.HEADS

    @property
    def numbers(self) -> frozenset[str]:
        return self.NUMBERS

    @property
    def columns(self) -> list[tuple[str, bool]]:
        """Each head, and whether numbers stand below it."""
        return [(head, head in self.numbers) for head in self.heads]

    def _cells(self, values: Sequence[Any]) -> list[tuple[str, bool, str]]:
        return [(head, is_number, _cell(value)) for (head, is_number), value in zip(self.columns, values, strict=True)]

    @property
    def label(self) -> str:
        return TITLES[self.figure]

    @property
    def thing_word(self) -> str:
        return self.thing.lower()

    @property
    def back(self) -> str:
        """The dashboard with this figure open."""
        return f"{self.asked_address.to(figure=self.figure)}#figure"

    @property
    def address(self) -> str:
        return self.asked_address.to(figure="", show=self.show)

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """Label, address and choice of what the rows may be narrowed to."""
        return [
            (label, self.asked_address.to(figure="", show=name), name == self.show)
            for name, label in self.shows.items()
        ]

    # As a file.

    @property
    @abstractmethod
    def title(self) -> str: ...

    @property
    def headers(self) -> list[str]:
        return [*(["Reference"] if self.thing == "Initiative" else []), self.thing, *self.heads]

    def lines(self) -> Iterator[list[Any]]:
        ids = [*self.matching.order_by("pk").values_list("pk", flat=True)]
        for start in range(0, len(ids), CHUNK):
            rows = [*self.matching.filter(pk__in=ids[start : start + CHUNK]).order_by("pk")]
            values = self.values(rows)
            for row in rows:
                reference = [row.reference] if self.thing == "Initiative" else []  # type: ignore[attr-defined]
                yield [*reference, _name_of(row), *values[row.pk]]


def _name_of(row: Model) -> str:
    return str(getattr(row, "name", row))


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, date):
        return figures.day(value)
    if isinstance(value, Decimal):
        return figures.number(value, 2)
    return figures.number(value) if isinstance(value, int) else str(value)


class LeadTimeRows(FigureRows[Initiative]):
    """Initiatives that first entered production in the window, and those in pilot on its last day."""

    figure = "lead_time"
    title = "Lead time"
    HEADS = ("First pilot", "First in production", "Days")
    OPEN_HEADS: ClassVar[Sequence[str]] = ("First pilot", "Age, days")
    NUMBERS = frozenset({"Days", "Age, days"})
    shows: ClassVar[Mapping[str, str]] = {
        "entered": "Reached production",
        "piloted": "After a pilot",
        "unpiloted": "Never in pilot",
        "open": "Pilots still open",
    }

    @property
    def heads(self) -> Sequence[str]:
        return self.OPEN_HEADS if self.show == "open" else self.HEADS

    @cached_property
    def entries(self) -> dict[int, tuple[date, date | None]]:
        asked = self.asked
        changes = changes_of(counted_for(self.viewer, asked), asked.as_of, asked.moment)
        rows = changes.values("initiative").annotate(
            produced=Min("changed_on", filter=Q(stage__in=IN_PRODUCTION)),
            piloted=Min("changed_on", filter=Q(stage=Stage.PILOT)),
        )
        found = rows.filter(produced__gte=asked.window.first).values_list("initiative", "produced", "piloted")
        return {pk: (on, piloted if piloted and piloted <= on else None) for pk, on, piloted in found}

    @cached_property
    def opened(self) -> dict[int, date]:
        """Of each that is in pilot on the last day, the day on which it first entered one."""
        asked = self.asked
        with as_known(asked.known_at):
            lasting = Q(last_on=None) | Q(last_on__gte=asked.as_of)
            rows = PilotSpell.objects.order_by().filter(lasting, first_on__lte=asked.as_of)
            return dict(among(rows, counted_for(self.viewer, asked)).values_list("initiative", "began_on"))

    @property
    def sorted_out(self) -> list[int]:
        if self.show == "open":
            return [*self.opened]
        told = {"entered": (True, False), "piloted": (True,), "unpiloted": (False,)}[self.show]
        return [pk for pk, (_, piloted) in self.entries.items() if (piloted is not None) in told]

    @property
    def matching(self) -> QuerySet[Initiative]:
        return Initiative.objects.filter(pk__in=self.sorted_out)

    def values(self, rows: Sequence[Initiative]) -> Mapping[int, Sequence[Any]]:
        if self.show == "open":
            opened = {row.pk: self.opened[row.pk] for row in rows}
            return {pk: (began, (self.asked.as_of - began).days) for pk, began in opened.items()}
        return {row.pk: self._of(*self.entries[row.pk]) for row in rows}

    @staticmethod
    def _of(produced: date, piloted: date | None) -> Sequence[Any]:
        return (piloted or "Never in pilot", produced, (produced - piloted).days if piloted else None)

    def told(self) -> str:
        if self.show == "open":
            return self._told_of_open()
        apart = sum(1 for _, piloted in self.entries.values() if piloted is None)
        counted = figures.plural(len(self.entries) - apart, "initiative")
        if not apart:
            return f"The median is taken over {counted}."
        verb = "counts" if apart == 1 else "count"
        return f"The median is taken over {counted}; {figures.number(apart)} never in pilot {verb} apart."

    def _told_of_open(self) -> str:
        ages = [(self.asked.as_of - began).days for began in self.opened.values()]
        if not ages:
            return "No pilot is open on the last day."
        pilots = figures.plural(len(ages), "pilot is", "pilots are")
        median = figures.measured(median_of(ages) or Decimal(0))
        oldest = figures.number(max(ages))
        return f"{pilots} open on the last day. Days since their first pilot: {median} in the median, {oldest} at most."


class StableOwnerRows(FigureRows[Initiative]):
    """Initiatives active on the last day, and what those without a stable owner lack."""

    figure = "stable_owner"
    title = "Stable owner"
    HEADS = ("Stage", "Stable owner")
    shows: ClassVar[Mapping[str, str]] = {
        "lacking": "Without",
        **{f"lacks_{kind.value}": f"No {kind.label.lower()}" for kind in OwnerKind},
        "new": "Business owner is new",
        "stable": "With",
        "active": "All active",
        "paused": "Paused",
    }

    @cached_property
    def standing(self) -> dict[int, Mapping[str, Any]]:
        asked = self.asked
        found = standing_on(counted_for(self.viewer, asked), asked.window.first, asked.as_of, asked.moment)
        return {row["initiative"]: row for row in found}

    @cached_property
    def sorted_out(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {name: [] for name in self.shows}
        for pk, row in self.standing.items():
            for name in _belongs_to(row):
                found[name].append(pk)
        return found

    @property
    def matching(self) -> QuerySet[Initiative]:
        return Initiative.objects.filter(pk__in=self.sorted_out[self.show])

    @cached_property
    def count(self) -> int:
        return len(self.sorted_out[self.show])

    def values(self, rows: Sequence[Initiative]) -> Mapping[int, Sequence[Any]]:
        told = {row.pk: self.standing[row.pk] for row in rows}
        return {pk: (Stage(row["stage"]).label, why_not(row) or "Yes") for pk, row in told.items()}

    def told(self) -> str:
        stable = len(self.sorted_out["stable"])
        paused = figures.plural(len(self.sorted_out["paused"]), "paused one stands", "paused ones stand")
        active = figures.plural(len(self.sorted_out["active"]), "active initiative")
        return f"{figures.number(stable)} of {active} {'has' if stable == 1 else 'have'} one; {paused} apart."


def _belongs_to(row: Mapping[str, Any]) -> list[str]:
    """Which of the rows that an address may narrow to it is among."""
    if row["stage"] == Stage.PAUSED:
        return ["paused"]
    lacks = [f"lacks_{kind.value}" for kind in OwnerKind if row[kind.value] is None]
    if lacks:
        return ["active", "lacking", *lacks]
    return ["active", "stable"] if row["is_kept"] else ["active", "lacking", "new"]


def why_not(row: Mapping[str, Any]) -> str:
    """What a stable owner lacks; empty where there is one."""
    missing = [kind.label.lower() for kind in OwnerKind if row[kind.value] is None]
    if missing:
        return f"No {', '.join(missing)}"
    return "" if row["is_kept"] else "The business owner is new"


class ClosedRows(FigureRows[Initiative]):
    """Initiatives that were closed or merged in the window."""

    figure = "closed"
    title = "Closed"
    HEADS = ("Ended as", "On", "Rationale")
    shows: ClassVar[Mapping[str, str]] = {"with": "With rationale", "without": "Without"}

    @cached_property
    def ended(self) -> dict[int, Any]:
        asked = self.asked
        rows = endings(counted_for(self.viewer, asked), asked.window.first, asked)
        return {row.initiative_id: row for row in rows if row.goes_on is None}

    @cached_property
    def sorted_out(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {name: [] for name in self.shows}
        for pk, row in self.ended.items():
            found["with" if row.has_rationale else "without"].append(pk)
        return found

    @property
    def matching(self) -> QuerySet[Initiative]:
        return Initiative.objects.filter(pk__in=self.sorted_out[self.show])

    def values(self, rows: Sequence[Initiative]) -> Mapping[int, Sequence[Any]]:
        told = {row.pk: self.ended[row.pk] for row in rows}
        return {pk: (Stage(row.stage).label, row.changed_on, row.rationale.strip() or None) for pk, row in told.items()}

    def told(self) -> str:
        of, without = len(self.sorted_out["with"]), len(self.sorted_out["without"])
        return f"{figures.plural(of, 'initiative')} with a rationale; {figures.number(without)} without stand apart."
