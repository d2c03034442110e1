"""All that a pack says, as it is kept: every file and the page are drawn from this, and nothing is reckoned later.

Values are kept as decimal text beside the words in which people read them.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings

from aiso.web import figures

from ..dashboard.figures import FIGURES, Dashboard, Trend
from ..models import BoardPack
from . import words
from .measures import Measure, Value, measures_of, written
from .sentences import sentence_of

type Kept = dict[str, Any]
# Figures that say how much there is of a window, drawn as columns; the others as a line.
COLUMNS = ("net_value", "closed")


def told_of(pack: BoardPack, dashboard: Dashboard) -> Kept:
    """What a pack says of what its asker's roles show."""
    asked = pack.asked
    now, before = measures_of(dashboard.now), measures_of(dashboard.before)
    told = [
        _figure(name, now[name], before.get(name, []), dashboard.trends.get(name), pack.days)
        for name in FIGURES
        if name in now
    ]
    return {
        "title": f"Board pack: {pack.days} days to {figures.day(pack.as_of)}",
        "scope": pack.scope,
        "as_of": figures.day(pack.as_of),
        "known_at": figures.moment(pack.known_at),
        "window": _window(asked.window.first, asked.as_of),
        "before": _window(asked.before.window.first, asked.before.as_of),
        "pins": f"As of {figures.day(pack.as_of)} · as known on {figures.moment(pack.known_at)} · {pack.scope}",
        "currency": settings.REPORTING_CURRENCY,
        "figures": told,
        "definitions": _definitions([each["name"] for each in told]),
    }


def _figure(name: str, now: list[Measure], before: list[Measure], trend: Trend | None, days: int) -> Kept:
    earlier = {each.name: each for each in before}
    lines = [_line(each, earlier.get(each.name)) for each in now]
    return {
        "name": name,
        "title": words.TITLES[name],
        "value": lines[0]["now_text"],
        "before": lines[0]["before_text"],
        "target": "",
        "sentence": sentence_of(name, {each.name: each.value for each in now}, days),
        "definition": words.DEFINITIONS[name],
        "lines": lines,
        "trend": _trend(trend, name, now[0].kind),
    }


def _line(now: Measure, before: Measure | None) -> Kept:
    was = before.value if before else None
    return {
        "name": now.name,
        "label": now.label,
        "kind": now.kind,
        "now": _text(now.value),
        "now_text": written(now.kind, now.value),
        "before": _text(was),
        "before_text": written(now.kind, was),
    }


def _trend(trend: Trend | None, name: str, kind: str) -> Kept:
    points = zip(trend.days, trend.values, strict=True) if trend else ()
    return {
        "kind": kind,
        "is_column": name in COLUMNS,
        "points": [
            {"day": day.isoformat(), "label": figures.day(day), "value": _text(value), "text": _point(kind, value)}
            for day, value in points
        ],
    }


def _point(kind: str, value: Value) -> str:
    return figures.money(value) if kind == "money" and value is not None else written(kind, value)


def _text(value: Value) -> str | None:
    return None if value is None else str(value)


def _window(first: date | None, last: date) -> str:
    return f"{figures.day(first)} to {figures.day(last)}"


def _definitions(names: list[str]) -> list[Mapping[str, str]]:
    told = {"Window": words.WINDOW, "As of": words.AS_OF, "As known on": words.KNOWN_AT}
    told |= {words.TITLES[name]: words.DEFINITIONS[name] for name in names}
    return [{"term": term, "text": text} for term, text in told.items()]


def amount_of(text: str | None) -> Decimal | None:
    """A kept value as a number."""
    return None if text is None else Decimal(text)
