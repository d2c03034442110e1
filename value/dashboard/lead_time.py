"""Pilot-to-production lead time (DESIGN §6.1): days from first entering pilot to first entering production.

Over initiatives whose first entry into limited rollout or scale lies in the window. Days in which they were paused
count. Who was in no pilot by then is counted apart. An import's opening position is an entry like any other.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet

from portfolio.models import Initiative

from ..kept.as_known import refuse_another
from ..models import Launch, PilotSpell
from .asked import Asked
from .entered import among
from .figures import LeadTime

# Days from pilot to production by how many whole windows the launch lies back, null of who was in no pilot; and the
# ages of the open pilots.
DAYS = """
    SELECT (%s - produced_on) / %s, array_agg(produced_on - piloted_on)
    FROM ({launches}) AS launched (produced_on, piloted_on) GROUP BY 1
    UNION ALL SELECT -1, array_agg(%s - began_on) FROM ({open}) AS opened (began_on) HAVING count(*) > 0
"""
OPEN = -1


def lead_times(counted: QuerySet[Initiative], windows: Sequence[Asked]) -> list[LeadTime]:
    """One figure for each window; they are known at the same moment, and one follows another. One query. Open pilots
    are told of the last one.
    """
    last, first = windows[-1], windows[0].window.first
    refuse_another(last.known_at)
    launches, launched = _launches(counted, first, last.as_of).query.sql_with_params()
    pilots, opened = _open_pilots(counted, last.as_of).query.sql_with_params()
    with connection.cursor() as cursor:
        told = [last.as_of, last.days, *launched, last.as_of, *opened]
        cursor.execute(DAYS.format(launches=launches, open=pilots), told)
        found: dict[int, list[int | None]] = dict(cursor.fetchall())
    ages = [age for age in found.get(OPEN, ()) if age is not None]
    figures = [_told(found.get(back, ())) for back in reversed(range(len(windows)))]
    return [*figures[:-1], _with_open(figures[-1], ages)]


def _launches(
    counted: QuerySet[Initiative], first: date | None, as_of: date
) -> "QuerySet[Launch, tuple[date, date | None]]":
    """Of each initiative that first entered production in a window: that day, and the day of its first pilot."""
    rows = among(Launch.objects.order_by().filter(produced_on__range=(first, as_of)), counted)
    return rows.values_list("produced_on", "piloted_on")


def _open_pilots(counted: QuerySet[Initiative], as_of: date) -> "QuerySet[PilotSpell, date]":
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


def _told(entries: Sequence[int | None]) -> LeadTime:
    days = [each for each in entries if each is not None]
    return LeadTime(median_of(days), nearest_rank(days, 90), len(days), len(entries) - len(days))


def _with_open(told: LeadTime, ages: Sequence[int]) -> LeadTime:
    return LeadTime(
        told.median, told.p90, told.count, told.without_pilot, len(ages), median_of(ages), max(ages, default=None)
    )
