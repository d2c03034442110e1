"""Spending of tranches, posted in the ledger by itself (DESIGN §7)."""

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from aiso import clock
from aiso.events.outbox import publish
from aiso.web import figures
from stagegates.models import FundingEntry

from ..models import ClosedMonth, LedgerEntry, TrancheCost
from ..posting import FROM_FUNDING
from ..rates import ONE
from .post import hold_months, reversal_of

# What the evidence of an entry holds.
LONGEST = 300


@transaction.atomic
def post_spending(entries: Sequence[FundingEntry]) -> None:
    """Post spending as build cost of one day, and take back what was taken back. Rights were asked for by whoever
    recorded it, under Funding; its initiative is locked.

    It never refuses: envelopes are in the reporting currency, so that no rate is missing, and what was spent in a
    closed month is dated on the first open day and says so. A fixed number of queries.
    """
    hold_months()
    open_from = ClosedMonth.objects.open_from()
    known = {each.spending_id: each.entry for each in _posted(entries)}
    made = [_drawn(each, known, open_from) for each in entries]
    LedgerEntry.objects.bulk_create(made, batch_size=2000)
    pairs = zip(made, entries, strict=True)
    TrancheCost.objects.bulk_create([TrancheCost(entry=entry, spending=spending) for entry, spending in pairs])
    ids = sorted({entry.initiative_id for entry in made})
    publish("ledger.posted", actor=entries[0].recorded_by, entries=len(made), initiatives=ids[:100])


def _posted(entries: Sequence[FundingEntry]) -> "QuerySet[TrancheCost]":
    """What stands in the ledger of the spending that entries take back."""
    taken = [each.reverses_id for each in entries if each.reverses_id]
    rows: QuerySet[TrancheCost] = TrancheCost.objects.filter(spending__in=taken)
    return rows.select_related("entry__initiative")


def _drawn(spending: FundingEntry, known: dict[int, LedgerEntry], open_from: date | None) -> LedgerEntry:
    if spending.reverses_id:
        entry = known[spending.reverses_id]
        return reversal_of(entry, actor=spending.recorded_by, reason=spending.reason[:1000], open_from=open_from)
    day = max(spending.dated_on, open_from or spending.dated_on)
    return LedgerEntry(
        initiative_id=spending.tranche.initiative_id,
        kind=LedgerEntry.Kind.BUILD_COST,
        amount=spending.amount,
        currency=settings.REPORTING_CURRENCY,
        rate=ONE,
        happened_on=day,
        first_on=day,
        last_on=day,
        evidence=_evidence(spending, day),
        key=f"{FROM_FUNDING}{spending.pk}",
        recorded_by=spending.recorded_by,
        recorded_at=clock.now(),
    )


def _evidence(spending: FundingEntry, day: date) -> str:
    if day == spending.dated_on:
        return spending.evidence
    told = f", spent on {figures.day(spending.dated_on)}, which is closed"
    return spending.evidence[: LONGEST - len(told)] + told
