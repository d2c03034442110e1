"""The values of each figure: what they are called, and how they are written. Empty is no data, never 0."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from aiso.web import figures
from portfolio.models import OwnerKind

from ..adoption import AdoptionCount
from ..dashboard.figures import Closed, Figures, LeadTime, NetValue, StableOwner
from ..dashboard.sentences import benefit_of

type Value = Decimal | int | None
NO_DATA = "no data"


@dataclass(frozen=True)
class Measure:
    """One value of a figure. `kind` says what it counts; the first of a figure is the figure itself.

    Of the window before nothing is told where it `has_before` not.
    """

    name: str
    label: str
    kind: str
    value: Value
    has_before: bool = True


def written(kind: str, value: Value) -> str:
    """A value as people read it."""
    if value is None:
        return NO_DATA
    return WRITTEN[kind](value)


def _days(value: Value) -> str:
    told = figures.measured(Decimal(value or 0))
    return f"{told}{figures.NBSP}{'day' if value == 1 else 'days'}"


def _money(value: Value) -> str:
    return figures.exact_money(value or 0)


WRITTEN: dict[str, Callable[[Value], str]] = {
    "days": _days,
    "count": lambda value: figures.number(value),
    "share": lambda value: figures.percent(value, 1),
    "points": lambda value: figures.number(value, 2),
    "money": _money,
}


def measures_of(name: str, found: Figures) -> list[Measure]:
    """The values of a figure; of net value none for whom no role shows money."""
    match name:
        case "lead_time":
            return [*_lead_time(found.lead_time)]
        case "stable_owner":
            return [*_stable_owner(found.stable_owner)]
        case "adoption":
            return [*_adoption(found.adoption)]
        case "net_value":
            return [*_net_value(found.net_value)] if found.net_value else []
    return [*_closed(found.closed)]


def _lead_time(found: LeadTime) -> Iterator[Measure]:
    yield Measure("median", "Median", "days", found.median)
    yield Measure("p90", "90th percentile", "days", found.p90)
    yield Measure("count", "Initiatives counted", "count", found.count)
    yield Measure("without_pilot", "Entered production without a pilot", "count", found.without_pilot)
    # Read of the last window alone: what was open before it is not known here.
    yield Measure("open_pilots", "Pilots still open", "count", found.open_pilots, has_before=False)
    yield Measure("open_median", "Median age of open pilots", "days", found.open_median, has_before=False)
    yield Measure("open_oldest", "Oldest open pilot", "days", found.open_oldest, has_before=False)


def _stable_owner(found: StableOwner) -> Iterator[Measure]:
    yield Measure("share", "Share with stable owners", "share", found.share)
    yield Measure("stable", "With stable owners", "count", found.stable)
    yield Measure("active", "Active initiatives", "count", found.active)
    for kind, count in found.lacking.items():
        yield Measure(f"without_{kind}", f"Without a {OwnerKind(kind).label.lower()}", "count", count)
    yield Measure("new_business_owner", "Business owner is new", "count", found.new)
    yield Measure("paused", "Paused, not counted", "count", found.paused)


def _adoption(found: AdoptionCount) -> Iterator[Measure]:
    sums = found.sums
    yield Measure("share", "Active of target users", "share", sums.share)
    yield Measure("active", "Weekly active users, added up", "count", sums.active if sums.target else None)
    yield Measure("target", "Weekly target users, added up", "count", sums.target or None)
    yield Measure("repeat_share", "Repeat use", "share", sums.repeat_share)
    yield Measure("opt_out_share", "Opt-outs", "share", sums.opt_out_share)
    yield Measure("satisfaction", "Satisfaction, 1 to 5", "points", sums.satisfaction)
    yield Measure("workflows", "Critical workflows in production", "count", found.workflows)
    yield Measure("unmeasured", "Of them unmeasured", "count", found.unmeasured)
    yield Measure("withheld", "Of them not told, under five people", "count", found.withheld)


def _net_value(found: NetValue) -> Iterator[Measure]:
    worth, coverage = found.worth, found.coverage
    counted = [
        ("amount", "Net value", worth.net),
        ("benefit", "Confirmed benefit that lasts", benefit_of(found)),
        ("run_cost", "Run cost", worth.run_cost),
        ("rework", "Rework", worth.rework),
        ("risk_loss", "Risk loss", worth.risk_loss),
    ]
    beside = [
        ("claimed_unconfirmed", "Claimed, not confirmed (not counted)", worth.claimed),
        ("build_cost", "Build cost (not counted)", worth.build_cost),
    ]
    for name, label, amount in counted:
        yield Measure(name, label, "money", amount if worth.has_net else None)
    for name, label, amount in beside:
        yield Measure(name, label, "money", None if worth.is_empty else amount)
    decayed = worth.decayed if worth.has_net else None
    yield Measure("decayed", "Confirmed benefit that did not last (not counted)", "money", decayed)
    yield Measure("cost_coverage", "Months in production with a run cost", "share", coverage.share)
    yield Measure("months_missing", "Months in production without one", "count", coverage.uncovered)


def _closed(found: Closed) -> Iterator[Measure]:
    yield Measure("with_rationale", "With a rationale", "count", found.with_rationale)
    yield Measure("without_rationale", "Without one", "count", found.without_rationale)
