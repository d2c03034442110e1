"""Outcomes that are off target or that nobody measures.

Of the metrics of active initiatives the latest measurement by the day counts, of those that no later one corrects and
finance did not reject. The first of these that holds says what is wrong:

- worse: it is worse than the baseline.
- off_target: it misses the target, whose day is past or was never told, and is no better than the measurement before,
  or the baseline where there is none: as on scorecards.
- stale: it is older than the limit (90 days). From pilot on.
- falling: it is worse than the measurement before, and not at the target.
- short: it misses the target, whose day is past or was never told, but got better.
- never, no_metric: there is none. From pilot on.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.urls import reverse

from aiso.web import figures
from forums.models import Forum
from forums.sources import Proposed
from portfolio.models import Initiative, OutcomeMetric
from portfolio.models.initiative import InitiativeQuerySet
from portfolio.models.stage import ACTIVE, IN_PRODUCTION, Stage

from .limits import Limits, limits_in_force
from .rows import SHOWN, Heads, Listed, Row, Sight, known_by, measuring

SOURCE = "outcomes_off_target"
# What is wrong, the worst first, and how a sentence counts it.
STATES = {
    "worse": "worse than the baseline",
    "off_target": "off target",
    "falling": "worse than before",
    "short": "getting better but short of the target",
    "stale": "not measured lately",
    "never": "never measured",
    "no_metric": "without a metric",
}
STATE_LABELS = {
    "worse": "Worse than the baseline",
    "off_target": "Off target",
    "falling": "Worse than the time before",
    "short": "Getting better, but short of the target",
    "stale": "Not measured lately",
    "never": "Never measured",
    "no_metric": "Never measured",
}
HEADS = Heads("Outcome", "Business owner", "Measured")
MEASURING = (Stage.PILOT, *IN_PRODUCTION)
FOUND = """
    WITH told AS (
        SELECT i.id AS initiative, m.id AS metric, x.value, x.measured_on, CASE
            WHEN m.id IS NULL THEN CASE WHEN i.stage = ANY(%s) THEN 'no_metric' END
            WHEN x.value IS NULL THEN CASE WHEN i.stage = ANY(%s) THEN 'never' END
            WHEN (x.value - m.baseline) * s.sign < 0 THEN 'worse'
            WHEN misses AND NOT gains THEN 'off_target'
            WHEN x.measured_on < %s AND i.stage = ANY(%s) THEN 'stale'
            WHEN (x.value - x.before) * s.sign < 0 AND COALESCE((x.value - m.target) * s.sign < 0, TRUE) THEN 'falling'
            WHEN misses THEN 'short'
            END AS state
        FROM portfolio_initiative AS i
        LEFT JOIN portfolio_outcomemetric AS m ON m.initiative_id = i.id
        LEFT JOIN LATERAL (SELECT CASE m.direction WHEN 'up' THEN 1 ELSE -1 END AS sign) AS s ON TRUE
        LEFT JOIN LATERAL (
            SELECT r.value, r.measured_on, LEAD(r.value) OVER (ORDER BY r.measured_on DESC, r.id DESC) AS before
            FROM value_measurement AS r
            WHERE r.metric_id = m.id AND r.measured_on <= %s
                AND NOT EXISTS (SELECT 1 FROM value_measurement AS c WHERE c.corrects_id = r.id)
                AND NOT EXISTS (
                    SELECT 1 FROM value_measurementanswer AS a WHERE a.measurement_id = r.id AND NOT a.is_confirmed
                )
            ORDER BY r.measured_on DESC, r.id DESC LIMIT 1
        ) AS x ON TRUE
        LEFT JOIN LATERAL (
            SELECT COALESCE((x.value - m.target) * s.sign < 0 AND COALESCE(m.horizon_on < %s, TRUE), FALSE) AS misses,
                COALESCE((x.value - COALESCE(x.before, m.baseline)) * s.sign > 0, FALSE) AS gains
        ) AS stood ON TRUE
        WHERE i.stage = ANY(%s) AND NOT i.is_off_register AND i.id IN ({seen})
    )
"""
IS_ANY = "SELECT 1 FROM told WHERE state IS NOT NULL LIMIT 1"
LISTED = """
    SELECT initiative, metric, state, value, measured_on, counts.told FROM (
        SELECT JSONB_OBJECT_AGG(state, n) AS told
        FROM (SELECT state, COUNT(*) AS n FROM told WHERE state IS NOT NULL GROUP BY state) AS by_state
    ) AS counts LEFT JOIN (
        SELECT *, ROW_NUMBER() OVER (ORDER BY ARRAY_POSITION(%s, state), measured_on, initiative, metric) AS place
        FROM told WHERE state = ANY(%s)
    ) AS page ON place > %s AND place <= %s
    ORDER BY place
"""


@dataclass(frozen=True)
class Found:
    """One metric, or an initiative without any, and what is wrong with it."""

    initiative: int
    metric: int | None
    state: str
    value: Decimal | None
    measured_on: date | None


def outcomes_off_target(forum: Forum, day: date) -> Iterator[Proposed]:
    """All of them as one item. Two queries."""
    by = known_by(day)
    if _ask(Initiative.objects.all(), by, limits_in_force(by), IS_ANY):
        yield Proposed(
            key="outcomes",
            title="Outcomes off target or unmeasured",
            why="What initiatives are to move goes the wrong way, misses its target, or was not measured.",
            minutes=15,
        )


def listed_outcomes(sight: Sight) -> Listed:
    """The worst of them; all are counted. Four queries."""
    found, counts = read_outcomes(sight)
    count = sum(counts.values())
    return Listed(
        rows_of(found, sight),
        says_of(counts),
        count > SHOWN,
        reverse("value:review_outcomes") + (f"?item={sight.item.pk}" if sight.item.pk else ""),
        f"all {figures.plural(count, 'outcome')}",
        HEADS,
    )


def read_outcomes(
    sight: Sight, states: Collection[str] = STATES, begin: int = 0, most: int = SHOWN
) -> tuple[list[Found], dict[str, int]]:
    """So many in these states behind the first ones, the worst first, and how many there are in each state. Two
    queries.
    """
    rows = _ask(sight.seen, sight.day, limits_in_force(sight.day), LISTED, [*STATES], [*states], begin, begin + most)
    return [Found(*row[:-1]) for row in rows if row[0]], json.loads(rows[0][-1] or "{}")


def says_of(counts: Mapping[str, int]) -> str:
    """`3 outcomes: 1 off target, 2 without a metric.`"""
    parts = ", ".join(f"{figures.number(counts[state])} {word}" for state, word in STATES.items() if state in counts)
    return f"{figures.plural(sum(counts.values()), 'outcome')}{': ' if parts else ''}{parts}."


def with_theirs(found: Collection[Found]) -> list[tuple[Found, Initiative, OutcomeMetric | None]]:
    """Each with its initiative and its metric. Two queries."""
    rows = Initiative.objects.select_related("business_owner", "unit").defer("search")
    initiatives = rows.in_bulk({each.initiative for each in found})
    metrics = OutcomeMetric.objects.in_bulk({each.metric for each in found if each.metric})
    return [(each, initiatives[each.initiative], metrics.get(each.metric or 0)) for each in found]


def rows_of(found: Collection[Found], sight: Sight) -> list[Row]:
    return [_row(*each, sight) for each in with_theirs(found)]


def _ask(seen: InitiativeQuerySet, day: date, limits: Limits, what: str, *asked: Any) -> list[Any]:
    text, values = seen.order_by().values("pk").query.sql_with_params()
    measuring, active = [*map(str, MEASURING)], [*map(str, ACTIVE)]
    told = [measuring, measuring, day - limits.unmeasured, measuring, day, day, active, *values]
    with connection.cursor() as cursor:
        cursor.execute(FOUND.format(seen=text) + what, [*told, *asked])
        return [*cursor.fetchall()]


def _row(found: Found, initiative: Initiative, metric: OutcomeMetric | None, sight: Sight) -> Row:
    owner = initiative.business_owner
    if metric is None:
        adds = sight.edits(initiative)
        url = reverse("portfolio:metric_add", args=[initiative.reference]) if adds else initiative.get_absolute_url()
        verb = "Add one" if adds else "See"
        return Row([initiative], found.state, "No outcome metric", state_of(found, sight.day), url, verb, person=owner)
    return Row(
        [initiative],
        found.state,
        metric.name,
        state_of(found, sight.day),
        *measuring(sight, initiative, metric),
        id=metric.pk,
        tone="late" if found.state in ("worse", "off_target") else "risk",
        note=_note(found, metric),
        person=owner,
        on=found.measured_on,
    )


def state_of(found: Found, day: date) -> str:
    """What is wrong, as a row says it."""
    if found.state == "stale" and found.measured_on:
        return f"Not measured for {figures.plural((day - found.measured_on).days, 'day')}"
    return STATE_LABELS[found.state]


def _note(found: Found, metric: OutcomeMetric) -> str:
    """What was measured, where it began and where it is to go."""
    parts = [f"{figures.measured(found.value)} {metric.unit}"] if found.value is not None else []
    parts += [f"baseline {figures.measured(metric.baseline)}"] if metric.baseline is not None else []
    if metric.target is not None:
        by = f" by {figures.day(metric.horizon_on)}" if metric.horizon_on else ""
        parts.append(f"target {figures.measured(metric.target)}{by}")
    return ", ".join(parts)
