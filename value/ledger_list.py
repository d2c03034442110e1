"""The ledger as an address asks for it. It costs the same however long it is: nothing counts beyond a thousand."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import QueryDict
from django.utils.http import urlencode

from aiso.accounts.models import User
from aiso.web.keyset import LATEST_FIRST, Page, page_of
from stagegates.models import FundingEntry

from .models import ClaimAnswer, LedgerEntry, LedgerEntryQuerySet, TrancheCost

PAGE = 50
CHUNK = 1000
# More than this is told as “more than”.
COUNTED = 1000
RELATED = (
    *("initiative", "metric", "method", "unit_value", "recorded_by", "answer__answered_by", "reversed_by"),
    "tranche_cost__spending",
)
UNREAD = ("initiative__search", "initiative__notes", "initiative__summary", "initiative__outcome")
REFERENCE = re.compile(r"\s*(?:ai-?)?\s*0*(\d{1,12})\s*", re.IGNORECASE)
MONTH = re.compile(r"(\d{4})-(\d{2})")
STATES = {
    "forecast": "Forecast",
    "waiting": "Claimed, waiting",
    "confirmed": "Confirmed",
    "rejected": "Rejected",
    "reversed": "Reversed",
}


def state_of(entry: LedgerEntry) -> str:
    """`reversal`, `reversed`, `posted` for a cost; of a benefit `forecast`, `waiting`, `confirmed`, `corrected`,
    `rejected`.
    """
    if entry.reverses_id:
        return "reversal"
    if hasattr(entry, "reversed_by"):
        return "reversed"
    if entry.kind != LedgerEntry.Kind.BENEFIT:
        return "posted"
    if not entry.is_claim:
        return "forecast"
    answer: ClaimAnswer | None = getattr(entry, "answer", None)
    return answer.verdict if answer else "waiting"


def in_state(state: str) -> Q:
    return {
        "forecast": Q(claim="forecast"),
        "waiting": Q(open_claim__isnull=False),
        "confirmed": Q(answer__verdict__in=["confirmed", "corrected"], reversed_by=None),
        "rejected": Q(answer__verdict="rejected"),
        "reversed": Q(reversed_by__isnull=False),
    }.get(state, Q())


def fetched(rows: LedgerEntryQuerySet) -> LedgerEntryQuerySet:
    """Entries with what a row of them names."""
    return rows.select_related(*RELATED).defer(*UNREAD)


class EntryLine:
    """One entry as a row shows it."""

    def __init__(self, entry: LedgerEntry) -> None:
        self.entry, self.state = entry, state_of(entry)
        self.answer: ClaimAnswer | None = getattr(entry, "answer", None)

    @property
    def what(self) -> str:
        """The kind, of a benefit with its own kind."""
        told = self.entry.get_kind_display()
        return f"{told}, {self.entry.get_benefit_type_display().lower()}" if self.entry.benefit_type else told

    @property
    def spending(self) -> FundingEntry | None:
        """What of a tranche it stands for."""
        cost: TrancheCost | None = getattr(self.entry, "tranche_cost", None)
        return cost.spending if cost else None

    @property
    def counts_otherwise(self) -> bool:
        """Whether another amount counts than was claimed: it was corrected, or it shares its days."""
        if self.answer is None or not self.answer.counts or self.state == "reversed":
            return False
        return bool(self.answer.reporting_amount != self.entry.reporting_amount)

    @property
    def note(self) -> str:
        return self.entry.evidence or self.entry.reason

    @property
    def is_foreign(self) -> bool:
        return self.entry.currency != settings.REPORTING_CURRENCY


class LedgerList:
    """The entries that a person sees, the latest first, as an address asks for them. Its page costs two queries."""

    title = "Ledger"
    headers = [
        *(
            "Number",
            "Initiative",
            "Initiative name",
            "Kind",
            "Kind of benefit",
            "State",
            "Date",
            "First day",
            "Last day",
        ),
        *(
            "Amount",
            "Currency",
            "Rate",
            "Reporting amount",
            "Confirmed amount",
            "Share",
            "Metric",
            "Quantity",
            "Method",
        ),
        *("Evidence", "Reason", "Key", "Reverses", "Recorded by", "Recorded"),
    ]

    def __init__(self, viewer: User, query: QueryDict) -> None:
        self.viewer, self.query = viewer, query
        self.kind = self._known("kind", LedgerEntry.Kind.values)
        self.state = self._known("state", STATES)
        self.reference = query.get("initiative", "").strip()[:20]
        self.month_text = query.get("month", "")[:7]

    def _known(self, name: str, values: Any) -> str:
        return self.query.get(name, "") if self.query.get(name, "") in values else ""

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return [*LedgerEntry.Kind.choices]

    @property
    def states(self) -> list[tuple[str, str]]:
        return [*STATES.items()]

    @cached_property
    def month(self) -> date | None:
        found = MONTH.fullmatch(self.month_text)
        return date(int(found[1]), int(found[2]), 1) if found and 0 < int(found[2]) < 13 and found[1] > "0000" else None

    @property
    def is_narrowed(self) -> bool:
        return bool(self.kind or self.state or self.reference or self.month)

    @property
    def address(self) -> str:
        told = {"kind": self.kind, "state": self.state, "initiative": self.reference}
        told["month"] = self.month_text if self.month else ""
        return f"?{urlencode({name: value for name, value in told.items() if value})}"

    @cached_property
    def matching(self) -> LedgerEntryQuerySet:
        rows = LedgerEntry.objects.visible_to(self.viewer).filter(in_state(self.state))
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.reference:
            number = REFERENCE.fullmatch(self.reference)
            rows = rows.filter(initiative=int(number[1])) if number else rows.none()
        if self.month:
            rows = rows.dated_in(self.month)
        return fetched(rows)

    @cached_property
    def count(self) -> int:
        """How many, up to a thousand and one."""
        return self.matching.order_by()[: COUNTED + 1].count()

    @property
    def is_long(self) -> bool:
        return self.count > COUNTED

    @cached_property
    def page(self) -> Page[LedgerEntry]:
        place = {name: self.query.get(name, "") for name in ("after", "before")}
        return page_of(self.matching, LATEST_FIRST, size=PAGE, **place)

    @cached_property
    def rows(self) -> list[EntryLine]:
        return [EntryLine(each) for each in self.page.rows]

    def lines(self) -> Iterator[list[Any]]:
        """For a file: all that match, the oldest first."""
        for each in self.matching.order_by("pk").iterator(chunk_size=CHUNK):
            answer: ClaimAnswer | None = getattr(each, "answer", None)
            yield [
                *(each.pk, each.initiative.reference, each.initiative.name, each.get_kind_display()),
                *(each.get_benefit_type_display(), state_of(each), each.happened_on, each.first_on, each.last_on),
                *(each.amount, each.currency, each.rate, each.reporting_amount, answer.amount if answer else None),
                answer.share if answer and answer.counts else None,
                *(str(each.metric or ""), each.quantity, str(each.method or ""), each.evidence, each.reason, each.key),
                *(each.reverses_id, each.recorded_by.name, each.recorded_at),
            ]
