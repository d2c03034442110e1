"""The dashboard of a viewer: five figures of a window, the window before, and their trend lines (DESIGN §6).

A figure counts what everybody with the viewer's roles sees, so that two people with the same roles read the same. Money
is counted as far as a role shows it. The window before is the same question as of the day before this one begins.
"""

from collections.abc import Sequence
from decimal import Decimal

from aiso.accounts.models import User

from ..cost_coverage import CoverageCount
from ..kept.as_known import as_known
from .adoption import adoptions
from .asked import Asked, counted_for
from .closed import closed_in
from .figures import FIGURES, Dashboard, Figures, NetValue, Trend
from .lead_time import lead_times
from .money import coverages, uncosted, worths
from .restated import restated_of
from .stable_owner import stable_owners


def dashboard_of(viewer: User, asked: Asked) -> Dashboard:
    """All that the page shows. A fixed number of queries."""
    with as_known(asked.known_at):
        found = windows_of(viewer, asked.trend)
        return Dashboard(found[-1], found[-2], trends_of(found), restated_of(viewer, asked, found[-1]))


def figures_of(viewer: User, asked: Asked) -> Figures:
    """The figures of one window alone."""
    with as_known(asked.known_at):
        return windows_of(viewer, [asked])[0]


def windows_of(viewer: User, windows: Sequence[Asked]) -> list[Figures]:
    """The figures of windows that follow one another, the oldest first. Raises ValueError where they are not known as
    what is read (`as_known`).
    """
    counted = counted_for(viewer, windows[-1])
    return [
        Figures(*each)
        for each in zip(
            (asked.as_of for asked in windows),
            lead_times(counted, windows),
            stable_owners(viewer, windows),
            adoptions(viewer, windows),
            net_values(viewer, windows),
            closed_in(counted, windows),
            strict=True,
        )
    ]


def net_values(viewer: User, windows: Sequence[Asked]) -> list[NetValue | None]:
    """None where no role shows money. How far costs cover it is told of the last two: no trend line tells it."""
    money = worths(viewer, windows)
    told = [*[CoverageCount()] * (len(windows) - 2), *coverages(viewer, windows[-2:])]
    missing = 0 if told[-1] is None or told[-1].is_complete else uncosted(viewer, windows[-1], told[-1])
    counts = [*[0] * (len(windows) - 1), missing]
    return [
        NetValue(worth, coverage, count) if worth and coverage else None
        for worth, coverage, count in zip(money, told, counts, strict=True)
    ]


def trends_of(found: Sequence[Figures]) -> dict[str, Trend]:
    """By the names of the figures, what each comes down to."""
    days = [each.as_of for each in found]
    return {name: Trend(days, [headline(each, name) for each in found]) for name in FIGURES}


def headline(figures: Figures, name: str) -> Decimal | None:
    """The one number of a figure: days, a share from 0 to 1, money, or a count. None is no data."""
    match name:
        case "lead_time":
            return figures.lead_time.median
        case "stable_owner":
            return figures.stable_owner.share
        case "adoption":
            return figures.adoption.sums.share
        case "net_value":
            money = figures.net_value
            return money.worth.net if money is not None and money.worth.has_net else None
        case "closed":
            return Decimal(figures.closed.with_rationale)
    raise ValueError(name)
