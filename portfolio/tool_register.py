"""The register of tools as an address asks for it: what may we use, and what is lacking?"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.http import QueryDict

from aiso.accounts.models import User
from aiso.web.keyset import Order, Page, page_of
from aiso.web.tabs import Tab

from .clearances import Standing, Verdict, standings_of, verdict_of
from .models import Clearance, Initiative, Supplier, Tool
from .models.stage import ENDED
from .models.tools import ToolQuerySet

PAGE = 50
# Characters of a search that are read.
LONGEST_TEXT = 200
BY_NAME = Order(Lower("name"), CharField())
# The tabs: their name in the address, their label, and the figure that counts them.
STATES = (
    ("", "In use", "all"),
    ("approved", "Approved", "approved"),
    ("unapproved", "Not approved", "unapproved"),
    ("expiring", "Expiring", "expiring"),
    ("expired", "Expired", "expired"),
    ("refused", "Refused", "refused"),
    ("retired", "Retired", "retired"),
)

FIGURES = ("approved", "unapproved", "expiring", "expired", "refused")


@dataclass(frozen=True)
class Row:
    """A tool with what the three functions say, and how many initiatives use it."""

    tool: Tool
    standings: list[Standing]
    verdict: Verdict
    uses: int


class ToolRegister:
    """One person's view of the tools by the query string of an address. Its page costs four queries."""

    def __init__(self, viewer: User, query: QueryDict) -> None:
        self.viewer, self.query = viewer, query
        self.text = query.get("q", "").strip()[:LONGEST_TEXT]
        known = {name for name, _, _ in STATES}
        self.state = query.get("state", "") if query.get("state", "") in known else ""
        asked = query.get("waiting", "")
        self.waiting = Clearance.Function(asked) if asked in Clearance.Function.values else None

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.state or self.waiting)

    @cached_property
    def counts(self) -> dict[str, int]:
        """The figures of the first line and of the tabs, in one query."""
        return tool_counts(Tool.objects.visible_to(self.viewer))

    @property
    def tabs(self) -> list[Tab]:
        return [
            Tab(label, self.address(state=name), self.counts[figure], self.state == name)
            for name, label, figure in STATES
            # What has ended or was retired is a tab only where there is some of it.
            if name not in ("expired", "retired") or self.counts[figure] or self.state == name
        ]

    @cached_property
    def page(self) -> Page[Tool]:
        place = {"after": self.query.get("after", ""), "before": self.query.get("before", "")}
        rows = self._matching().select_related("supplier").prefetch_related("clearances")
        return page_of(rows, BY_NAME, size=PAGE, **place)

    @cached_property
    def rows(self) -> list[Row]:
        return rows_of(self.page.rows, self.viewer)

    def address(self, **changes: str) -> str:
        """This address from its beginning, with some parts changed; empty takes one out."""
        query = QueryDict(mutable=True)
        kept = {"q": self.text, "state": self.state, "waiting": self.waiting.value if self.waiting else ""} | changes
        query.update({name: value for name, value in kept.items() if value})
        return f"?{query.urlencode()}"

    def _matching(self) -> ToolQuerySet:
        found = found_by(self.text, in_state(Tool.objects.visible_to(self.viewer), self.state))
        return waiting_for(self.waiting, self.viewer, found) if self.waiting else found


def in_state(tools: ToolQuerySet, state: str) -> ToolQuerySet:
    """The tools under one tab. Those out of use stand in theirs alone."""
    if state == "retired":
        return tools.filter(is_active=False)
    narrowed: dict[str, Any] = {
        "approved": tools.approved,
        "unapproved": tools.unapproved,
        "expiring": tools.expiring,
        "expired": tools.expired,
        "refused": tools.refused,
    }
    found: ToolQuerySet = narrowed[state]() if state else tools
    return found.active()


def found_by(text: str, tools: ToolQuerySet) -> ToolQuerySet:
    """Each word must stand in the tool's name or in its supplier's."""
    for word in text.split():
        tools = tools.filter(Q(name__icontains=word) | Q(supplier__name__icontains=word))
    return tools


def waiting_for(function: Clearance.Function, viewer: User, tools: ToolQuerySet) -> ToolQuerySet:
    """Those in use that a function has under review, or was never asked about although initiatives use them."""
    said = Clearance.objects.filter(tool=OuterRef("pk"), function=function)
    in_review = Exists(said.filter(status=Clearance.Status.IN_REVIEW))
    return tools.active().filter(in_review | (~Exists(said) & Exists(uses_by(viewer))))


def uses_by(viewer: User) -> Any:
    """Rows that say of a tool (the outer query) that a running initiative uses it, as far as the viewer may see."""
    running = Initiative.objects.visible_to(viewer).on_register().exclude(stage__in=ENDED)
    return Initiative.tools.through.objects.filter(tool=OuterRef("pk"), initiative__in=running)


def tool_counts(tools: ToolQuerySet) -> dict[str, int]:
    in_use = Q(is_active=True)
    states = {name: Exists(in_state(Tool.objects.all(), name).filter(pk=OuterRef("pk"))) for name in FIGURES}
    named = {f"is_{name}": state for name, state in states.items()}
    found: dict[str, int] = tools.annotate(**named).aggregate(
        all=Count("pk", filter=in_use),
        retired=Count("pk", filter=~in_use),
        **{name: Count("pk", filter=Q(**{f"is_{name}": True})) for name in FIGURES},
    )
    return found


def rows_of(tools: Iterable[Tool], viewer: User) -> list[Row]:
    """Tools whose clearances were fetched, with their uses counted in one query."""
    found = [*tools]
    uses = uses_of_tools(viewer, found)
    rows = []
    for tool in found:
        standings = standings_of(tool)
        rows.append(Row(tool, standings, verdict_of(standings), uses.get(tool.pk, 0)))
    return rows


def uses_of_tools(viewer: User, tools: Iterable[Tool]) -> dict[int, int]:
    """How many initiatives of the register that the viewer may see use each tool."""
    users = Initiative.objects.visible_to(viewer).on_register().filter(tools__in=[tool.pk for tool in tools])
    return dict(users.order_by().values_list("tools").annotate(count=Count("pk")))


def supplier_page(viewer: User, query: QueryDict) -> Page[Supplier]:
    """One page of suppliers by name, each with its tools in use and those of them that are approved."""
    suppliers = Supplier.objects.visible_to(viewer)
    for word in query.get("q", "")[:LONGEST_TEXT].split():
        suppliers = suppliers.filter(name__icontains=word)
    approved = Tool.objects.active().approved().values("pk")
    counted = suppliers.annotate(
        tools_in_use=Count("tools", filter=Q(tools__is_active=True)),
        tools_approved=Count("tools", filter=Q(tools__in=approved)),
    )
    return page_of(counted, BY_NAME, size=PAGE, after=query.get("after", ""), before=query.get("before", ""))
