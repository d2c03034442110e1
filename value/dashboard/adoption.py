"""Adoption in critical workflows (DESIGN §6.3): of those with an initiative in production on the last day of a window.

A workflow counts in each part of the company that has such an initiative, and once in the whole. How the readings of
one are added up is `value.adoption`.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from aiso.accounts.models import User

from ..adoption import AdoptionCount, AdoptionFigure, Sums, adoption_figure, critical_in_production, weeks_of
from ..kept.as_known import refuse_another
from ..models import AdoptionTotal
from .asked import Asked, counted_for

# Critical workflows, each with the places of the windows on whose last days an initiative of them ran.
RUNNING = """
    SELECT DISTINCT counted.workflow_id, day.place
    FROM ({counted}) AS counted
    JOIN portfolio_workflow AS workflow ON workflow.id = counted.workflow_id AND workflow.is_critical
    JOIN value_livespell AS spell ON spell.initiative_id = counted.pk
    JOIN unnest(%s::date[]) WITH ORDINALITY AS day (as_of, place)
        ON spell.first_on <= day.as_of AND (spell.last_on IS NULL OR spell.last_on >= day.as_of)
"""
# What was read of each by the end of its windows and before them, as running totals: those of the last week that ended
# by then. Of each window one less the other, added up over the workflows that are measured.
COUNTED = f"""
    WITH running AS ({RUNNING}), totals AS MATERIALIZED (
        SELECT workflow_id, place, total.*
        FROM (SELECT workflow_id, place FROM running UNION SELECT workflow_id, place - 1 FROM running) AS needed
        JOIN unnest(%s::date[]) WITH ORDINALITY AS day (until, n) ON day.n - 1 = needed.place
        CROSS JOIN LATERAL (
            SELECT {", ".join(AdoptionTotal.SUMS)} FROM value_adoptiontotal AS k
            WHERE k.workflow_id = needed.workflow_id AND k.week_ends_on <= day.until
            ORDER BY k.week_ends_on DESC LIMIT 1
        ) AS total
    ), counted AS (
        SELECT running.place,
            {", ".join(f"COALESCE(t.{name}, 0) - COALESCE(b.{name}, 0) AS {name}" for name in AdoptionTotal.SUMS)}
        FROM running
        LEFT JOIN totals AS t ON t.workflow_id = running.workflow_id AND t.place = running.place
        LEFT JOIN totals AS b ON b.workflow_id = running.workflow_id AND b.place = running.place - 1
    ), judged AS (
        SELECT counted.*, read > 0 AND 2 * read >= weeks AS is_measured
        FROM counted JOIN unnest(%s::int[]) WITH ORDINALITY AS w (weeks, place) USING (place)
    )
    SELECT place, count(*), count(*) FILTER (WHERE NOT is_measured), count(*) FILTER (WHERE is_measured AND told = 0),
        {", ".join(f"sum({name}) FILTER (WHERE is_measured)" for name in Sums.__dataclass_fields__)}
    FROM judged GROUP BY place
"""  # noqa: S608 (constants)


def adoptions(viewer: User, windows: Sequence[Asked]) -> list[AdoptionCount]:
    """The figure of windows that follow one another, from running totals. One query."""
    refuse_another(windows[-1].known_at)
    days, found = [asked.as_of for asked in windows], [AdoptionCount()] * len(windows)
    counted = counted_for(viewer, windows[-1]).order_by().filter(workflow__isnull=False).values("pk", "workflow_id")
    text, values = counted.query.sql_with_params()
    told: list[Any] = [days, [windows[0].before.as_of, *days], [weeks_of(asked.window) for asked in windows]]
    with connection.cursor() as cursor:
        cursor.execute(COUNTED.replace("{counted}", text), [*values, *told])
        for place, workflows, unmeasured, withheld, *sums in cursor.fetchall():
            found[place - 1] = AdoptionCount(_sums(sums), workflows, unmeasured, withheld)
    return found


def _sums(row: Sequence[Decimal | None]) -> Sums:
    """Counts of people are whole numbers; points are not."""
    told: Mapping[str, Any] = dict(zip(Sums.__dataclass_fields__, (each or 0 for each in row), strict=True))
    return Sums(**{name: Decimal(value) if name == "points" else int(value) for name, value in told.items()})  # type: ignore[arg-type]


def adoption_in(viewer: User, asked: Asked) -> AdoptionFigure:
    """The figure of one window, workflow by workflow, from the facts. Two queries."""
    counted = counted_for(viewer, asked)
    running = critical_in_production(asked.as_of, known_at=asked.known_at, initiatives=counted)
    return adoption_figure(running, asked.window, known_at=asked.known_at)
