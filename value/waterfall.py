"""From benefit to net value as a waterfall: each cost hangs from where the one before it ended."""

from dataclasses import dataclass
from decimal import Decimal

from aiso.web import figures

from .worth import Worth

WIDTH, HEIGHT, LEFT, FOOT, HEAD = 640, 260, 72, 28, 22
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Bar:
    """One step, from one height to another; `look` is its class, `at` the middle of its label."""

    label: str
    look: str
    amount: Decimal
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
        return figures.money(self.amount)

    @property
    def told(self) -> str:
        return f"{self.label}: {figures.exact_money(self.amount)}"


@dataclass(frozen=True)
class Waterfall:
    """The chart, and its finding in words."""

    finding: str
    bars: list[Bar]
    zero: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - FOOT


def waterfall_of(worth: Worth) -> Waterfall:
    """Confirmed benefit of all kinds, less what decayed, if any, run cost, rework and risk loss, is net value."""
    costs = (("Run cost", worth.run_cost), ("Rework", worth.rework), ("Risk loss", worth.risk_loss))
    taken = (("Decayed", worth.decayed), *costs) if worth.decayed else costs
    steps = [("Confirmed benefit", "up", worth.confirmed), *((label, "down", -amount) for label, amount in taken)]
    edges, level = [], NOTHING
    for label, look, amount in steps:
        edges.append((label, look, amount, level, level + amount))
        level += amount
    edges.append(("Net value", "net" if worth.net >= 0 else "loss", worth.net, NOTHING, worth.net))
    low, high = min(NOTHING, *(min(each[3:]) for each in edges)), max(NOTHING, *(max(each[3:]) for each in edges))
    scale = _Scale(low, high)
    room = (WIDTH - LEFT) / len(edges)
    bars = [scale.bar(place * room + LEFT, room / 1.5, *edge) for place, edge in enumerate(edges)]
    return Waterfall(_finding(worth), bars, scale.at(NOTHING))


@dataclass(frozen=True)
class _Scale:
    low: Decimal
    high: Decimal

    def at(self, amount: Decimal) -> float:
        """How far below the top an amount stands."""
        tall = HEIGHT - FOOT - HEAD
        span = self.high - self.low or Decimal(1)
        return round(HEAD + float((self.high - amount) / span) * tall, 1)

    def bar(self, x: float, width: float, label: str, look: str, amount: Decimal, begin: Decimal, end: Decimal) -> Bar:
        top, bottom = self.at(max(begin, end)), self.at(min(begin, end))
        return Bar(label, look, amount, round(x, 1), top, round(width, 1), max(round(bottom - top, 1), 1), self.at(end))


def _finding(worth: Worth) -> str:
    net = figures.money(worth.net)
    if not worth.confirmed:
        return f"Nothing is confirmed yet; net value {net}"
    if worth.net < 0:
        told = figures.money(worth.confirmed - worth.decayed)
        lasting = "confirmed benefit that lasts" if worth.decayed else "confirmed benefit"
        return f"Operating costs are {figures.money(-worth.net)} more than the {told} of {lasting}"
    if worth.decayed:
        told = f"{figures.money(worth.decayed)} decayed and {net} is left after operating costs"
        return f"Of {figures.money(worth.confirmed)} confirmed benefit {told}"
    return f"Of {figures.money(worth.confirmed)} confirmed benefit {net} is left after operating costs"
