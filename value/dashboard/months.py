"""Net value month by month, the last one as far as the day has come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from aiso import clock
from aiso.accounts.models import User

from ..worth import Window, Worth
from .asked import Asked
from .money import worths

MONTHS = 12


@dataclass(frozen=True)
class MonthWorth:
    """What lies on the days of a calendar month, of all that had happened by the last day that is asked for."""

    window: Window
    worth: Worth

    @property
    def is_empty(self) -> bool:
        return not self.worth.has_net

    @property
    def label(self) -> str:
        """`Oct 2026`, and of a month that goes on `to 21 Nov`."""
        last = self.window.as_of
        is_over = (last + timedelta(days=1)).day == 1
        return f"{last:%b %Y}" if is_over else f"to {last.day} {last:%b}"


def months_of_net_value(viewer: User, asked: Asked) -> list[MonthWorth] | None:
    """The last twelve, the oldest first; None for whom no role shows money. As many queries as `worths`.

    All as the last day asked for sees them, so that a cost of May that was booked in June lies in May.
    """
    windows = months_up_to(asked.as_of)
    found = worths(viewer, _asked_of(windows, asked))
    known = [worth for worth in found if worth is not None]
    return [MonthWorth(*each) for each in zip(windows, known, strict=True)] if known else None


def read_with_months(viewer: User, asked: Asked) -> None:
    """Read money of the trend and of the months at once, for a page that tells both."""
    worths(viewer, [*asked.trend, *_asked_of(months_up_to(asked.as_of), asked)])


def _asked_of(months: Sequence[Window], asked: Asked) -> list[Asked]:
    return [replace(asked, days=month.as_of.day, as_of=month.as_of, seen_on=asked.as_of) for month in months]


def months_up_to(as_of: date) -> list[Window]:
    firsts = [clock.months_later(as_of.replace(day=1), -back) for back in reversed(range(MONTHS))]
    return [Window(min(clock.months_later(first, 1) - timedelta(days=1), as_of), first) for first in firsts]
