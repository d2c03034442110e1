"""Closed with rationale (DESIGN §6.5): initiatives that were closed or merged in a window.

The figure is read from kept endings (`value.kept.launches`), its rows from the facts.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery

from portfolio.models import Initiative, StageChange
from portfolio.models.stage import ENDED

from ..kept.as_known import refuse_another
from ..models import Ending
from .asked import Asked
from .entered import among, changes_of
from .figures import Closed

# By how many whole windows an end lies back, of those that lasted until the end of theirs.
COUNTED = """
    SELECT back, count(*) FILTER (WHERE has_rationale), count(*) FILTER (WHERE NOT has_rationale)
    FROM ({endings}) AS ended (ended_on, has_rationale, goes_on),
        LATERAL (SELECT (%s - ended_on) / %s) AS window_of (back)
    WHERE goes_on IS NULL OR goes_on > %s - back * %s
    GROUP BY back
"""


def closed_in(counted: QuerySet[Initiative], windows: Sequence[Asked]) -> list[Closed]:
    """One figure for each window; they are known at the same moment, and one follows another. One query."""
    last = windows[-1]
    refuse_another(last.known_at)
    ended = Ending.objects.order_by().filter(ended_on__range=(windows[0].window.first, last.as_of))
    rows = among(ended, counted).values_list("ended_on", "has_rationale", "goes_on")
    text, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(COUNTED.format(endings=text), [*values, last.as_of, last.days, last.as_of, last.days])
        found = {back: Closed(*counts) for back, *counts in cursor.fetchall()}
    return [found.get(back, Closed()) for back in reversed(range(len(windows)))]


def endings(counted: QuerySet[Initiative], first: date | None, last: Asked) -> "QuerySet[StageChange, Any]":
    """The stage changes that ended an initiative from a day on, and whether somebody said why. `goes_on` is the day of
    the change after it: one that was merged and parted again by the end of a window did not end in it.
    """
    changes = changes_of(counted, last.as_of, last.moment)
    later = StageChange.objects.filter(
        Q(changed_on__gt=OuterRef("changed_on")) | Q(changed_on=OuterRef("changed_on"), pk__gt=OuterRef("pk")),
        initiative=OuterRef("initiative"),
        changed_on__lte=last.as_of,
        recorded_at__lte=last.moment,
    )
    rows = changes.filter(stage__in=ENDED, changed_on__gte=first)
    return rows.annotate(
        has_rationale=Q(rationale__regex=r"\S"),
        goes_on=Subquery(later.order_by("changed_on", "pk").values("changed_on")[:1]),
    )
