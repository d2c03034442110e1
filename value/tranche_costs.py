"""What of the ledger was spent of tranches."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum

from aiso import clock
from portfolio.models import Initiative

from .models import LedgerEntry
from .worth import Window


def spent_of_tranches(
    initiatives: Iterable[int] | QuerySet[Initiative], window: Window, *, known_at: datetime | None = None
) -> Decimal:
    """What of the build cost in a window came from tranches: a part of it, never beside it. Each such entry covers one
    day, so that it lies in the window whole or not at all. One query.
    """
    rows = LedgerEntry.objects.filter(initiative__in=initiatives, tranche_cost__isnull=False)
    rows = rows.filter(recorded_at__lte=known_at or clock.now(), happened_on__lte=window.as_of)
    rows = rows.filter(first_on__lte=window.as_of)
    if window.first:
        rows = rows.filter(first_on__gte=window.first)
    found: Decimal | None = rows.aggregate(total=Sum("reporting_amount"))["total"]
    return found or Decimal(0)
