"""The queue of sign-offs as an address asks for it: what waits for an answer, the oldest breach first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Count, DateField, Exists, OuterRef, Q
from django.http import QueryDict

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.web.keyset import Order, Page, page_of
from portfolio.models.risk import RiskTier

from .clocks import TIERS
from .models import ReviewFunction, SignOff, SignOffQuestion
from .models.sign_off import DUE_KEY, SignOffQuerySet
from .reviewers import functions_of, reviewed_by
from .sign_off_clock import Standing, standing_of

PAGE = 50
OLDEST_BREACH = Order(DUE_KEY, DateField())
STATES = {
    "": "To answer now",
    "anew": "To answer anew",
    "stopped": "Stopped by a question",
    "waiting": "Waiting for evidence",
    "answered": "Answered",
}
DUES = {"": "Any day", "late": "Late", "today": "Today", "week": "Within a week"}
WHOSE = {"mine": "Mine", "all": "Everybody’s"}


@dataclass(frozen=True)
class Option:
    label: str
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class Chip:
    """One filter: what is chosen, what else there is, and the address without it."""

    label: str
    value: str
    options: list[Option]
    is_set: bool
    without: str


@dataclass(frozen=True)
class Row:
    sign_off: SignOff
    standing: Standing


class SignOffQueue:
    """One person's view of the sign-offs of open reviews by the query string of an address."""

    def __init__(self, viewer: User, query: QueryDict) -> None:
        self.viewer, self.query = viewer, query
        self.functions = [*ReviewFunction.objects.visible_to(viewer).active()]
        self.chosen = {
            "whose": self._one_of("whose", WHOSE, "mine" if functions_of(viewer) else "all"),
            "state": self._one_of("state", STATES, ""),
            "function": self._one_of("function", {each.slug for each in self.functions}, ""),
            "due": self._one_of("due", DUES, ""),
            "tier": self._one_of("tier", {tier.value for tier in TIERS}, ""),
            "unit": self._one_of("unit", {str(pk) for pk, _ in self.units}, ""),
        }

    @cached_property
    def units(self) -> list[tuple[int, str]]:
        return [*BusinessUnit.objects.visible_to(self.viewer).active().order_by("name").values_list("pk", "name")]

    @cached_property
    def counts(self) -> dict[str, int]:
        """The figures of the first line, of what the person may see and of what is theirs. One query."""
        today, stopped = clock.today(), Q(due_on=None)
        rows = self._theirs.open().order_by()
        return rows.aggregate(
            all=Count("pk"),
            late=Count("pk", filter=Q(due_on__lt=today)),
            anew=Count("pk", filter=Q(state=SignOff.State.OUTDATED)),
            stopped=Count("pk", filter=stopped),
        )

    @cached_property
    def page(self) -> Page[SignOff]:
        place = {"after": self.query.get("after", ""), "before": self.query.get("before", "")}
        return page_of(whole(self.matching), OLDEST_BREACH, size=PAGE, **place)

    @cached_property
    def rows(self) -> list[Row]:
        return [row_of(each) for each in self.page.rows]

    @cached_property
    def count(self) -> int:
        return self.matching.order_by().count() if self.is_narrowed else self.counts["all"]

    @property
    def matching(self) -> SignOffQuerySet:
        rows = in_state(self._theirs, self.chosen["state"])
        if self.chosen["function"]:
            rows = rows.filter(function__slug=self.chosen["function"])
        if self.chosen["tier"]:
            rows = rows.filter(review__initiative__risk_tier=self.chosen["tier"])
        if self.chosen["unit"]:
            below = BusinessUnit.objects.and_below([int(self.chosen["unit"])])
            rows = rows.filter(review__initiative__unit__in=below)
        return due_within(rows, self.chosen["due"])

    @property
    def is_narrowed(self) -> bool:
        return any(value for name, value in self.chosen.items() if name != "whose")

    @property
    def chips(self) -> list[Chip]:
        functions = {"": "All", **{each.slug: each.name for each in self.functions}}
        tiers = {"": "Any", **{tier.value: str(RiskTier(tier).label) for tier in TIERS}}
        units = {"": "All", **{str(pk): name for pk, name in self.units}}
        return [
            self._chip("whose", "Whose", WHOSE),
            self._chip("state", "State", STATES),
            self._chip("function", "Function", functions),
            self._chip("due", "Due", DUES),
            self._chip("tier", "Risk tier", tiers),
            self._chip("unit", "Unit", units),
        ]

    @property
    def figures(self) -> dict[str, str]:
        """Where the figures of the first line lead: of the same people's sign-offs."""
        asked: dict[str, dict[str, str]] = {
            "all": {},
            "late": {"due": "late"},
            "anew": {"state": "anew"},
            "stopped": {"state": "stopped"},
        }
        whose = {"whose": self.chosen["whose"]}
        return {name: f"?{urlencode(whose | narrowed)}" for name, narrowed in asked.items()}

    def address(self, **changes: str) -> str:
        """This address from its beginning, with some parts changed; empty takes one out."""
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in (self.chosen | changes).items() if value})
        return f"?{query.urlencode()}"

    @cached_property
    def _theirs(self) -> SignOffQuerySet:
        """What the person may see, or of it what is theirs to answer."""
        rows = SignOff.objects.visible_to(self.viewer)
        return reviewed_by(self.viewer, rows) if self.chosen["whose"] == "mine" else rows

    def _one_of(self, name: str, known: Iterable[str], otherwise: str) -> str:
        asked = self.query.get(name, "")
        return asked if asked in known and asked else otherwise

    def _chip(self, name: str, label: str, options: dict[str, str]) -> Chip:
        value = self.chosen[name]
        offered = [Option(told, self.address(**{name: each}), each == value) for each, told in options.items()]
        return Chip(label, options[value], offered, bool(value) and name != "whose", self.address(**{name: ""}))


def in_state(sign_offs: SignOffQuerySet, state: str) -> SignOffQuerySet:
    """Those of open reviews in one state of the queue."""
    running = sign_offs.open()
    if state == "anew":
        return running.filter(state=SignOff.State.OUTDATED)
    if state == "stopped":
        return running.filter(due_on=None)
    if state == "waiting":
        return sign_offs.unanswered().filter(review__closed_at=None, started_at=None)
    if state == "answered":
        return sign_offs.filter(review__closed_at=None, state=SignOff.State.ANSWERED)
    return running


def due_within(sign_offs: SignOffQuerySet, due: str) -> SignOffQuerySet:
    today = clock.today()
    if due == "late":
        return sign_offs.filter(due_on__lt=today)
    if due == "today":
        return sign_offs.filter(due_on=today)
    if due == "week":
        return sign_offs.filter(due_on__range=(today, today + timedelta(days=7)))
    return sign_offs


def whole(sign_offs: SignOffQuerySet) -> SignOffQuerySet:
    """With all that a row shows."""
    asked = SignOffQuestion.objects.open().filter(sign_off=OuterRef("pk"))
    related = ("function", "review__initiative__unit", "answer__answered_by", "assigned_to")
    unread = [f"review__initiative__{name}" for name in ("search", "summary", "outcome", "notes")]
    return sign_offs.select_related(*related).defer(*unread).annotate(is_stopped=Exists(asked))


def row_of(sign_off: SignOff) -> Row:
    return Row(sign_off, standing_of(sign_off, is_stopped=sign_off.is_stopped))  # type: ignore[attr-defined]
