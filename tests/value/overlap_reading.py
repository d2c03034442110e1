"""What overlaps, and how much of a day shares take, read from the words of DESIGN §7 by trying everything."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from portfolio.models import OutcomeMetric
from value.models import CatalogueLink, ClaimShare, LedgerEntry


def is_live(claim: LedgerEntry) -> bool:
    """It waits, or finance confirmed it and nobody took it back."""
    if claim.claim != "claimed" or claim.reverses_id or LedgerEntry.objects.filter(reverses=claim).exists():
        return False
    answer = getattr(claim, "answer", None)
    return answer is None or answer.verdict != "rejected"


def do_overlap(one: LedgerEntry, other: LedgerEntry) -> bool:
    days = {*days_of(one)} & {*days_of(other)}
    here, there = one.initiative, other.initiative
    units = here.unit in chain_of(there.unit) or there.unit in chain_of(here.unit)
    workflow = here.workflow is not None and here.workflow == there.workflow
    return bool(days) and units and (workflow or is_same_metric(one.metric, other.metric))


def is_same_metric(one: OutcomeMetric, other: OutcomeMetric) -> bool:
    if one == other:
        return True
    links = [CatalogueLink.objects.filter(metric=each).first() for each in (one, other)]
    return all(link is not None and link.holds for link in links) and links[0].entry == links[1].entry


def chain_of(unit) -> list:
    """The unit and all above it."""
    return [unit, *chain_of(unit.parent)] if unit else []


def days_of(claim: LedgerEntry) -> list[date]:
    return [claim.first_on + timedelta(days=n) for n in range((claim.last_on - claim.first_on).days + 1)]


def share_of(claim: LedgerEntry) -> Decimal | None:
    """That by which it was confirmed, or the latest one that was recorded."""
    if hasattr(claim, "answer"):
        return claim.answer.share
    latest = ClaimShare.objects.filter(entry=claim).order_by("pk").last()
    return latest.share if latest else None


def fullest(claims: list[LedgerEntry], of: LedgerEntry | None = None) -> Decimal:
    """The most that the shares of any claims that all overlap with one another take of a day; of those with `of`."""
    shares = {claim: share_of(claim) or Decimal(0) for claim in claims}
    pairs = {(one, other) for one, other in combinations(claims, 2) if do_overlap(one, other)}
    most = Decimal(0)
    for day in {day for claim in claims for day in days_of(claim)}:
        here = [claim for claim in claims if day in days_of(claim)]
        for size in range(1, len(here) + 1):
            for some in combinations(here, size):
                if (of is None or of in some) and all(pair in pairs for pair in combinations(some, 2)):
                    most = max(most, sum((shares[claim] for claim in some), Decimal(0)))
    return most


def read_again() -> list[LedgerEntry]:
    """All claims that wait or are confirmed, fresh from the ledger."""
    rows = LedgerEntry.objects.select_related("initiative__unit", "initiative__workflow", "metric", "answer")
    return [row for row in rows.order_by("pk") if is_live(row)]
