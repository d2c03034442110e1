"""The five figures as they are told, each of one window (DESIGN §6). Empty is no data, never 0."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ..adoption import AdoptionCount
from ..cost_coverage import CoverageCount
from ..worth import Worth


@dataclass(frozen=True)
class LeadTime:
    """Pilot to production in days: the median (x.5 where it lies between two), the 90th percentile by nearest rank.

    `count` are those that it is taken over, `without_pilot` those that entered production and never were in pilot.
    Beside it the pilots still open on the last day: how many, and the median and the greatest of their ages in days.
    """

    median: Decimal | None = None
    p90: int | None = None
    count: int = 0
    without_pilot: int = 0
    open_pilots: int = 0
    open_median: Decimal | None = None
    open_oldest: int | None = None


@dataclass(frozen=True)
class StableOwner:
    """Of those active on the last day, how many have all three owners, and the same business owner all through the
    window. `lacking` counts those without an owner of a kind, `new` those with all three whose business owner is new.
    """

    stable: int = 0
    active: int = 0
    paused: int = 0
    lacking: dict[str, int] = field(default_factory=dict)
    new: int = 0

    @property
    def share(self) -> Decimal | None:
        """From 0 to 1; None where nothing is active."""
        return Decimal(self.stable) / self.active if self.active else None

    @property
    def ownerless(self) -> int:
        """How many lack all three owners, at least: each that lacks fewer is counted under two kinds at most."""
        return max(sum(self.lacking.values()) - 2 * (self.active - self.stable - self.new), 0)


@dataclass(frozen=True)
class WindowWorth(Worth):
    """What a window counts, and the last of its days for which finance confirmed a benefit; None is none of them."""

    confirmed_until: date | None = None


@dataclass(frozen=True)
class NetValue:
    """Money of the window in the reporting currency. `worth.net` is the figure; what is incomplete is never green.

    Of the last window `uncosted` counts the initiatives in production that miss a run cost in some month.
    """

    worth: WindowWorth
    coverage: CoverageCount
    uncosted: int = 0


@dataclass(frozen=True)
class Closed:
    """Closed or merged in the window."""

    with_rationale: int = 0
    without_rationale: int = 0


@dataclass(frozen=True)
class Figures:
    """All five of one window. `net_value` is None for whom no role shows money."""

    as_of: date
    lead_time: LeadTime
    stable_owner: StableOwner
    adoption: AdoptionCount
    net_value: NetValue | None
    closed: Closed


@dataclass(frozen=True)
class Trend:
    """One figure over windows that follow one another, the oldest first; None is no data."""

    days: list[date]
    values: list[Decimal | None]


@dataclass(frozen=True)
class Dashboard:
    """The figures of a window, those of the window before, and their trend lines by the names of `FIGURES`."""

    now: Figures
    before: Figures
    trends: dict[str, Trend]
    # The figures of a past day that have changed since that day ended, because of what was recorded later.
    restated: frozenset[str] = frozenset()


# The names of the five, in their order, as addresses and the API know them.
FIGURES = ("lead_time", "stable_owner", "adoption", "net_value", "closed")
