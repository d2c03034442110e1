"""All that a pack says, as it is kept: every file and the page are drawn from this, and nothing is reckoned later.

Values are kept as decimal text beside the words in which people read them.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings

from aiso.web import figures

from ..dashboard import words
from ..dashboard.figures import FIGURES, Dashboard, Trend
from ..dashboard.sentences import listed, reading
from ..dashboard.targets import Targets
from ..dashboard.tiles import standing_of, value_of
from ..models import BoardPack
from .measures import NO_DATA, Measure, Value, measures_of, written
from .pins import asked_of
from .whose_money import Units, is_of_a_part, money_of, scope_with_money

type Kept = dict[str, Any]
# Where a value is of the last window alone.
NOT_TOLD = "–"
# Figures that say how much there is of a window, drawn as columns; the others as a line.
COLUMNS = ("net_value", "closed")
WINDOW = "The days of the figures, the last one included, in the office’s time zone. The window before is as long."
AS_OF = "The last day that is counted: what happened later is in no figure."
KNOWN_AT = (
    "What was recorded after this moment is in no figure. Where later records change a figure of the same days, the"
    " page of this pack says so."
)
WHOSE = "Net value counts the money of {}, and of the units below. The roles of whoever asked reach no further."
OF_A_PART = "The company’s target is of all its money; that of a part is not compared with it."
RESTATED = "Restated: what was recorded after the last day counted has changed it."


def told_of(pack: BoardPack, dashboard: Dashboard, targets: Targets) -> Kept:
    """What a pack says of what its asker's roles show; they reach as far as the pack names units."""
    asked, money = asked_of(pack), money_of([pack])[pack.pk]
    scope = scope_with_money(pack, money)
    shown = [name for name in FIGURES if name != "net_value" or dashboard.now.net_value]
    return {
        "title": f"Board pack: {pack.days} days to {figures.day(pack.as_of)}",
        "scope": scope,
        "as_of": figures.day(pack.as_of),
        "known_at": figures.moment(pack.known_at),
        "window": _window(asked.window.first, asked.as_of),
        "before": _window(asked.before.window.first, asked.before.as_of),
        "pins": f"As of {figures.day(pack.as_of)} · as known on {figures.moment(pack.known_at)} · {scope}",
        "currency": settings.REPORTING_CURRENCY,
        "figures": [_figure(name, dashboard, *_target(name, pack, targets)) for name in shown],
        "definitions": _definitions(shown, money),
    }


def _target(name: str, pack: BoardPack, targets: Targets) -> tuple[Decimal | None, str]:
    """What a figure is compared with, and why it is not. A share or a median of a part compares; a sum does not."""
    target = targets.of(name, pack.days)
    if name == "net_value" and target is not None and is_of_a_part(pack):
        return None, OF_A_PART
    return target, ""


def _figure(name: str, dashboard: Dashboard, target: Decimal | None, why_not: str) -> Kept:
    value, was = value_of(dashboard.now, name), value_of(dashboard.before, name)
    now, before = measures_of(name, dashboard.now), measures_of(name, dashboard.before)
    earlier = {each.name: each for each in before}
    return {
        "name": name,
        "title": words.TITLES[name],
        "value": _headline(name, value),
        "before": _headline(name, was),
        "change": "" if value is None or was is None else words.difference(name, value, was),
        "target": "" if target is None else str(words.written(name, target)),
        "standing": standing_of(name, dashboard.now, target).word,
        "sentence": reading(name, dashboard.now, target),
        "note": RESTATED if name in dashboard.restated else "",
        "definition": f"{words.DEFINITIONS[name]} {why_not}".strip(),
        "lines": [_line(each, earlier.get(each.name)) for each in now],
        "trend": _trend(dashboard.trends[name], name, now[0].kind),
    }


def _headline(name: str, value: Decimal | None) -> str:
    return NO_DATA if value is None else str(words.written(name, value))


def _line(now: Measure, before: Measure | None) -> Kept:
    was = before.value if before and now.has_before else None
    return {
        "name": now.name,
        "label": now.label,
        "kind": now.kind,
        "now": _text(now.value),
        "now_text": written(now.kind, now.value),
        "before": _text(was),
        "before_text": written(now.kind, was) if now.has_before else NOT_TOLD,
    }


def _trend(trend: Trend, name: str, kind: str) -> Kept:
    return {
        "kind": kind,
        "is_column": name in COLUMNS,
        "points": [
            {"day": day.isoformat(), "label": figures.day(day), "value": _text(value), "text": _headline(name, value)}
            for day, value in zip(trend.days, trend.values, strict=True)
        ],
    }


def _text(value: Value) -> str | None:
    return None if value is None else str(value)


def _window(first: date | None, last: date) -> str:
    return f"{figures.day(first)} to {figures.day(last)}"


def _definitions(names: list[str], money: Units) -> list[Mapping[str, str]]:
    told = {"Window": WINDOW, "As of": AS_OF, "As known on": KNOWN_AT}
    if money:
        told["Whose money"] = WHOSE.format(listed([unit.name for unit in money]))
    told |= {words.TITLES[name]: words.DEFINITIONS[name] for name in names}
    return [{"term": term, "text": text} for term, text in told.items()]


def amount_of(text: str | None) -> Decimal | None:
    """A kept value as a number."""
    return None if text is None else Decimal(text)
