"""What is asked of the dashboard: which window, of which part of the company, known when, and by whom."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.once import once
from portfolio.models import Bucket, Initiative
from portfolio.models.initiative import money_reach, oversight

from ..worth import Window

WINDOWS = (30, 60, 90)
# Windows of a trend line, the last one the figure itself.
TREND = 8


@dataclass(frozen=True)
class Asked:
    """One window of one part of the company. A unit includes those below it.

    `days` is 30, 60 or 90, `as_of` the last day counted. `known_at` leaves out what was recorded later; None is now.
    What happened after the last day is left out; where `seen_on` names a later day, what happened after that one.
    """

    days: int = 90
    as_of: date = date.max
    known_at: datetime | None = None
    unit: BusinessUnit | None = None
    bucket: Bucket | None = None
    seen_on: date | None = None

    @property
    def window(self) -> Window:
        return Window.of_days(self.days, self.as_of)

    @property
    def before(self) -> "Asked":
        """The window before, of equal length: the same question as of the day before this one begins."""
        return replace(self, as_of=self.as_of - timedelta(days=self.days))

    @property
    def trend(self) -> list["Asked"]:
        """Windows that follow one another, the oldest first, this one last."""
        steps = reversed(range(TREND))
        return [replace(self, as_of=self.as_of - timedelta(days=self.days * step)) for step in steps]

    @property
    def moment(self) -> datetime:
        return self.known_at or clock.now()

    @property
    def units(self) -> frozenset[int] | None:
        """The unit and those below it; None is the whole company. One query a request."""
        if self.unit is None:
            return None
        pk = self.unit.pk
        return once(("and_below", pk), lambda: frozenset(BusinessUnit.objects.and_below([pk])))


def counted_for(viewer: User | AnonymousUser, asked: Asked) -> QuerySet[Initiative]:
    """The initiatives that a figure counts: what everybody with the same roles sees, so that they read one figure."""
    rows = Initiative.objects.open_to_roles_of(viewer)
    if asked.units is not None:
        rows = rows.filter(unit__in=asked.units)
    return rows.filter(bucket=asked.bucket) if asked.bucket else rows


def money_counted_for(viewer: User | AnonymousUser, asked: Asked) -> QuerySet[Initiative] | None:
    """Those whose money is counted: as far as a role of the viewer reaches. None where no role shows money."""
    reach = money_units(viewer, asked)
    rows = counted_for(viewer, asked)
    if reach is None:
        return rows
    return rows.filter(unit__in=reach) if reach else None


def money_units(viewer: User | AnonymousUser, asked: Asked) -> frozenset[int] | None:
    """The units whose money is counted; None is all of the company, an empty set none."""
    if not isinstance(viewer, User) or not viewer.is_active:
        return frozenset()
    reach, units = money_reach(viewer), asked.units
    if reach is None or units is None:
        return units if reach is None else reach
    return reach & units


def money_units_told(viewer: User | AnonymousUser) -> str:
    """The names of the topmost units whose money a role shows, where that is not all; one query where it is not."""
    reach = money_reach(viewer) if isinstance(viewer, User) and viewer.is_active else None
    if not reach:
        return ""
    tops = BusinessUnit.objects.filter(pk__in=reach).exclude(parent__in=reach).order_by("name")
    return ", ".join(tops.values_list("name", flat=True))


def sees_confidential(viewer: User | AnonymousUser) -> frozenset[int] | None:
    """The units whose confidential initiatives are counted for the viewer; None is all of them."""
    return oversight(viewer) if isinstance(viewer, User) and viewer.is_active else frozenset()
