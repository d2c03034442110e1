"""Net value month by month, the last one as far as the day has come."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from aiso import clock
from aiso.accounts.models import User

from ..worth import CONFIRMED, DECAYED, NOTHING, TAKEN, Window, Worth
from .asked import Asked
from .money import worths

MONTHS = 12


# What net value is made of: a month with nothing of it has no data, whatever is claimed or built in it.
COUNTED = frozenset({CONFIRMED, DECAYED, *TAKEN})


@dataclass(frozen=True)
class MonthWorth:
    """What lies on the days of a calendar month, of all that had happened by the last day that is asked for."""

    window: Window
    worth: Worth

    @property
    def is_empty(self) -> bool:
        return not any(part in COUNTED for part, _ in self.worth.parts)

    @property
    def label(self) -> str:
        """`Oct 2026`, and of a month that goes on `to 21 Nov`."""
        last = self.window.as_of
        is_over = (last + timedelta(days=1)).day == 1
        return f"{last:%b %Y}" if is_over else f"to {last.day} {last:%b}"


def months_of_net_value(viewer: User, asked: Asked) -> list[MonthWorth] | None:
    """The last twelve, the oldest first; None for whom no role shows money. As many queries as `worths`.

    Each is what lies from its first day up to the last one asked for, less what lies from the first day of the month
    after it: so that a cost of May that was booked in June lies in May.
    """
    windows = months_up_to(asked.as_of)
    found = worths(viewer, [replace(asked, days=_days(each, asked)) for each in windows])
    since = [each for each in found if each is not None]
    if len(since) < len(windows):
        return None
    return [
        MonthWorth(window, _less(worth, after))
        for window, worth, after in zip(windows, since, [*since[1:], Worth()], strict=True)
    ]


def _days(month: Window, asked: Asked) -> int:
    """From the first day of a month up to the last one asked for."""
    return (asked.as_of - month.as_of.replace(day=1)).days + 1


def _less(worth: Worth, after: Worth) -> Worth:
    exact = {key: amount - after.parts.get(key, NOTHING) for key, amount in worth.parts.items()}
    return Worth({key: amount for key, amount in exact.items() if amount})


def months_up_to(as_of: date) -> list[Window]:
    firsts = [clock.months_later(as_of.replace(day=1), -back) for back in reversed(range(MONTHS))]
    return [Window(min(clock.months_later(first, 1) - timedelta(days=1), as_of), first) for first in firsts]
