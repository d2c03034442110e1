"""Which other claims a claim overlaps with, and whether its shares let it be confirmed (DESIGN §7). Writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import OuterRef, Subquery

from aiso.accounts.models import User
from aiso.web import figures

from .ledger_list import EntryLine, fetched
from .models import ClaimShare, LedgerEntry, LedgerEntryQuerySet
from .models.overlap_sql import sharing

# Others that a refusal and a row of the queue name, and that the page of a claim shows.
NAMED, SHOWN = 3, 30


@dataclass(frozen=True)
class Sharing:
    """How one claim shares its days. `share` is its own, None where none was recorded; `unshared` says how many of the
    `others` wait without one, and `total` what all shares take of the fullest day, its own with them. A claim that was
    confirmed without a share takes the whole.
    """

    claim: int
    share: Decimal | None = None
    others: int = 0
    unshared: int = 0
    total: Decimal = Decimal(0)
    ids: tuple[int, ...] = ()

    @property
    def is_shared(self) -> bool:
        """Whether nothing of it is counted elsewhere as well: it is alone, or shares total at most the whole."""
        return not self.others or (self.share is not None and not self.unshared and self.total <= 1)

    @property
    def is_over(self) -> bool:
        return bool(self.others) and self.total > 1

    @property
    def counts(self) -> Decimal:
        """The part that counts once it is confirmed."""
        return Decimal(1) if self.share is None else self.share


def sharing_of(claims: Iterable[int]) -> dict[int, Sharing]:
    """How each of some claims, by their ids, shares its days. One query."""
    with connection.cursor() as cursor:
        cursor.execute(sharing("%s::bigint[]"), [[*claims]])
        rows = [
            Sharing(claim, share, others, unshared, total, tuple(ids))
            for claim, share, others, unshared, total, ids in cursor.fetchall()
        ]
    return {row.claim: row for row in rows}


class OverlapLine(EntryLine):
    """One of the other claims, with the share by which it was confirmed, or the one recorded of it while it waits."""

    def __init__(self, entry: LedgerEntry) -> None:
        super().__init__(entry)
        recorded: Decimal | None = entry.recorded_share  # type: ignore[attr-defined]
        self.share = self.answer.share if self.answer else recorded

    @property
    def called(self) -> str:
        entry = self.entry
        days = f"{figures.day(entry.first_on)} to {figures.day(entry.last_on)}"
        amount = figures.exact_money(entry.reporting_amount)
        return f"{entry.initiative}, {entry.metric}, {days}, {amount}"

    @property
    def percent(self) -> str:
        """The share as it is read; nothing where there is none."""
        return "" if self.share is None else in_percent(self.share)


@dataclass(frozen=True)
class Overlaps:
    """What one reader sees of it: the others whose money they see, and how many more there are."""

    sharing: Sharing
    shown: Sequence[OverlapLine] = ()

    @property
    def unseen(self) -> int:
        """Those that the reader may not see, and those for which there is no room."""
        return self.sharing.others - len(self.shown)

    @property
    def total(self) -> str:
        return in_percent(self.sharing.total)

    @property
    def share(self) -> str:
        """Its own as it is read; nothing where none was recorded."""
        return "" if self.sharing.share is None else in_percent(self.sharing.share)

    @property
    def refusal(self) -> str:
        """Why it cannot be confirmed, and what to do; nothing where it can."""
        if self.sharing.is_shared:
            return ""
        if self.sharing.is_over:
            return (
                f"It overlaps with {self.named}: the shares total {self.total} on a day. Finance records smaller ones; "
                "what was confirmed is reversed and claimed again to share it."
            )
        missing = "it" if self.sharing.share is None else "others that wait"
        return (
            f"It overlaps with {self.named}, and no share is recorded of {missing}. Finance records which part of "
            "each counts, 100 % together at most; then it is confirmed."
        )

    @property
    def named(self) -> str:
        """`AI-0003 of 1 May 2026 to 31 May 2026 and 2 more claims`."""
        names = [_called(line.entry) for line in self.shown[:NAMED]]
        if left := self.sharing.others - len(names):
            names.append(figures.plural(left, "more claim" if names else "claim"))
        return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def overlaps_of(claims: Iterable[int], reader: User, most: int = NAMED) -> dict[int, Overlaps]:
    """With which others some claims overlap, by their ids, as one reader sees it; each names `most`. Two queries."""
    found = sharing_of(claims)
    wanted = {pk for each in found.values() for pk in each.ids[:most]}
    rows = with_shares(LedgerEntry.objects.visible_to(reader)).filter(pk__in=wanted) if wanted else []
    lines = {row.pk: OverlapLine(row) for row in rows}
    return {
        pk: Overlaps(each, [lines[other] for other in each.ids[:most] if other in lines]) for pk, each in found.items()
    }


def with_shares(rows: LedgerEntryQuerySet) -> LedgerEntryQuerySet:
    """Claims with what a row of them names, and with the latest share that was recorded of each."""
    latest = ClaimShare.objects.filter(entry=OuterRef("pk")).order_by("-pk").values("share")[:1]
    return fetched(rows).annotate(recorded_share=Subquery(latest))


def in_percent(share: Decimal) -> str:
    """The share 0.6250 as `62.5 %`."""
    return f"{figures.measured(share * 100)}{figures.NBSP}%"


def _called(entry: LedgerEntry) -> str:
    return f"{entry.initiative.reference} of {figures.day(entry.first_on)} to {figures.day(entry.last_on)}"
