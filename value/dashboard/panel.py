"""The figure that is open under the tiles: what it is made of, against the window before, and what stands beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from aiso.web import figures, markup
from portfolio.models import OwnerKind

from .figures import Figures, LeadTime, NetValue, StableOwner
from .sentences import benefit_of


@dataclass(frozen=True)
class Made:
    """One part of a figure, in words; `key` is its colour in the chart."""

    name: str
    before: str
    now: str
    key: str = ""
    is_whole: bool = False
    # Which of the rows behind the figure it counts, where not all.
    show: str = ""


@dataclass(frozen=True)
class Panel:
    """`head` stands above the first column. `beside` never enters the figure: name, value, and which rows it counts."""

    head: str
    made: Sequence[Made]
    beside: Sequence[tuple[str, str, str]]


type Tells = Callable[[Figures], str]


def panel_of(name: str, now: Figures, before: Figures) -> Panel:
    """What the figure of a window is made of. Of money only for those whose role shows it."""
    draw = {
        "lead_time": _lead_time,
        "stable_owner": _stable_owner,
        "adoption": _adoption,
        "net_value": _net_value,
        "closed": _closed,
    }
    return draw[name](now, before)


def _made(name: str, tells: Tells, now: Figures, before: Figures, key: str = "", *, is_whole: bool = False) -> Made:
    return Made(name, tells(before), tells(now), key, is_whole)


def _days(value: Decimal | int | None) -> str:
    return "–" if value is None else figures.measured(Decimal(value))


def _lead_time(now: Figures, before: Figures) -> Panel:
    rows: list[tuple[str, Callable[[LeadTime], Decimal | int | None]]] = [
        ("Median", lambda told: told.median),
        ("90th percentile", lambda told: told.p90),
        ("Reached production", lambda told: told.count),
    ]
    made = [Made(name, _days(of(before.lead_time)), _days(of(now.lead_time)), show="piloted") for name, of in rows]
    was, told = before.lead_time, now.lead_time
    never = figures.number(was.without_pilot), figures.number(told.without_pilot)
    made.append(Made("Never in pilot", *never, show="unpiloted"))
    beside = [
        ("Pilots still open", figures.number(told.open_pilots), "open"),
        ("Their median age", _days(told.open_median), "open"),
        ("The oldest", _days(told.open_oldest), "open"),
    ]
    return Panel("Days", made, beside)


def _stable_owner(now: Figures, before: Figures) -> Panel:
    def line(name: str, show: str, of: Callable[[StableOwner], int], *, is_whole: bool = False) -> Made:
        was, told = figures.number(of(before.stable_owner)), figures.number(of(now.stable_owner))
        return Made(name, was, told, is_whole=is_whole, show=show)

    def lacks(kind: OwnerKind) -> Made:
        return line(f"No {kind.label.lower()}", f"lacks_{kind.value}", lambda told: told.lacking.get(kind.value, 0))

    made = [
        line("Stable", "stable", lambda told: told.stable),
        *map(lacks, OwnerKind),
        line("Business owner is new", "new", lambda told: told.new),
        line("Active", "active", lambda told: told.active, is_whole=True),
    ]
    return Panel("Initiatives", made, [("Paused", figures.number(now.stable_owner.paused), "paused")])


def _adoption(now: Figures, before: Figures) -> Panel:
    def share(value: Decimal | None) -> str:
        return "–" if value is None else figures.percent(value, 1)

    made = [
        _made("Active users", lambda told: _users(told, "active"), now, before),
        _made("Target users", lambda told: _users(told, "target"), now, before),
        _made("Repeat use", lambda told: share(told.adoption.sums.repeat_share), now, before),
        _made("Opt-outs", lambda told: share(told.adoption.sums.opt_out_share), now, before),
        _made("Satisfaction, 1 to 5", lambda told: _score(told.adoption.sums.satisfaction), now, before),
    ]
    figure = now.adoption
    beside = [
        ("Critical workflows in production", figures.number(figure.workflows), "all"),
        ("Unmeasured", figures.number(figure.unmeasured), "unmeasured"),
        ("Too small to be told", figures.number(figure.withheld), "withheld"),
    ]
    return Panel("Weeks added up", made, beside)


def _users(told: Figures, of: Literal["active", "target"]) -> str:
    """Where nothing is measured nobody was counted, which is not nobody."""
    sums = told.adoption.sums
    return figures.number(getattr(sums, of)) if sums.target else "–"


def _score(value: Decimal | None) -> str:
    return "–" if value is None else figures.number(value, 2)


def _net_value(now: Figures, before: Figures) -> Panel:
    made = [
        _made("Confirmed benefit", lambda told: _money(told, benefit_of), now, before, "b"),
        _made("Run cost", lambda told: _money(told, lambda each: -each.worth.run_cost), now, before, "r"),
        _made("Rework", lambda told: _money(told, lambda each: -each.worth.rework), now, before, "w"),
        _made("Risk loss", lambda told: _money(told, lambda each: -each.worth.risk_loss), now, before, "l"),
        _made("Net value", lambda told: _money(told, lambda each: each.worth.net), now, before, is_whole=True),
    ]
    beside = [
        ("Claimed, unconfirmed", _money(now, lambda each: each.worth.claimed, is_beside=True), "claimed"),
        ("Build cost", _money(now, lambda each: each.worth.build_cost, is_beside=True), "build_cost"),
        ("Decayed benefit", _money(now, lambda each: each.worth.decayed), "decayed"),
        ("Months with run cost", _coverage(now), "uncovered"),
    ]
    return Panel("Made of", made, beside)


def _money(told: Figures, of: Callable[[NetValue], Decimal], *, is_beside: bool = False) -> str:
    """With the exact sum on hover. What stands beside net value is told where that itself has no data."""
    if told.net_value is None:
        return "–"
    worth = told.net_value.worth
    is_told = worth.has_net or (is_beside and not worth.is_empty)
    return markup.money(of(told.net_value)) if is_told else "–"


def _coverage(now: Figures) -> str:
    if now.net_value is None or now.net_value.coverage.share is None:
        return "–"
    covered, missing = now.net_value.coverage.covered, now.net_value.coverage.uncovered
    return f"{figures.number(covered)} of {figures.number(covered + missing)}"


def _closed(now: Figures, before: Figures) -> Panel:
    was, told = (figures.number(each.closed.without_rationale) for each in (before, now))
    made = [
        _made("With rationale", lambda each: figures.number(each.closed.with_rationale), now, before, "b"),
        Made("Without", was, told, "l", show="without"),
    ]
    return Panel("Initiatives", made, [])
