"""Closed with rationale (DESIGN §6.5): initiatives that were closed or merged in a window."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from portfolio.models import Initiative, StageChange
from portfolio.models.stage import ENDED

from .asked import Asked
from .entered import changes_of
from .figures import Closed


def closed_in(counted: QuerySet[Initiative], windows: Sequence[Asked]) -> list[Closed]:
    """One figure for each window; they are known at the same moment, and one follows another. One query."""
    last, found = windows[-1], [[0, 0] for _ in windows]
    rows: Any = endings(counted, windows[0].window.first, last)
    for ended_on, rationale, goes_on in rows.values_list("changed_on", "rationale", "goes_on"):
        back = (last.as_of - ended_on).days // last.days
        place = len(windows) - 1 - back
        if goes_on is None or goes_on > windows[place].as_of:
            found[place][not rationale.strip()] += 1
    return [Closed(*counts) for counts in found]


def endings(counted: QuerySet[Initiative], first: date | None, last: Asked) -> "QuerySet[StageChange, Any]":
    """The stage changes that ended an initiative from a day on. `goes_on` is the day of the change after it: one that
    was merged and parted again by the end of a window did not end in it.
    """
    changes = changes_of(counted, last.as_of, last.moment)
    later = StageChange.objects.filter(
        Q(changed_on__gt=OuterRef("changed_on")) | Q(changed_on=OuterRef("changed_on"), pk__gt=OuterRef("pk")),
        initiative=OuterRef("initiative"),
        changed_on__lte=last.as_of,
        recorded_at__lte=last.moment,
    )
    rows = changes.filter(stage__in=ENDED, changed_on__gte=first)
    return rows.annotate(goes_on=Subquery(later.order_by("changed_on", "pk").values("changed_on")[:1]))
