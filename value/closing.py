"""What closing the next month of the ledger means: what it fixes for good, and what still blocks it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Sum

from aiso import clock
from aiso.accounts.models import User

from .ledger_list import fetched
from .models import ClosedMonth, LedgerEntry, LedgerEntryQuerySet

# Claims that the page links.
SHOWN = 50
Kind = LedgerEntry.Kind


@dataclass(frozen=True)
class FixedSum:
    """Entries of one kind: how many, and their sum in the reporting currency, as they were posted."""

    what: str
    entries: int
    total: Decimal


class Closing:
    """The first month that is open: that after the last closed one, else the one before the present."""

    def __init__(self, person: User) -> None:
        self.person = person
        self.open_from = ClosedMonth.objects.open_from()
        self.month: date = self.open_from or clock.months_later(clock.today().replace(day=1), -1)
        self.after = clock.months_later(self.month, 1)

    @property
    def last_day(self) -> date:
        return self.after - timedelta(days=1)

    @property
    def is_over(self) -> bool:
        return self.after <= clock.today()

    @cached_property
    def sums(self) -> list[FixedSum]:
        """What is dated in it, or before where nothing is closed yet, of initiatives whose money the person sees."""
        rows = LedgerEntry.objects.visible_to(self.person).filter(happened_on__lt=self.after)
        if self.open_from:
            rows = rows.filter(happened_on__gte=self.open_from)
        groups = rows.order_by().values("kind", "claim").annotate(count=Count("pk"), total=Sum("reporting_amount"))
        found = {(row["kind"], row["claim"]): row for row in groups}
        kinds = [(kind, claim) for kind in Kind for claim in ("", *LedgerEntry.Claim) if (kind, claim) in found]
        return [
            FixedSum(_called(kind, claim), found[kind, claim]["count"], found[kind, claim]["total"])
            for kind, claim in kinds
        ]

    @property
    def entries(self) -> int:
        return sum(each.entries for each in self.sums)

    @cached_property
    def waiting(self) -> int:
        """Claims that block it, seen or not."""
        return self._waiting.count()

    @cached_property
    def blocking(self) -> Sequence[LedgerEntry]:
        """Those of them whose money the person sees."""
        seen = LedgerEntry.objects.visible_to(self.person).filter(pk__in=self._waiting.values("pk"))
        return [*fetched(seen).order_by("pk")[:SHOWN]]

    @property
    def unseen(self) -> int:
        return self.waiting - len(self.blocking)

    @property
    def _waiting(self) -> LedgerEntryQuerySet:
        return LedgerEntry.objects.waiting().filter(first_on__lt=self.after).order_by()


def _called(kind: Kind, claim: str) -> str:
    return f"{kind.label}, {LedgerEntry.Claim(claim).label.lower()}" if claim else str(kind.label)
