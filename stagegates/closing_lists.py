"""Closed initiatives as an address asks for them: why they ended, what was learnt, what is left to switch off."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import batched
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Count, DecimalField, Exists, F, OuterRef, Q, Sum, When
from django.http import QueryDict

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.web import figures
from aiso.web.keyset import Order, Page, page_of
from aiso.web.tabs import Tab
from portfolio.models import Initiative, Stage
from portfolio.permissions import money_in_sight, money_seen_among

from .models import Closure, DecommissioningTask, LaterLesson
from .models.closing import ClosureQuerySet

PAGE = 25
# Rows of an export read together.
CHUNK = 500
NEWEST_FIRST = Order(F("pk"), BigIntegerField(), descending=True)
ORDERS = {
    "": ("Closed last", NEWEST_FIRST),
    "name": ("By name", Order(F("initiative__name"), CharField())),
    "money": (
        "Most money handed back",
        Order(F("seen_back"), DecimalField(max_digits=16, decimal_places=2), descending=True),
    ),
}
# The tabs: their name in the address, and their label.
STATES = {"": "All", "open": "Decommissioning open", "late": "Decommissioning late"}
RELATED = ("initiative__unit", "decision__body", "decision__decided_by")
UNREAD = ("search", "summary", "outcome", "notes")


class ClosingList:
    """One person's view of what was closed. Its page costs a fixed number of queries."""

    def __init__(self, viewer: User, query: QueryDict) -> None:
        self.viewer, self.query = viewer, query
        self.state = self._known("state", STATES)
        self.order = self._known("order", ORDERS)
        self.reason = self._known("reason", Closure.Reason.values)
        self.unit = self._known("unit", {str(pk) for pk, _ in self.units})
        self.text = " ".join(query.get("q", "").replace("\0", " ").split())[:200]

    def _known(self, name: str, values: Any) -> str:
        return self.query.get(name, "") if self.query.get(name, "") in values else ""

    @cached_property
    def units(self) -> list[tuple[int, str]]:
        """Units in which something ended."""
        ended = Closure.objects.visible_to(self.viewer).values("initiative__unit")
        return [*BusinessUnit.objects.filter(pk__in=ended).order_by("name").values_list("pk", "name")]

    @property
    def reasons(self) -> list[tuple[str, str]]:
        return [*Closure.Reason.choices]

    @property
    def orders(self) -> list[tuple[str, str]]:
        return [(name, label) for name, (label, _) in ORDERS.items()]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.reason or self.unit or self.text)

    @property
    def matching(self) -> ClosureQuerySet:
        return in_state(self._narrowed(), self.state)

    def _narrowed(self) -> ClosureQuerySet:
        rows = Closure.objects.visible_to(self.viewer)
        if self.reason:
            rows = rows.filter(reason=self.reason)
        if self.unit:
            rows = rows.filter(initiative__unit__in=BusinessUnit.objects.and_below([int(self.unit)]))
        return said(rows, self.text)

    @cached_property
    def sums(self) -> dict[str, Any]:
        """How many stand under each tab, and the money handed back that the viewer may see: one query."""
        rows = with_seen_back(self._narrowed(), self.viewer)
        counted = {name or "all": Count("pk", filter=_state(name)) for name in STATES}
        return rows.order_by().aggregate(**counted, money=Sum("seen_back"))

    @cached_property
    def unexplained(self) -> int:
        """How many are closed without a word of why: before this register kept it."""
        closed = Initiative.objects.visible_to(self.viewer).on_register().filter(stage=Stage.CLOSED)
        return closed.exclude(pk__in=Closure.objects.values("initiative")).order_by().count()

    @property
    def answer(self) -> str:
        """How many ended, what came back, and where something is left to do."""
        sums = self.sums
        told = figures.plural(sums["all"], "initiative") + (" that fit" if self.is_narrowed else "")
        parts = [f"{told} closed with what was learnt"]
        parts += [f"{figures.money(sums['money'])} handed back"] if sums["money"] else []
        parts += [f"{figures.number(sums['open'])} still being decommissioned"] if sums["open"] else []
        return f"{'; '.join(parts)}."

    @property
    def tabs(self) -> list[Tab]:
        sums = self.sums
        return [
            Tab(label, self.address(state=name), sums[name or "all"], self.state == name)
            for name, label in STATES.items()
        ]

    @cached_property
    def page(self) -> Page[Closure]:
        place = {name: self.query.get(name, "") for name in ("after", "before")}
        rows = fetched(with_seen_back(self.matching, self.viewer))
        return page_of(rows, ORDERS[self.order][1], size=PAGE, **place)

    @cached_property
    def rows(self) -> list[tuple[Closure, bool]]:
        """Each with whether the viewer sees its money."""
        sees = money_seen_among(self.viewer, [row.initiative for row in self.page.rows])
        return [(row, sees(row.initiative)) for row in self.page.rows]

    def address(self, **changes: str) -> str:
        """This address from its beginning, with some parts changed; empty takes one out."""
        kept = {"state": self.state, "order": self.order, "reason": self.reason, "unit": self.unit, "q": self.text}
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in (kept | changes).items() if value})
        return f"?{query.urlencode()}"


def in_state(rows: ClosureQuerySet, state: str) -> ClosureQuerySet:
    return rows.filter(_state(state)) if state else rows


def _state(state: str) -> Q:
    tasks = DecommissioningTask.objects.filter(closure=OuterRef("pk"), done_at=None)
    match state:
        case "open":
            return Q(Exists(tasks))
        case "late":
            return Q(Exists(tasks.filter(due_on__lt=clock.today())))
    return Q()


def said(rows: ClosureQuerySet, text: str) -> ClosureQuerySet:
    """Those that say every word, in what was learnt, what can be used again, or their name."""
    for word in text.split():
        later = LaterLesson.objects.filter(closure=OuterRef("pk"), text__icontains=word)
        own = Q(lessons__icontains=word) | Q(reusable__icontains=word) | Q(initiative__name__icontains=word)
        rows = rows.filter(own | Q(Exists(later)))
    return rows


def with_seen_back(rows: ClosureQuerySet, viewer: User) -> ClosureQuerySet:
    """With `seen_back`: what was handed back, 0 where the viewer does not see the money, so that no order tells it."""
    # Whoever sees all money has no condition, which When does not take.
    sees = When(Q(pk__isnull=False) & money_in_sight(viewer, "initiative"), then=F("handed_back"))
    told = Case(sees, default=Decimal(0), output_field=DecimalField(max_digits=16, decimal_places=2))
    return rows.with_handed_back().annotate(seen_back=told)


def fetched(rows: ClosureQuerySet) -> ClosureQuerySet:
    """Closures with what a row of them tells."""
    told = rows.with_decommissioning().select_related(*RELATED).prefetch_related("later__added_by")
    return told.defer(*(f"initiative__{name}" for name in UNREAD))


HEADERS = [
    "Initiative", "Name", "Unit", "Closed on", "Closed from", "Why", "Rationale", "Learnt", "Learnt later",
    "Can be used again", "Handed back", "Decided by", "Recorded by", "To decommission", "Still open", "Late",
]  # fmt: skip


@dataclass(frozen=True)
class ClosingSheet:
    """Closed initiatives as a file; sums only of those whose money the viewer sees."""

    rows: ClosureQuerySet
    viewer: User
    title: str = "Closed-initiatives"
    headers = HEADERS

    def lines(self) -> Iterator[list[Any]]:
        rows = fetched(self.rows.with_handed_back()).order_by("pk").iterator(chunk_size=CHUNK)
        for chunk in batched(rows, CHUNK, strict=False):
            sees = money_seen_among(self.viewer, [row.initiative for row in chunk])
            yield from (_line(row, sees_money=sees(row.initiative)) for row in chunk)


def _line(row: Closure, *, sees_money: bool) -> list[Any]:
    initiative, decision = row.initiative, row.decision
    return [
        initiative.reference,
        initiative.name,
        initiative.unit.name,
        figures.local_date(decision.decided_at),
        row.get_from_stage_display(),
        row.get_reason_display(),
        decision.rationale,
        row.lessons,
        "; ".join(f"{each.added_by}: {each.text}" for each in row.later.all()),
        row.reusable,
        row.handed_back if sees_money else None,  # type: ignore[attr-defined]
        decision.body.name,
        decision.decided_by.name,
        row.things,  # type: ignore[attr-defined]
        row.things_open,  # type: ignore[attr-defined]
        row.things_late,  # type: ignore[attr-defined]
    ]
