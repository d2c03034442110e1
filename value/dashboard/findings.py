"""What a chart shows, in its title."""

from collections.abc import Sequence
from decimal import Decimal

from aiso.web import figures

from .charts import Chart
from .figures import Dashboard
from .reading import headline
from .words import SHARES, difference, written

NOTHING = Decimal(0)
WORTH = "Net value"


def finding(name: str, dashboard: Dashboard, chart: Chart | None, days: int) -> str:
    """The finding of one figure's chart; what it would tell of, where there is nothing to be found."""
    now, before = headline(dashboard.now, name), headline(dashboard.before, name)
    if now is None:
        return _nothing(name, days)
    value = written(name, now)
    told = "" if before is None else difference(name, now, before)
    if name == "net_value":
        return _net_value(str(value), told, chart, days)
    if name == "lead_time":
        compared = f", {told} than in the {days} days before" if told not in ("", "as before") else ""
        return f"Half of what reached production took {value} or less{compared}"
    if name in SHARES:
        what = "of active initiatives have a stable owner" if name == "stable_owner" else "of target users were active"
        compared = f", {told} against the {days} days before" if told not in ("", "as before") else ""
        return f"{value} {what}{compared}"
    ended = figures.plural(int(now), "initiative")
    compared = f", {told} against the {days} days before" if told not in ("", "as before") else ""
    return f"{ended} closed with a rationale in {days} days{compared}"


def _net_value(value: str, told: str, chart: Chart | None, days: int) -> str:
    reached = f"reached {value} in the last {days} days"
    if chart and (month := turned_positive(chart)):
        return f"Net value turned positive in {month} and {reached}"
    compared = f", {told} against the {days} days before" if told not in ("", "as before") else ""
    return f"Net value {reached}{compared}"


def turned_positive(chart: Chart) -> str:
    """The month from which net value has been above nothing ever since; empty where it always was, or is not."""
    values: Sequence[Decimal | None] = next((row.values for row in chart.rows if row.name == WORTH), ())
    months = [*zip(chart.labels, values, strict=False)]
    below = [place for place, (_, value) in enumerate(months) if value is not None and value <= NOTHING]
    if not below or below[-1] == len(months) - 1:
        return ""
    after = months[below[-1] + 1]
    return "" if after[1] is None or after[0].startswith("to ") else after[0]


def _nothing(name: str, days: int) -> str:
    return {
        "lead_time": f"No pilot reached production in these {days} days",
        "stable_owner": "No initiative was active on the last day",
        "adoption": "Nothing was read of critical workflows in production",
        "net_value": "Nothing is posted in the ledger for these days",
    }.get(name, f"Nothing was closed in these {days} days")
