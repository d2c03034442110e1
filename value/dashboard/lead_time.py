"""Pilot-to-production lead time (DESIGN §6.1): days from first entering pilot to first entering production.

Over initiatives whose first entry into limited rollout or scale lies in the window. Days in which they were paused
count. Who was in no pilot by then is counted apart. An import's opening position is an entry like any other.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from portfolio.models import Initiative

from ..kept.as_known import refuse_another
from ..models import Launch, PilotSpell
from .asked import Asked
from .entered import among
from .figures import LeadTime


def lead_times(counted: QuerySet[Initiative], windows: Sequence[Asked]) -> list[LeadTime]:
    """One figure for each window; they are known at the same moment, and one follows another. Two queries. Open pilots
    are told of the last one.
    """
    last, first = windows[-1], windows[0].window.first
    refuse_another(last.known_at)
    launched, opened = launches(counted, first, last.as_of), open_pilots(counted, last.as_of)
    entries: dict[int, list[int | None]] = defaultdict(list)
    for produced_on, piloted_on in launched:
        days = (produced_on - piloted_on).days if piloted_on else None
        entries[_place(windows, produced_on)].append(days)
    told = [_told(entries[place]) for place in range(len(windows))]
    return [*told[:-1], _with_open(told[-1], [(last.as_of - began).days for began in opened])]


def launches(counted: QuerySet[Initiative], first: date | None, as_of: date) -> Iterable[tuple[date, date | None]]:
    """Of each initiative that first entered production in a window: that day, and the day of its first pilot."""
    rows = among(Launch.objects.order_by().filter(produced_on__range=(first, as_of)), counted)
    return rows.values_list("produced_on", "piloted_on")


def open_pilots(counted: QuerySet[Initiative], as_of: date) -> Iterable[date]:
    """Of each initiative that is in pilot on a day, the day on which it first entered one."""
    lasting = Q(last_on=None) | Q(last_on__gte=as_of)
    rows = among(PilotSpell.objects.order_by().filter(lasting, first_on__lte=as_of), counted)
    return rows.values_list("began_on", flat=True)


def median_of(days: Sequence[int]) -> Decimal | None:
    """The mean of the two middle values where their number is even (DESIGN §6.1)."""
    ordered = sorted(days)
    if not ordered:
        return None
    return Decimal(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def nearest_rank(days: Sequence[int], percent: int) -> int | None:
    """The smallest value that so many per cent are not above."""
    ordered = sorted(days)
    return ordered[-(-percent * len(ordered) // 100) - 1] if ordered else None


def _place(windows: Sequence[Asked], day: date) -> int:
    """Which of the windows a day lies in: they follow one another and are equally long."""
    back = (windows[-1].as_of - day).days // windows[-1].days
    return len(windows) - 1 - back


def _told(entries: Sequence[int | None]) -> LeadTime:
    days = [each for each in entries if each is not None]
    return LeadTime(median_of(days), nearest_rank(days, 90), len(days), len(entries) - len(days))


def _with_open(told: LeadTime, ages: Sequence[int]) -> LeadTime:
    return LeadTime(
        told.median, told.p90, told.count, told.without_pilot, len(ages), median_of(ages), max(ages, default=None)
    )
