"""On which days what finance confirmed of an outcome counts no more: what `durability` says, for any as-of day.

Launches and measurements only add days: what follows from them up to a day stays when more becomes known. The first day
that finance confirmed anything of does not: a claim may be booked late, and one that is taken back binds no check.
"""

from django.conf import settings
from django.db.backends.utils import CursorWrapper

from ..durability import CHECKED_AFTER, GRACE
from ..models import LostSpan
from .tables import KeptTable, Query, all_rows, start_touched
from .touched import TAKEN, Touched

INITIATIVES = "lasting_initiatives"
# Whose confirmed claims, launch or measurements changed. A metric may have moved on from the initiative of its claims.
TOUCHED = f"""
    SELECT initiative_id FROM {TAKEN} WHERE claimed_to IS NOT NULL OR about = 'stages'
    UNION SELECT e.initiative_id FROM {TAKEN} AS t
        JOIN value_ledgerentry AS e ON e.metric_id = t.metric_id AND e.claim = 'claimed' AND e.reverses_id IS NULL
        WHERE t.about = 'measured'
"""  # noqa: S608 (a constant)
THESE = f"initiative_id IN (SELECT initiative_id FROM {INITIATIVES})"  # noqa: S608 (a constant)
# Claims that finance confirmed: from which as-of day each is seen, and from which it is taken back. Only those matter
# that begin before all that are seen no later and that nobody takes back.
CLAIMS = """
    launched AS (
        SELECT initiative_id, min(changed_on) AS launch FROM portfolio_stagechange
        WHERE stage IN ('limited_rollout', 'scale') AND {these} GROUP BY 1
    ), claims AS (
        SELECT e.initiative_id, e.metric_id, launched.launch, e.first_on,
            GREATEST(e.happened_on, e.first_on) AS appears, r.happened_on AS goes
        FROM launched JOIN value_ledgerentry AS e USING (initiative_id)
        JOIN value_claimanswer AS a ON a.entry_id = e.id AND a.verdict IN ('confirmed', 'corrected')
        LEFT JOIN (
            SELECT reverses_id, happened_on FROM value_ledgerentry WHERE reverses_id IS NOT NULL AND {these}
        ) AS r ON r.reverses_id = e.id
        WHERE e.claim = 'claimed' AND e.reverses_id IS NULL
    ), beside AS (
        SELECT *, min(first_on) FILTER (WHERE goes IS NULL) OVER (
            PARTITION BY initiative_id, metric_id ORDER BY appears, first_on
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS before FROM claims
    ), binding AS (
        SELECT * FROM beside WHERE before IS NULL OR first_on < before
    )
"""
# As-of days between which the same claims stand, each with the first day of these.
SEEN = f"""
    WITH {CLAIMS}, turns AS (
        SELECT initiative_id, metric_id, launch, appears AS day FROM binding
        UNION SELECT initiative_id, metric_id, launch, goes FROM binding WHERE goes IS NOT NULL
    )
    SELECT t.initiative_id, t.metric_id, t.launch, t.day AS seen_from,
        lead(t.day) OVER (PARTITION BY t.initiative_id, t.metric_id ORDER BY t.day) AS seen_until,
        row_number() OVER (PARTITION BY t.initiative_id, t.metric_id ORDER BY t.day) AS n,
        min(b.first_on) AS claimed_from
    FROM turns AS t
    LEFT JOIN binding AS b ON b.initiative_id = t.initiative_id AND b.metric_id = t.metric_id
        AND b.appears <= t.day AND (b.goes IS NULL OR t.day < b.goes)
    GROUP BY t.initiative_id, t.metric_id, t.launch, t.day
"""  # noqa: S608 (a constant)
# What was measured, and when the last of a day was recorded; what stands is neither corrected nor rejected. Gains are
# whole numbers of ten-thousandths, over the baseline that finance confirmed.
SAID = """
    SELECT m.id, m.metric_id, m.measured_on, m.value, a.baseline, a.unit, a.direction,
        CASE WHEN a.is_confirmed THEN
            (m.value - a.baseline) * CASE a.direction WHEN 'up' THEN 10000 ELSE -10000 END
        END::bigint AS gained,
        a.is_confirmed IS NOT FALSE AND NOT EXISTS (
            SELECT FROM value_measurement AS later WHERE later.corrects_id = m.id
        ) AS stands,
        max(GREATEST(m.recorded_at, a.answered_at)) OVER (PARTITION BY m.metric_id, m.measured_on) AS recorded_at
    FROM value_measurement AS m LEFT JOIN value_measurementanswer AS a ON a.measurement_id = m.id
    WHERE m.metric_id IN (SELECT metric_id FROM seen_outcomes)
"""
# The checks that bind, and those for which nothing was measured in time.
CHECKS = f"""
    better AS (
        SELECT metric_id, min(measured_on) AS since FROM readings WHERE gained > 0 GROUP BY 1
    ), checked AS (
        SELECT s.*, c.due_on, min(c.due_on) OVER (PARTITION BY s.initiative_id, s.metric_id, s.n) AS first_due
        FROM seen_outcomes AS s LEFT JOIN better AS b USING (metric_id)
        CROSS JOIN LATERAL unnest(ARRAY[{", ".join(map(str, CHECKED_AFTER))}]) AS after (months)
        CROSS JOIN LATERAL (SELECT (s.launch + make_interval(months => after.months))::date) AS c (due_on)
        WHERE LEAST(b.since, s.claimed_from) <= c.due_on
    ), outcomes AS (
        SELECT DISTINCT initiative_id, metric_id, n, first_due FROM checked
    )
"""  # noqa: S608 (a constant)
# The confirmed improvement over each baseline: the last one before the first check was due, else the first after it.
REFERENCES = """
    compared AS (
        SELECT DISTINCT o.*, r.baseline, r.unit, r.direction
        FROM outcomes AS o JOIN readings AS r USING (metric_id) WHERE r.gained > 0 AND r.measured_on >= o.first_due
    ), confirmed AS (
        SELECT DISTINCT ON (c.initiative_id, c.metric_id, c.n, c.baseline, c.unit, c.direction) c.*, g.gained
        FROM compared AS c
        JOIN readings AS r ON r.metric_id = c.metric_id AND r.unit = c.unit AND r.direction = c.direction
            AND r.gained IS NOT NULL
        CROSS JOIN LATERAL (
            SELECT ((r.value - c.baseline) * CASE c.direction WHEN 'up' THEN 10000 ELSE -10000 END)::bigint
        ) AS g (gained)
        WHERE g.gained > 0
        ORDER BY c.initiative_id, c.metric_id, c.n, c.baseline, c.unit, c.direction, r.measured_on >= c.first_due,
            CASE WHEN r.measured_on < c.first_due THEN c.first_due - r.measured_on ELSE r.measured_on - c.first_due END,
            CASE WHEN r.measured_on < c.first_due THEN -r.id ELSE r.id END
    )
"""
# From which day on how much does not count: of one day a measurement comes after a check that is overdue.
STEPS = f"""
    steps AS (
        SELECT c.initiative_id, c.metric_id, c.n, c.due_on + {GRACE.days} AS day, 0::bigint AS place, 1::bigint AS lost,
            1::bigint AS whole, s.recorded_at
        FROM checked AS c
        LEFT JOIN (SELECT DISTINCT metric_id, measured_on, recorded_at FROM said_of_outcomes) AS s
            ON s.metric_id = c.metric_id AND s.measured_on = c.due_on + {GRACE.days}
        WHERE NOT EXISTS (
            SELECT FROM readings AS r WHERE r.metric_id = c.metric_id
                AND r.measured_on >= c.due_on AND r.measured_on < c.due_on + {GRACE.days}
        )
        UNION ALL
        SELECT o.initiative_id, o.metric_id, o.n, r.measured_on, r.id,
            CASE WHEN r.gained <= 0 OR c.gained IS NULL THEN 1
                WHEN r.gained::numeric * 100 >= c.gained::numeric * {{held}} THEN 0 ELSE c.gained - r.gained END,
            CASE WHEN r.gained <= 0 OR c.gained IS NULL THEN 1 ELSE c.gained END, r.recorded_at
        FROM outcomes AS o
        JOIN readings AS r ON r.metric_id = o.metric_id AND r.gained IS NOT NULL AND r.measured_on >= o.first_due
        LEFT JOIN confirmed AS c ON c.initiative_id = o.initiative_id AND c.metric_id = o.metric_id AND c.n = o.n
            AND c.baseline = r.baseline AND c.unit = r.unit AND c.direction = r.direction
    ), spans AS (
        SELECT initiative_id, metric_id, n, day AS first_on, lost / gcd(lost, whole) AS lost,
            whole / gcd(lost, whole) AS whole, recorded_at,
            lead(day) OVER (PARTITION BY initiative_id, metric_id, n ORDER BY day, place) - 1 AS last_on
        FROM steps
    )
"""  # noqa: S608 (a constant)
# The same days under claims that follow one another are one row.
KEPT = f"""
    WITH readings AS NOT MATERIALIZED (
        SELECT * FROM said_of_outcomes WHERE stands
    ), {CHECKS}, {REFERENCES}, {STEPS}, placed AS (
        SELECT *, n - row_number() OVER (
            PARTITION BY initiative_id, metric_id, first_on, last_on, lost, whole ORDER BY n
        ) AS row FROM spans WHERE lost > 0 AND (last_on IS NULL OR last_on >= first_on)
    ), kept AS (
        SELECT p.initiative_id, p.metric_id, p.first_on, p.last_on, p.lost, p.whole,
            GREATEST(min(s.seen_from), p.first_on) AS shows_on,
            CASE WHEN bool_or(s.seen_until IS NULL) THEN NULL ELSE max(s.seen_until) END AS hides_on,
            max(p.recorded_at) AS recorded_at
        FROM placed AS p JOIN seen_outcomes AS s USING (initiative_id, metric_id, n)
        GROUP BY p.initiative_id, p.metric_id, p.first_on, p.last_on, p.lost, p.whole, p.row
    )
    SELECT * FROM kept WHERE hides_on IS NULL OR hides_on > shows_on
"""  # noqa: S608 (constants)


def want_lost_spans(cursor: CursorWrapper, touched: Touched) -> Query:
    if not touched.is_all:
        start_touched(cursor, INITIATIVES, TOUCHED)
    start_touched(cursor, "seen_outcomes", SEEN.format(these="TRUE" if touched.is_all else THESE))
    start_touched(cursor, "said_of_outcomes", SAID)
    return KEPT.format(held=settings.DURABILITY_HELD_PERCENT), None


def _present(table: KeptTable, touched: Touched) -> str:
    return all_rows(table) if touched.is_all else all_rows(table, f"k.{THESE}")


LOST_SPANS = KeptTable("lost_spans", LostSpan, want_lost_spans, _present)
