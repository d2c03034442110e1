"""Adoption in critical workflows (DESIGN §6.3): of those with an initiative in production on the last day of a window.

A workflow counts in each part of the company that has such an initiative, and once in the whole. How the readings of
one are added up is `value.adoption`.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Count, F, Value

from aiso.accounts.models import User

from ..adoption import SUMS, Adoption, AdoptionFigure, Sums, critical_in_production, weeks_of
from ..adoption_told import TELLS
from ..models import AdoptionReading
from ..worth import DaysCovered
from .asked import Asked, counted_for

# Critical workflows, each with the places of the windows on whose last days an initiative of them ran.
RUNNING = """
    SELECT DISTINCT counted.workflow_id, day.place - 1
    FROM ({counted}) AS counted
    JOIN portfolio_workflow AS workflow ON workflow.id = counted.workflow_id AND workflow.is_critical
    JOIN value_livespell AS spell ON spell.initiative_id = counted.pk
    JOIN unnest(%s::date[]) WITH ORDINALITY AS day (as_of, place)
        ON spell.first_on <= day.as_of AND (spell.last_on IS NULL OR spell.last_on >= day.as_of)
"""
type Place = tuple[int, int]


def adoptions(viewer: User, windows: Sequence[Asked]) -> list[AdoptionFigure]:
    """The figure of windows that follow one another. Two queries; one more for each window that is not known now."""
    running = _running_then(viewer, windows) if windows[-1].known_at else _running(viewer, windows)
    found = _read({workflow for workflow, _ in running}, windows)
    figures: list[dict[int, Adoption]] = [{} for _ in windows]
    for workflow, place in sorted(running):
        unread = Adoption(weeks_of(windows[place].window))
        figures[place][workflow] = found.get((workflow, place), unread)
    return [AdoptionFigure(each) for each in figures]


def _running(viewer: User, windows: Sequence[Asked]) -> set[Place]:
    counted = counted_for(viewer, windows[-1]).order_by().filter(workflow__isnull=False).values("pk", "workflow_id")
    text, values = counted.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(RUNNING.format(counted=text), [*values, [asked.as_of for asked in windows]])
        return {*cursor.fetchall()}


def _running_then(viewer: User, windows: Sequence[Asked]) -> set[Place]:
    return {
        (workflow.pk, place)
        for place, asked in enumerate(windows)
        for workflow in critical_in_production(
            asked.as_of, known_at=asked.known_at, initiatives=counted_for(viewer, asked)
        )
    }


def _read(workflows: Collection[int], windows: Sequence[Asked]) -> dict[Place, Adoption]:
    """What was read of each workflow in each window that it was read in."""
    last = windows[-1]
    back = (DaysCovered(Value(last.as_of), F("week_ends_on")) - 1) / last.days
    rows = AdoptionReading.objects.known(last.known_at).with_retold().order_by()
    rows = rows.filter(workflow__in=workflows, week_ends_on__range=(windows[0].window.first, last.as_of))
    counted: dict[str, Any] = {"read": Count("pk"), "told": Count("pk", filter=TELLS)} | SUMS
    grouped: Iterable[Any] = rows.annotate(back=back).values("workflow", "back").annotate(**counted)
    found = {}
    for row in grouped:
        place = len(windows) - 1 - row["back"]
        told: dict[str, Any] = {name.removeprefix("sum_"): row[name] or 0 for name in SUMS}
        weeks = weeks_of(windows[place].window)
        found[row["workflow"], place] = Adoption(weeks, row["read"], row["told"], Sums(**told))
    return found
