"""Which figures of a past day rest on facts that were recorded after that day had ended (DESIGN §6).

Whatever changed a figure is among them; not each of them changed it. A stage, an owner or a reading that was recorded
later touches what is told of the day, however long before it began. What was measured later and took a loss back is
not seen.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import Ownership, StageChange
from portfolio.models.stage import ENDED, IN_PRODUCTION

from ..asked_days import end_of
from ..models import AdoptionReading
from .asked import Asked, counted_for
from .entered import among
from .figures import Figures
from .money import restated as money_restated


def restated_of(viewer: User, asked: Asked, found: Figures) -> frozenset[str]:
    """The names of figures of which a fact was recorded later. None of what is told as it was known at a moment, and
    none of today. Four queries at most, of past days alone.
    """
    if asked.known_at or asked.as_of >= clock.today():
        return frozenset()
    names = frozenset(_names(viewer, asked, end_of(asked.as_of) + timedelta.resolution))
    return names if found.net_value else names - {"net_value"}


def _names(viewer: User, asked: Asked, since: datetime) -> Iterator[str]:
    counted, first = counted_for(viewer, asked), asked.window.first
    late = Q(recorded_at__gte=since)
    changes = StageChange.objects.order_by().filter(late, changed_on__lte=asked.as_of)
    told = [*among(changes, counted).values_list("stage", "changed_on", "initiative__workflow__is_critical").distinct()]
    if told:
        yield from ("lead_time", "stable_owner")
    if any(stage in ENDED and first and day >= first for stage, day, _ in told):
        yield "closed"
    if any(stage in IN_PRODUCTION for stage, _, _ in told):
        yield "net_value"
    if any(is_critical for _, _, is_critical in told) or _was_read_late(viewer, asked, since):
        yield "adoption"
    begun, ended = Q(late, started_on__lte=asked.as_of), Q(ended_on__lte=asked.as_of, end_recorded_at__gte=since)
    if not told and among(Ownership.objects.order_by().principals().filter(begun | ended), counted).exists():
        yield "stable_owner"
    if any(money_restated(viewer, [asked])):
        yield "net_value"


def _was_read_late(viewer: User, asked: Asked, since: datetime) -> bool:
    """Of a critical workflow that the figure counts."""
    lasting = Q(live_spells__last_on=None) | Q(live_spells__last_on__gte=asked.as_of)
    running = counted_for(viewer, asked).filter(lasting, live_spells__first_on__lte=asked.as_of)
    rows = AdoptionReading.objects.filter(
        recorded_at__gte=since,
        week_ends_on__range=(asked.window.first, asked.as_of),
        workflow__is_critical=True,
        workflow__in=running.order_by().values("workflow"),
    )
    return rows.exists()
