"""One figure over time: what its chart draws and its table says, from the same values.

A chart is rows of values over windows, weeks or months, the oldest first. Scripts draw it, the table stands without.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from aiso.accounts.models import User
from aiso.web import figures

from ..kept.as_known import as_known
from ..worth import Worth
from .adoption import adoption_in
from .adoption_weeks import adoption_weeks
from .asked import Asked, counted_for
from .closed import closed_in
from .figures import Dashboard, Trend
from .lead_time import lead_times
from .months import MonthWorth, months_of_net_value
from .targets import Targets
from .words import TITLES

HUNDRED, NOTHING = Decimal(100), Decimal(0)
# From so much on sums are told in what, and with how many places, so that a year of them stands side by side.
SCALES = [
    (Decimal(10**10), "bn", Decimal(10**9), 1),
    (Decimal(10**7), "M", Decimal(10**6), 1),
    (Decimal(10**5), "k", Decimal(10**3), 0),
]


@dataclass(frozen=True)
class Row:
    """One line of values. `look` is how it is drawn: bar, line or dashes; empty stands in the table alone. `key` names
    its colour.
    """

    name: str
    values: Sequence[Decimal | None]
    look: str = ""
    key: str = "b"
    places: int = 0
    total: Decimal | None = None

    @property
    def cells(self) -> list[str]:
        return [self._written(value) for value in self.values]

    @property
    def sum(self) -> str:
        return self._written(self.total)

    def _written(self, value: Decimal | None) -> str:
        return "–" if value is None else figures.number(value, self.places)


@dataclass(frozen=True)
class Chart:
    """`unit` is what values are told in; `labels` name the columns, `total` the last one where rows add up."""

    name: str
    unit: str
    labels: Sequence[str]
    rows: Sequence[Row]
    note: str = ""
    total: str = ""
    # What stands below a drawing: a label, and the year below it where another one begins.
    ticks: Sequence[tuple[str, int]] = ()
    # Where the window begins and ends among the columns, whose middles are 0, 1, 2 …
    window: tuple[float, float] | None = None

    @property
    def title(self) -> str:
        return TITLES[self.name]

    @property
    def headers(self) -> list[str]:
        return [self.unit, *self.labels, *([self.total] if self.total else [])]

    @property
    def is_empty(self) -> bool:
        return all(value is None for row in self.rows for value in row.values)

    @property
    def drawn(self) -> dict[str, Any]:
        """As the script reads it. Gaps are null; a row of gaps alone is not drawn."""
        drawn = [row for row in self.rows if row.look and any(value is not None for value in row.values)]
        series = [
            {
                "name": row.name,
                "look": row.look,
                "key": row.key,
                "values": [None if value is None else float(value) for value in row.values],
            }
            for row in drawn
        ]
        told = {"unit": self.unit, "labels": [*self.labels], "ticks": [*self.ticks]}
        return told | {"series": series, "window": self.window}

    def lines(self) -> Iterator[list[Any]]:
        """As a file says it."""
        yield from ([row.name, *row.values, *([row.total] if self.total else [])] for row in self.rows)


def chart_of(name: str, viewer: User, asked: Asked, dashboard: Dashboard, targets: Targets) -> Chart | None:
    """The chart of a figure; None for money that no role of the viewer shows."""
    target = targets.of(name, asked.days)
    draw: dict[str, Callable[[], Chart | None]] = {
        "lead_time": lambda: _lead_time(viewer, asked, target),
        "stable_owner": lambda: _stable_owner(dashboard.trends["stable_owner"], asked, target),
        "adoption": lambda: _adoption(viewer, asked, target),
        "net_value": lambda: _net_value(months_of_net_value(viewer, asked), asked),
        "closed": lambda: _closed(viewer, asked),
    }
    with as_known(asked.known_at):
        return draw[name]()


def _lead_time(viewer: User, asked: Asked, target: Decimal | None) -> Chart:
    told = lead_times(counted_for(viewer, asked), asked.trend)
    ninth = [None if each.p90 is None else Decimal(each.p90) for each in told]
    rows = [
        Row("Median", [each.median for each in told], "line", "b"),
        Row("90th percentile", ninth, "line", "r"),
        *_target(target, len(told)),
        Row("Reached production", [Decimal(each.count) for each in told]),
        Row("Never in pilot", [Decimal(each.without_pilot) for each in told]),
    ]
    return Chart(
        "lead_time", "Days", _ends(asked), [_halves(row) for row in rows], _windows_note(asked), ticks=_ticks(asked)
    )


def _stable_owner(trend: Trend, asked: Asked, target: Decimal | None) -> Chart:
    shares = [_per_cent(value) for value in trend.values]
    rows = [Row("Stable owner share", shares, "line", "b", 1), *_target(_per_cent(target), len(shares))]
    return Chart("stable_owner", "%", _ends(asked), rows, _windows_note(asked), ticks=_ticks(asked))


def _adoption(viewer: User, asked: Asked, target: Decimal | None) -> Chart:
    weeks = adoption_weeks(adoption_in(viewer, asked), asked)
    sums = [*weeks.values()]
    rows = [
        Row("Adoption", [_per_cent(each.share) for each in sums], "line", "b", 1),
        *_target(_per_cent(target), len(sums)),
        Row("Repeat use", [_per_cent(each.repeat_share) for each in sums], "line", "g", 1),
        Row("Opt-outs", [_per_cent(each.opt_out_share) for each in sums], "line", "r", 1),
        Row("Active users", [Decimal(each.active) if each.target else None for each in sums]),
        Row("Target users", [Decimal(each.target) if each.target else None for each in sums]),
    ]
    note = "Weeks by their last day. Repeat use is a share of the active, opt-outs of the target users."
    ticks = [(_short(week), week.year) for week in weeks]
    return Chart("adoption", "%", [_short(week) for week in weeks], rows, note, ticks=ticks)


def _net_value(months: Sequence[MonthWorth] | None, asked: Asked) -> Chart | None:
    if months is None:
        return None
    rows = [
        _part(months, "Confirmed benefit", "b", lambda worth: worth.confirmed - worth.decayed),
        _part(months, "Run cost", "r", lambda worth: -worth.run_cost),
        _part(months, "Rework", "w", lambda worth: -worth.rework),
        _part(months, "Risk loss", "l", lambda worth: -worth.risk_loss),
        _part(months, "Net value", "n", lambda worth: worth.net, look="line"),
    ]
    unit, size, places = scale(max((abs(value) for row in rows for value in row.values if value), default=NOTHING))
    note = f"Each month by the days inside it. Reporting currency {figures.symbol()}."
    scaled = [_with_total(_scaled(row, size, places)) for row in rows]
    labels = [each.label for each in months]
    ticks = [(f"{each.window.as_of:%b}", each.window.as_of.year) for each in months]
    return Chart("net_value", unit, labels, scaled, note, f"{len(months)} months", ticks, _place(months, asked))


def _part(
    months: Sequence[MonthWorth], name: str, key: str, of: Callable[[Worth], Decimal], *, look: str = "bar"
) -> Row:
    return Row(name, [None if each.is_empty else of(each.worth) for each in months], look, key)


def _closed(viewer: User, asked: Asked) -> Chart:
    told = closed_in(counted_for(viewer, asked), asked.trend)
    rows = [
        Row("With rationale", [Decimal(each.with_rationale) for each in told], "bar", "b"),
        Row("Without", [Decimal(each.without_rationale) for each in told], "bar", "l"),
    ]
    return Chart("closed", "Initiatives", _ends(asked), rows, _windows_note(asked), ticks=_ticks(asked))


def _target(target: Decimal | None, count: int) -> list[Row]:
    if target is None:
        return []
    return [Row("Target", [target] * count, "dashes", "t", max(0, -int(target.normalize().as_tuple().exponent)))]


def _halves(row: Row) -> Row:
    """With one place where a value lies between two days."""
    is_half = any(value is not None and value % 1 for value in row.values)
    return replace(row, places=1) if is_half else row


def scale(most: Decimal) -> tuple[str, Decimal, int]:
    """What sums up to `most` are told in (the reporting currency, or thousands, millions, billions of it), how many of
    the currency that is, and with how many places.
    """
    sign = figures.symbol()
    apart = figures.NBSP if sign.isalpha() else ""
    for start, letter, size, places in SCALES:
        if most >= start:
            return f"{letter}{apart}{sign}", size, places
    return sign, Decimal(1), 0


def _scaled(row: Row, size: Decimal, places: int) -> Row:
    return replace(row, values=[None if value is None else value / size for value in row.values], places=places)


def _with_total(row: Row) -> Row:
    known = [value for value in row.values if value is not None]
    return replace(row, total=sum(known, NOTHING) if known else None)


def _per_cent(share: Decimal | None) -> Decimal | None:
    return None if share is None else (share * HUNDRED).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _ends(asked: Asked) -> list[str]:
    return [figures.day(each.as_of) for each in asked.trend]


def _ticks(asked: Asked) -> list[tuple[str, int]]:
    return [(_short(each.as_of), each.as_of.year) for each in asked.trend]


def _place(months: Sequence[MonthWorth], asked: Asked) -> tuple[float, float]:
    """Where the window lies among the months, by its days."""
    first = asked.window.first
    assert first is not None
    firsts = [each.window.as_of.replace(day=1) for each in months]
    at = next(place for place in reversed(range(len(firsts))) if firsts[place] <= first)
    begun = (first - firsts[at]).days / months[at].window.as_of.day
    return round(at - 0.5 + begun, 2), len(months) - 0.5


def _short(day: date) -> str:
    return f"{day.day}{figures.NBSP}{day:%b}"


def _windows_note(asked: Asked) -> str:
    return f"Windows of {asked.days} days that follow one another, each by its last day."
