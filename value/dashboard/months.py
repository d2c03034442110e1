"""Net value month by month, the last one as far as the day has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from aiso import clock
from aiso.accounts.models import User

from ..months_worth import months_of
from ..worth import CONFIRMED, DECAYED, TAKEN, Window, Worth
from .asked import Asked, money_counted_for

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
    """The last twelve, the oldest first; None for whom no role shows money. At most five queries."""
    counted = money_counted_for(viewer, asked)
    if counted is None:
        return None
    told = months_of(counted, asked.as_of, known_at=asked.known_at).to_date
    return [MonthWorth(each, _worth(told.get(each.as_of.replace(day=1), {}))) for each in months_up_to(asked.as_of)]


def _worth(month: Mapping[str, Fraction]) -> Worth:
    """Kinds of benefit are not told apart here."""
    return Worth({(part, ""): amount for part, amount in month.items()})


def months_up_to(as_of: date) -> list[Window]:
    firsts = [clock.months_later(as_of.replace(day=1), -back) for back in reversed(range(MONTHS))]
    return [Window(min(clock.months_later(first, 1) - timedelta(days=1), as_of), first) for first in firsts]
