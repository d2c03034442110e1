"""From benefit to net value as a waterfall: each cost hangs from where the one before it ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from aiso.web import figures

from .cost_coverage import CostCoverage
from .worth import CONFIRMED, DECAYED, REWORK, RISK_LOSS, RUN_COST, Window, Worth

WIDTH, HEIGHT, LEFT, FOOT, HEAD = 640, 260, 72, 28, 22
NOTHING = Decimal(0)
NET = "net"
COSTS = {RUN_COST: "Run cost", REWORK: "Rework", RISK_LOSS: "Risk loss"}
# On a phone bars lie below one another, each below its label.
LYING_WIDTH, LYING_ROW, LYING_BAR = 328, 44, 16


class Step(NamedTuple):
    """A part of net value, or all of it (`net`): `look` is its class, `name` what the table calls it."""

    part: str
    label: str
    look: str
    amount: Decimal
    name: str


@dataclass(frozen=True)
class Bar:
    """One step, from one height to another."""

    step: Step
    # The same step lying: where it begins and how long it is.
    from_left: float
    length: float
    x: float
    y: float
    width: float
    height: float
    # Where the next one begins: a thin line leads there.
    end: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def text_at(self) -> float:
        return round(self.y - 6, 1)

    @property
    def joins(self) -> float:
        """The right end of the line to the next bar."""
        return round(self.x + self.width * 1.5, 1)

    @property
    def short(self) -> str:
        return figures.money(self.step.amount)

    @property
    def told(self) -> str:
        return f"{self.step.label}: {figures.exact_money(self.step.amount)}"


@dataclass(frozen=True)
class LyingBar:
    """A bar as a phone shows it, and the line that its label stands on."""

    bar: Bar
    text_at: int

    @property
    def y(self) -> int:
        return self.text_at + 6


@dataclass(frozen=True)
class Waterfall:
    """The chart, its finding in words, and what a bar does not tell by itself."""

    finding: str
    notes: list[str]
    bars: list[Bar]
    zero: float
    lying_zero: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - FOOT
    lying_width: int = LYING_WIDTH
    lying_bar: int = LYING_BAR

    @property
    def lying(self) -> list[LyingBar]:
        return [LyingBar(bar, place * LYING_ROW + 14) for place, bar in enumerate(self.bars)]

    @property
    def lying_height(self) -> int:
        return len(self.bars) * LYING_ROW


def waterfall_of(worth: Worth, window: Window, coverage: CostCoverage) -> Waterfall:
    """Confirmed benefit of all kinds, less what decayed, if any, run cost, rework and risk loss, is net value. Where a
    run cost is missing it is never drawn as good.
    """
    steps, level = [], NOTHING
    for step in _steps(worth):
        steps.append((step, level, level + step.amount))
        level += step.amount
    steps.append((_net(worth, coverage), NOTHING, worth.net))
    low, high = min(min(each[1:]) for each in steps), max(max(each[1:]) for each in steps)
    scale = _Scale(low, high)
    room = (WIDTH - LEFT) / len(steps)
    bars = [scale.bar(place * room + LEFT, room / 1.5, *step) for place, step in enumerate(steps)]
    finding = _finding(worth, window) + _left_open(coverage)
    return Waterfall(finding, [*_notes(worth)], bars, scale.at(NOTHING), scale.from_left(NOTHING))


def _steps(worth: Worth) -> list[Step]:
    """All that net value is made of; a cost of less than nothing is told as what it is."""
    name = "Confirmed benefit"
    steps = [Step(CONFIRMED, name, "up", worth.confirmed, _of_all_kinds(name, worth))]
    if worth.decayed:
        steps.append(Step(DECAYED, "Decayed", "down", -worth.decayed, _of_all_kinds("Decayed", worth)))
    for part, label in COSTS.items():
        amount = worth.sum_of(part)
        steps.append(Step(part, label, "down" if amount >= 0 else "back", -amount, _cost_name(label, amount)))
    return steps


def _cost_name(label: str, amount: Decimal) -> str:
    return label if amount >= 0 else f"{label}, taken back"


def _net(worth: Worth, coverage: CostCoverage) -> Step:
    """The last bar. Nothing but complete net value of no less than nothing looks good (DESIGN §6.4)."""
    where_gained = "net" if coverage.is_complete else "open"
    look = where_gained if worth.net >= 0 else "loss"
    label, name = ("Net value", "Net value") if coverage.is_complete else ("Net, incomplete", "Net value, incomplete")
    return Step(NET, label, look, worth.net, _of_all_kinds(name, worth))


def _of_all_kinds(name: str, worth: Worth) -> str:
    return f"{name}, all kinds added up" if worth.is_mixed else name


@dataclass(frozen=True)
class _Scale:
    low: Decimal
    high: Decimal

    @property
    def span(self) -> Decimal:
        return self.high - self.low or Decimal(1)

    def at(self, amount: Decimal) -> float:
        """How far below the top an amount stands."""
        return round(HEAD + float((self.high - amount) / self.span) * (HEIGHT - FOOT - HEAD), 1)

    def from_left(self, amount: Decimal) -> float:
        """How far from the left an amount stands where bars lie."""
        return round(2 + float((amount - self.low) / self.span) * (LYING_WIDTH - 4), 1)

    def bar(self, x: float, width: float, step: Step, begin: Decimal, end: Decimal) -> Bar:
        top, bottom = self.at(max(begin, end)), self.at(min(begin, end))
        left, right = self.from_left(min(begin, end)), self.from_left(max(begin, end))
        tall, length = max(round(bottom - top, 1), 1), max(round(right - left, 1), 1)
        place = (round(x, 1), top, round(width, 1), tall, self.at(end))
        return Bar(step, left, length, *place)


def _left_open(coverage: CostCoverage) -> str:
    return "" if coverage.is_complete else "; incomplete, for run cost is missing"


def _notes(worth: Worth) -> Iterator[str]:
    for part, label in COSTS.items():
        if (amount := worth.sum_of(part)) < 0:
            told = figures.exact_money(-amount)
            yield f"{label} is {told} below 0: reversals take back more in these days than was posted for them."


def _finding(worth: Worth, window: Window) -> str:
    net, confirmed = figures.money(worth.net), worth.confirmed
    told = f"{figures.money(confirmed)} confirmed benefit{', all kinds added up,' if worth.is_mixed else ''}"
    if confirmed < 0:
        return f"Reversals take {figures.money(-confirmed)} of confirmed benefit back in these days; net value {net}"
    if not confirmed:
        posted = window.first or any(part == CONFIRMED for part, _ in worth.parts)
        return f"{'Nothing confirmed counts in these days' if posted else 'Nothing is confirmed yet'}; net value {net}"
    if worth.net < 0:
        lasting = figures.money(confirmed - worth.decayed)
        mixed = ", all kinds added up" if worth.is_mixed else ""
        that_lasts = " that lasts" if worth.decayed else ""
        more = f"{figures.money(-worth.net)} more than the {lasting} of confirmed benefit{that_lasts}{mixed}"
        return f"Operating costs are {more}"
    if worth.decayed:
        return f"Of {told} {figures.money(worth.decayed)} decayed and {net} is left after operating costs"
    return f"Of {told} {net} is left after operating costs"
