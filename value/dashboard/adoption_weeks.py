"""Adoption week by week over the workflows that a figure counts: its sums, laid out over the weeks of the window."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from ..adoption import SUMS, AdoptionFigure, Sums
from ..models import AdoptionReading
from ..weeks import A_WEEK, week_ending
from .asked import Asked


def adoption_weeks(figure: AdoptionFigure, asked: Asked) -> dict[date, Sums]:
    """By the last day of each week that ends in the window, without what is unmeasured. Added up they are the sums of
    the figure. One query.
    """
    counted = [pk for pk, each in figure.by_workflow.items() if not each.is_unmeasured]
    window = asked.window
    rows = (
        AdoptionReading.objects.known(asked.known_at)
        .with_retold()
        .filter(workflow__in=counted, week_ends_on__range=(window.first, window.as_of))
    )
    found = dict.fromkeys(_weeks(asked), Sums())
    grouped: Iterable[Any] = rows.order_by().values("week_ends_on").annotate(**SUMS)
    for row in grouped:
        told: dict[str, Any] = {name.removeprefix("sum_"): row[name] or 0 for name in SUMS}
        found[row["week_ends_on"]] = Sums(**told)
    return found


def _weeks(asked: Asked) -> Iterable[date]:
    first = asked.window.first
    assert first is not None
    week = week_ending(first)
    while week <= asked.as_of:
        yield week
        week += A_WEEK
