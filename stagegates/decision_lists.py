"""Decisions, conditions and audits as lists: what an address asks for, a page of it, and the same as a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import batched
from typing import Any

from django.db.models import Count, DateField, F, Q, QuerySet, Sum
from django.http import QueryDict

from aiso import clock
from aiso.accounts.models import User
from aiso.web import figures
from aiso.web.keyset import LATEST_FIRST, Order, Page, page_of
from aiso.web.tabs import Tab
from forums.models import Forum
from portfolio.permissions import money_in_sight, money_seen_among

from .models import Condition, Decision, FastLaneAudit
from .models.condition import ConditionQuerySet
from .models.decision import APPROVING, RULED, DecisionQuerySet

PAGE = 50
# Rows of an export read together.
CHUNK = 1000
DUE_FIRST = Order(F("due_on"), DateField())
DECISION_RELATED = ("initiative", "body", "decided_by", "review__gates_version", "superseded_by")
CONDITION_RELATED = ("initiative", "owner", "set_by", "decision__body", "sign_off_answer__sign_off__function")
CONDITION_STATES = {
    "open": "To meet",
    "overdue": "Overdue",
    "claimed": "To confirm",
    "settled": "Settled",
    "all": "All",
}


class DecisionList:
    """The decisions that a person sees, as an address asks for them. Its page costs three queries."""

    def __init__(self, viewer: User, query: QueryDict | Mapping[str, Any]) -> None:
        self.viewer, self.query = viewer, query
        outcome, body = str(query.get("outcome", "")), str(query.get("body", ""))
        self.outcome = outcome if outcome in Decision.Outcome.values else ""
        self.body = body if body in {slug for slug, _ in self.bodies} else ""
        self.is_urgent = query.get("urgent") == "1"

    @cached_property
    def bodies(self) -> list[tuple[str, str]]:
        return [*Forum.objects.values_list("slug", "name")]

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        return [*Decision.Outcome.choices]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.outcome or self.body or self.is_urgent)

    @property
    def matching(self) -> DecisionQuerySet:
        rows = Decision.objects.visible_to(self.viewer)
        if self.outcome:
            rows = rows.filter(outcome=self.outcome)
        if self.body:
            rows = rows.filter(body__slug=self.body)
        return rows.filter(is_urgent=True) if self.is_urgent else rows

    @cached_property
    def sums(self) -> dict[str, Any]:
        """The figures of the first line, in one query. Money: what stands and the viewer may see."""
        outcomes = {value: Count("pk", filter=Q(outcome=value)) for value in Decision.Outcome.values}
        stands = Q(outcome__in=APPROVING, superseded_by=None) & money_in_sight(self.viewer, "initiative")
        urgent = Count("pk", filter=Q(is_urgent=True))
        return self.matching.order_by().aggregate(
            all=Count("pk"), urgent=urgent, money=Sum("amount", filter=stands), **outcomes
        )

    @property
    def count(self) -> int:
        return int(self.sums["all"])

    @property
    def answer(self) -> str:
        """What was decided, the money approved, and how many were taken between meetings."""
        sums, count = self.sums, self.count
        told = figures.plural(count, "decision")
        if self.is_narrowed:
            told += f" fit{'s' if count == 1 else ''} what you ask for"
        ways = [f"{sums[each]:,} {told_of.lower()}" for each, told_of in RULED.items() if sums[each]]
        parts = [f"{told}: {', '.join(ways)}" if ways else told]
        parts += [f"{figures.money(sums['money'])} approved"] if sums["money"] else []
        parts += [f"{sums['urgent']:,} between meetings"] if sums["urgent"] else []
        return f"{'; '.join(parts)}."

    @cached_property
    def page(self) -> Page[Decision]:
        place = {name: str(self.query.get(name, "")) for name in ("after", "before")}
        return page_of(fetched(self.matching), LATEST_FIRST, size=PAGE, **place)

    @cached_property
    def rows(self) -> list[tuple[Decision, bool]]:
        """Each with whether the viewer sees its money."""
        sees = money_seen_among(self.viewer, [row.initiative for row in self.page.rows])
        return [(row, sees(row.initiative)) for row in self.page.rows]

    @property
    def address(self) -> str:
        """This address from its beginning."""
        query = QueryDict(mutable=True)
        kept = {"outcome": self.outcome, "body": self.body, "urgent": "1" if self.is_urgent else ""}
        query.update({name: value for name, value in kept.items() if value})
        return f"?{query.urlencode()}"


@dataclass(frozen=True)
class DecisionSheet:
    """Decisions as a file."""

    rows: DecisionQuerySet
    viewer: User
    title: str = "Decisions"

    @property
    def headers(self) -> list[str]:
        return [
            "Initiative",
            "Name",
            "Gates",
            "Outcome",
            "Rationale",
            "Amount",
            "Body",
            "Way",
            "Decided by",
            "Decided at",
            "Held until",
            "Sent back to",
            "Overrides",
            "Between meetings",
            "Superseded",
        ]

    def lines(self) -> Iterator[list[Any]]:
        for chunk in batched(fetched(self.rows).order_by("pk").iterator(chunk_size=CHUNK), CHUNK, strict=False):
            sees = money_seen_among(self.viewer, [row.initiative for row in chunk])
            yield from (self._line(row, sees_money=sees(row.initiative)) for row in chunk)

    def _line(self, row: Decision, *, sees_money: bool) -> list[Any]:
        return [
            row.initiative.reference,
            row.initiative.name,
            row.review.title if row.review else "",
            row.get_outcome_display(),
            row.rationale,
            row.amount if sees_money else None,
            row.body.name,
            row.get_way_display(),
            row.decided_by.name,
            row.decided_at,
            row.hold_until,
            row.back_to_name,
            "; ".join(f"{each['what']}: {each['reason']}" for each in row.overrides),
            "Yes" if row.is_urgent else "No",
            "Yes" if hasattr(row, "superseded_by") else "No",
        ]


class ConditionList:
    """The conditions that a person sees, the one due first on top."""

    def __init__(self, viewer: User, query: QueryDict) -> None:
        self.viewer, self.query = viewer, query
        state = query.get("state", "open")
        self.state = state if state in CONDITION_STATES else "open"
        self.is_mine = query.get("mine") == "1"

    @property
    def matching(self) -> ConditionQuerySet:
        rows = self._visible()
        return rows.filter(in_state(self.state))

    @cached_property
    def page(self) -> Page[Condition]:
        place = {name: self.query.get(name, "") for name in ("after", "before")}
        return page_of(self.matching.select_related(*CONDITION_RELATED), DUE_FIRST, size=PAGE, **place)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many in each state, in one query."""
        counted = {name: Count("pk", filter=in_state(name)) for name in CONDITION_STATES}
        found: dict[str, int] = self._visible().aggregate(**counted)
        return found

    @property
    def tabs(self) -> list[Tab]:
        mine = "&mine=1" if self.is_mine else ""
        return [
            Tab(label, f"?state={name}{mine}", self.counts[name], name == self.state)
            for name, label in CONDITION_STATES.items()
        ]

    @property
    def address(self) -> str:
        return f"?state={self.state}{'&mine=1' if self.is_mine else ''}"

    def _visible(self) -> ConditionQuerySet:
        rows = Condition.objects.visible_to(self.viewer)
        return rows.filter(owner=self.viewer) if self.is_mine else rows


def in_state(state: str) -> Q:
    is_open = Q(confirmed_at=None, waived_at=None)
    return {
        "open": is_open & Q(met_at=None),
        "overdue": is_open & Q(due_on__lt=clock.today()),
        "claimed": is_open & Q(met_at__isnull=False),
        "settled": ~is_open,
    }.get(state, Q(pk__isnull=False))


def fetched(rows: DecisionQuerySet) -> DecisionQuerySet:
    """Decisions with what a row of them names."""
    hidden = ("search", "notes", "summary", "outcome")
    return rows.select_related(*DECISION_RELATED).defer(*(f"initiative__{name}" for name in hidden))


def audits_seen_by(viewer: User) -> "QuerySet[FastLaneAudit]":
    """What is to be looked at afterwards, and was: what waits first."""
    audits = FastLaneAudit.objects.visible_to(viewer).marked()
    related = ("decision__initiative", "decision__review", "decision__body", "decision__decided_by")
    found: QuerySet[FastLaneAudit] = audits.select_related(*related, "requester", "audited_by")
    return found.order_by(F("audited_at").desc(nulls_first=True), "-pk")


def decisions_of(initiative_id: int) -> list[Decision]:
    """All decisions on an initiative, the latest first, with their conditions: for its tab. Two queries."""
    rows = Decision.objects.filter(initiative=initiative_id)
    return [*fetched(rows).prefetch_related("conditions__owner")]
