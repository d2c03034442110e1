"""What a chart shows, in its title."""

from collections.abc import Sequence
from decimal import Decimal

from aiso.web import figures

from .charts import Chart
from .figures import Dashboard
from .reading import headline
from .words import more_or_less, written

NOTHING = Decimal(0)
WORTH = "Net value"


def finding(name: str, dashboard: Dashboard, chart: Chart | None, days: int) -> str:
    """The finding of one figure's chart; what it would tell of, where there is nothing to be found."""
    now, before = headline(dashboard.now, name), headline(dashboard.before, name)
    if now is None:
        return _nothing(name, days)
    value, compared = written(name, now), _compared(name, now, before, days)
    if name == "net_value":
        return _net_value(str(value), compared, chart, days, fell=before is not None and now < before)
    if name == "lead_time":
        return f"Half of what reached production took {value} or less{compared}"
    if name == "stable_owner":
        return f"{value} of active initiatives have a stable owner{compared}"
    if name == "adoption":
        return f"{value} of target users used critical workflows in a week{compared}"
    return f"{figures.plural(int(now), 'initiative')} closed with a rationale in {days} days{compared}"


def _compared(name: str, now: Decimal, before: Decimal | None, days: int) -> str:
    told = "" if before is None else more_or_less(name, now, before)
    return f", {told} than in the {days} days before" if told else ""


def _net_value(value: str, compared: str, chart: Chart | None, days: int, *, fell: bool) -> str:
    came = f"{'fell to' if fell else 'reached'} {value} in the last {days} days"
    if not fell and chart and (month := turned_positive(chart)):
        return f"Net value turned positive in {month} and {came}"
    return f"Net value {came}{compared}"


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
