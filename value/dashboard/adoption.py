"""Adoption in critical workflows (DESIGN §6.3): of those with an initiative in production on the last day of a window.

A workflow counts in each part of the company that has such an initiative, and once in the whole. How the readings of
one are added up is `value.adoption`.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection

from aiso.accounts.models import User

from ..adoption import Adoption, AdoptionFigure, Sums, adoption_by_workflow, critical_in_production, weeks_of
from ..models import AdoptionTotal
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
# The running totals of each workflow on each of some days: those of the last week that ended by then.
TOTALS = f"""
    SELECT workflow.id, day.place - 1, {", ".join(f"total.{name}" for name in AdoptionTotal.SUMS)}
    FROM unnest(%s::bigint[]) AS workflow (id)
    CROSS JOIN unnest(%s::date[]) WITH ORDINALITY AS day (as_of, place)
    CROSS JOIN LATERAL (
        SELECT * FROM value_adoptiontotal AS k WHERE k.workflow_id = workflow.id AND k.week_ends_on <= day.as_of
        ORDER BY k.week_ends_on DESC LIMIT 1
    ) AS total
"""  # noqa: S608 (a constant)
NOTHING_READ = (0,) * len(AdoptionTotal.SUMS)
type Place = tuple[int, int]


def adoptions(viewer: User, windows: Sequence[Asked]) -> list[AdoptionFigure]:
    """The figure of windows that follow one another. Two queries; one more for each window that is not known now."""
    if windows[-1].known_at:
        running, read = _running_then(viewer, windows), _read_then
    else:
        running, read = _running(viewer, windows), _read
    found = read({workflow for workflow, _ in running}, windows) if running else {}
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
    """What was read of each workflow in each window that it was read in: one running total less another."""
    days = [windows[0].before.as_of, *(asked.as_of for asked in windows)]
    totals: dict[int, dict[int, tuple[Any, ...]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, [[*workflows], days])
        for workflow, place, *sums in cursor.fetchall():
            totals[workflow][place] = tuple(sums)
    found = {}
    for workflow, sums_by_day in totals.items():
        for place, asked in enumerate(windows):
            before, until = sums_by_day.get(place, NOTHING_READ), sums_by_day.get(place + 1, NOTHING_READ)
            read, told, *sums = (until - before for before, until in zip(before, until, strict=True))
            if read:
                found[workflow, place] = Adoption(weeks_of(asked.window), read, told, Sums(*sums))
    return found


def _read_then(workflows: Collection[int], windows: Sequence[Asked]) -> dict[Place, Adoption]:
    """The same, as it was known then."""
    return {
        (workflow, place): adoption
        for place, asked in enumerate(windows)
        for workflow, adoption in adoption_by_workflow(workflows, asked.window, known_at=asked.known_at).items()
    }
