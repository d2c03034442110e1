"""All gate reviews as an address asks for them: which are open, what holds them up, and who has them?"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, DateTimeField, Exists, F, OuterRef, Q
from django.http import QueryDict
from django.utils.text import capfirst

from aiso import clock
from aiso.accounts.models import User
from aiso.web import figures
from aiso.web.keyset import Order, Page, page_of
from aiso.web.tabs import Tab
from forums.models import Forum
from portfolio.models.stage import PATH

from .holds import with_hold
from .lines import days_left
from .models import GateReview, ReviewFunction, SignOff
from .models.review import GateReviewQuerySet
from .review_page import sign_off_sentence
from .rules import gates_in_force
from .standing import Standing, standings_of

State = SignOff.State
PAGE = 50
NEWEST_FIRST = Order(F("opened_at"), DateTimeField(), descending=True)
# The tabs: their name in the address and their label.
STATES = (
    ("", "Open"),
    ("gathering", "Being prepared"),
    ("submitted", "Submitted"),
    ("late", "Late"),
    ("closed", "Closed"),
)
FILTERS = ("gate", "stage", "body", "function")


@dataclass(frozen=True)
class Row:
    """One review with how its requirements and sign-offs stand."""

    review: GateReview
    title: str
    standings: list[Standing]
    sign_offs: list[SignOff]

    @property
    def met(self) -> int:
        return sum(1 for each in self.standings if each.is_settled)

    @property
    def deviations(self) -> int:
        return sum(1 for each in self.standings if each.is_waived)

    @property
    def signing(self) -> str:
        held = self.review.held_until  # type: ignore[attr-defined]
        if held and self.review.is_open:
            return f"Held until {figures.day(held)}"
        return capfirst(sign_off_sentence(self.sign_offs)) if self.review.is_open else ""

    @property
    def is_late(self) -> bool:
        today = clock.today()
        overdue = (each for each in self.sign_offs if each.state == State.OPEN and each.due_on and each.due_on < today)
        return any(days_left(each) < 0 for each in overdue)


class ReviewRegister:
    """One person's view of the reviews by the query string of an address."""

    def __init__(self, viewer: User, query: QueryDict) -> None:
        self.viewer, self.query = viewer, query
        known = {name for name, _ in STATES}
        self.state = query.get("state", "") if query.get("state", "") in known else ""
        self.chosen = {name: value for name in FILTERS if (value := self._checked(name, query.get(name, "")))}

    @cached_property
    def options(self) -> dict[str, list[tuple[str, str]]]:
        """What each filter offers."""
        return {
            "gate": [(gate.code, gate.name) for gate in gates_in_force().gates],
            "stage": [(stage.value, str(stage.label)) for stage in PATH],
            "body": [*Forum.objects.order_by("-rank", "name").values_list("slug", "name")],
            "function": [*ReviewFunction.objects.active().values_list("slug", "name")],
        }

    @property
    def filters(self) -> Iterator[tuple[str, str, list[tuple[str, str]], str]]:
        """Name, label, options and what is chosen."""
        labels = {"gate": "Gate", "stage": "Stage", "body": "Decides", "function": "Waits for"}
        for name, label in labels.items():
            yield name, label, self.options[name], self.chosen.get(name, "")

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many stand under each tab, in one query."""
        all_of = GateReview.objects.all()
        within = {name or "open": Q(pk__in=in_state(all_of, name).values("pk")) for name, _ in STATES}
        counts: dict[str, int] = self._narrowed().aggregate(
            **{name: Count("pk", filter=condition) for name, condition in within.items()}
        )
        return counts

    @property
    def tabs(self) -> list[Tab]:
        return [
            Tab(label, self.address(state=name), self.counts[name or "open"], self.state == name)
            for name, label in STATES
        ]

    @property
    def matching(self) -> GateReviewQuerySet:
        return in_state(self._narrowed(), self.state)

    @cached_property
    def page(self) -> Page[GateReview]:
        place = {"after": self.query.get("after", ""), "before": self.query.get("before", "")}
        return page_of(with_names(self.matching), NEWEST_FIRST, size=PAGE, **place)

    @cached_property
    def rows(self) -> list[Row]:
        return rows_of(self.page.rows)

    @property
    def answer(self) -> str:
        """How many are open, and what holds them up."""
        counts = self.counts
        parts = [f"{figures.plural(counts['open'], 'review')} open", f"{figures.number(counts['submitted'])} submitted"]
        return ", ".join([*parts, f"{figures.number(counts['late'])} late"])

    def address(self, **changes: str) -> str:
        """This address from its beginning, with some parts changed; empty takes one out."""
        kept = self.chosen | ({"state": self.state} if self.state else {}) | changes
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in kept.items() if value})
        return f"?{query.urlencode()}"

    def _checked(self, name: str, value: str) -> str:
        return value if value in dict(self.options[name]) else ""

    def _narrowed(self) -> GateReviewQuerySet:
        rows = GateReview.objects.visible_to(self.viewer)
        narrowing: dict[str, Any] = {
            "gate": lambda value: Q(gates__contains=[value]),
            "stage": lambda value: Q(initiative__stage=value),
            "body": lambda value: Q(body__slug=value),
            "function": lambda value: Q(Exists(_running().filter(function__slug=value))),
        }
        for name, value in self.chosen.items():
            rows = rows.filter(narrowing[name](value))
        return rows


def rows_of(reviews: list[GateReview]) -> list[Row]:
    """A fixed number of queries, however many reviews there are."""
    standings = standings_of(reviews)
    signing: dict[int, list[SignOff]] = defaultdict(list)
    for each in SignOff.objects.filter(review__in=reviews).select_related("answer").prefetch_related("function"):
        signing[each.review_id].append(each)
    return [Row(each, each.title, standings[each.pk], signing[each.pk]) for each in reviews]


def with_names(rows: GateReviewQuerySet) -> GateReviewQuerySet:
    """The reviews with what lists tell of them."""
    unread = (f"initiative__{name}" for name in ("search", "summary", "outcome", "notes"))
    related = with_hold(rows).select_related("initiative", "body").defer(*unread)
    # Many reviews began under few versions: each is read once.
    return related.prefetch_related("gates_version")


def _running() -> Any:
    """The sign-offs of a review (the outer query) that somebody is to answer."""
    return SignOff.objects.filter(review=OuterRef("pk"), state__in=(State.OPEN, State.OUTDATED))


def in_state(rows: GateReviewQuerySet, state: str) -> GateReviewQuerySet:
    if state == "closed":
        return rows.filter(closed_at__isnull=False)
    found = rows.open()
    if state == "gathering":
        return found.filter(submitted_at=None)
    if state == "submitted":
        return found.ready()
    if state == "late":
        late = Exists(_running().filter(due_on__lt=clock.today()))
        return found.filter(Q(late) | Q(decide_by__lt=clock.today()))
    return found


def count_open(person: User) -> int:
    return GateReview.objects.visible_to(person).open().count()
