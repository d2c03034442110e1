"""What the five figures are called and mean (DESIGN §6), and how one value of each is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from aiso.web import figures

TITLES: Mapping[str, str] = {
    "lead_time": "Lead time, pilot to production",
    "stable_owner": "Stable owner share",
    "adoption": "Adoption in critical workflows",
    "net_value": "Net value after operating costs",
    "closed": "Closed with rationale",
}
# As a sentence names them together: `owners and adoption`.
SHORT: Mapping[str, str] = {
    "lead_time": "lead time",
    "stable_owner": "owners",
    "adoption": "adoption",
    "net_value": "net value",
}
DEFINITIONS: Mapping[str, str] = {
    "lead_time": (
        "Days from first entering pilot to first entering production (limited rollout or scale), over initiatives that"
        " first entered production in the window. Paused days count. Those that never were in pilot are counted apart."
    ),
    "stable_owner": (
        "Of the initiatives active on the last day (discovery to scale, not paused), the share with all three owners"
        " filled by active people and the same business owner throughout the window, or since the initiative began."
    ),
    "adoption": (
        "Over critical workflows with an initiative in production: weekly active users ÷ target users, added up over"
        " the weeks that end in the window. A workflow read for fewer than half the weeks is unmeasured and counts"
        " nowhere. Nothing is told of a group under five people."
    ),
    "net_value": (
        "Finance-confirmed benefit, as far as its outcome lasts, − run cost − rework − risk loss, by the days inside"
        " the window, rounded once at the end. Incomplete where something in production has a month without run cost."
    ),
    "closed": (
        "Initiatives closed or merged in the window with a rationale. Those without one, from imported history, are"
        " counted apart."
    ),
}
MONEY_SEEN_BY = "The office, finance, executives and auditors see the money of the portfolio."
SHARES = ("stable_owner", "adoption")
AS_BEFORE = "as before"


@dataclass(frozen=True)
class Written:
    """A value, the unit beside it, and the exact sum of money."""

    value: str
    unit: str = ""
    exact: str = ""

    def __str__(self) -> str:
        return f"{self.value}{figures.NBSP}{self.unit}" if self.unit else self.value


def written(name: str, value: Decimal) -> Written:
    """`142` `days`, `81.0` `%`, `3.39` `M€`, `34`."""
    if name == "lead_time":
        return Written(figures.measured(value), "day" if value == 1 else "days")
    if name in SHARES:
        return Written(figures.number(value * 100, 1), "%")
    if name == "net_value":
        text, _, unit = figures.money(value).partition(figures.NBSP)
        return Written(text, unit, figures.exact_money(value))
    return Written(figures.number(value))


def difference(name: str, now: Decimal, before: Decimal) -> str:
    """`11 days shorter`, `+2.6 points`, `+1.73 M€`, `−9`; `as before` where it is written the same."""
    change = now - before
    if name == "lead_time":
        words = f"{figures.measured(abs(change))} {'day' if abs(change) == 1 else 'days'}"
        return f"{words} {'shorter' if change < 0 else 'longer'}" if change else AS_BEFORE
    if name in SHARES:
        points = round(now * 100, 1) - round(before * 100, 1)
        return f"{_signed(figures.number(points, 1), points)} points" if points else AS_BEFORE
    text = figures.money(change) if name == "net_value" else figures.number(change)
    return _signed(text, change) if change else AS_BEFORE


def more_or_less(name: str, now: Decimal, before: Decimal) -> str:
    """`11 days less`, `2.6 points more`, `1.73 M€ more`; empty where both are written the same."""
    told = difference(name, now, before)
    if told == AS_BEFORE:
        return ""
    amount = told.removeprefix("+").removeprefix(figures.MINUS).removesuffix(" shorter").removesuffix(" longer")
    return f"{amount} {'more' if now > before else 'less'}"


def _signed(text: str, change: Decimal) -> str:
    return f"+{text}" if change > 0 else text
