"""The lines that scorecards are to hold, as one statement over the facts: of some initiatives, or of all.

What stands of a metric's measurements is neither corrected nor rejected; of adoption, what no later reading corrects
and what is of five people at least (`adoption_told` says the same in Python); of decisions, what nothing superseded.
"""

from ..adoption_told import SMALLEST

# The columns of a line, in the order in which the statement tells them.
COLUMNS = (
    *("initiative_id", "category", "source", "key", "name", "unit", "direction", "is_comparable"),
    *("baseline", "target", "latest", "latest_on", "counted", "is_proven", "is_withheld", "previous", "previous_on"),
)
# What tells two lines apart; the rest may change.
NAMED_BY = ("initiative_id", "source", "key")

METRICS = """
    SELECT metric.initiative_id, COALESCE(entry.category, metric.category), 'metric', metric.id, metric.name,
        metric.unit, metric.direction, entry.id IS NOT NULL, metric.baseline, metric.target,
        stood.latest, stood.latest_on, NULL::bigint, COALESCE(stood.is_proven, false), false,
        stood.previous, stood.previous_on
    FROM portfolio_outcomemetric AS metric
    LEFT JOIN value_cataloguelink AS link ON link.metric_id = metric.id
    LEFT JOIN value_cataloguemetric AS entry ON entry.id = link.entry_id
        AND lower(entry.unit) = lower(metric.unit) AND entry.direction = metric.direction
    LEFT JOIN (
        SELECT metric_id,
            max(value) FILTER (WHERE place = 1) AS latest, max(measured_on) FILTER (WHERE place = 1) AS latest_on,
            bool_or(is_proven) FILTER (WHERE place = 1) AS is_proven,
            max(value) FILTER (WHERE place = 2) AS previous, max(measured_on) FILTER (WHERE place = 2) AS previous_on
        FROM (
            SELECT said.metric_id, said.value, said.measured_on,
                COALESCE(answer.is_confirmed AND answer.baseline = its.baseline
                    AND answer.baseline_on = its.baseline_on AND answer.unit = its.unit
                    AND answer.direction = its.direction, false) AS is_proven,
                row_number() OVER (PARTITION BY said.metric_id ORDER BY said.measured_on DESC, said.id DESC) AS place
            FROM value_measurement AS said
            JOIN portfolio_outcomemetric AS its ON its.id = said.metric_id
            LEFT JOIN value_measurementanswer AS answer ON answer.measurement_id = said.id
            WHERE (answer.id IS NULL OR answer.is_confirmed)
                AND NOT EXISTS (SELECT 1 FROM value_measurement AS later WHERE later.corrects_id = said.id)
                {of_its}
        ) AS placed WHERE place <= 2 GROUP BY metric_id
    ) AS stood ON stood.metric_id = metric.id
    WHERE true {of_metric}
"""
ADOPTION = f"""
    SELECT ours.id, 'adoption_health', known.source, known.workflow_id, workflow.name, known.unit, known.direction,
        true, NULL::numeric, NULL::numeric, known.latest, known.latest_on, NULL::bigint, true,
        known.latest_on IS NULL OR known.latest_on < known.read_on, known.previous, known.previous_on
    FROM portfolio_initiative AS ours
    JOIN portfolio_workflow AS workflow ON workflow.id = ours.workflow_id
    JOIN (
        SELECT workflow_id, source, unit, direction, max(week_ends_on) AS read_on,
            max(value) FILTER (WHERE place = 1) AS latest, max(week_ends_on) FILTER (WHERE place = 1) AS latest_on,
            max(value) FILTER (WHERE place = 2) AS previous, max(week_ends_on) FILTER (WHERE place = 2) AS previous_on
        FROM (
            SELECT told.*, CASE WHEN value IS NOT NULL THEN row_number() OVER (
                PARTITION BY workflow_id, source, value IS NULL ORDER BY week_ends_on DESC) END AS place
            FROM (
                SELECT reading.workflow_id, reading.week_ends_on, each.source, each.unit, each.direction,
                    round(each.value, 6) AS value
                FROM value_adoptionreading AS reading
                CROSS JOIN LATERAL (
                    SELECT reading.target_users >= {SMALLEST} AS many_target,
                        reading.active_users >= {SMALLEST} AS many_active
                ) AS group_of
                CROSS JOIN LATERAL (VALUES
                    ('active', '', 'up', true, CASE
                        WHEN many_target AND (many_active OR reading.active_users = 0)
                        THEN reading.active_users::numeric / reading.target_users END),
                    ('repeat', '', 'up', reading.repeat_users IS NOT NULL, CASE
                        WHEN many_target AND many_active
                            AND (reading.repeat_users >= {SMALLEST} OR reading.repeat_users = 0)
                        THEN reading.repeat_users::numeric / reading.active_users END),
                    ('opt_outs', '', 'down', reading.opt_outs IS NOT NULL, CASE
                        WHEN many_target AND (reading.opt_outs >= {SMALLEST} OR reading.opt_outs = 0)
                        THEN reading.opt_outs::numeric / reading.target_users END),
                    ('satisfaction', '', 'up', reading.answered IS NOT NULL, CASE
                        WHEN many_target AND many_active AND reading.answered >= {SMALLEST}
                        THEN reading.satisfaction END)
                ) AS each (source, unit, direction, is_said, value)
                WHERE each.is_said
                    AND NOT EXISTS (SELECT 1 FROM value_adoptionreading AS r WHERE r.corrects_id = reading.id)
                    {{of_reading}}
            ) AS told
        ) AS placed GROUP BY workflow_id, source, unit, direction
    ) AS known ON known.workflow_id = ours.workflow_id
    WHERE true {{of_ours}}
"""  # noqa: S608 (a constant)
DECISIONS = """
    SELECT class.initiative_id, each.category, each.source, class.id, class.name, each.unit, each.direction,
        true, NULL::numeric, NULL::numeric, max(each.value) FILTER (WHERE place = 1),
        max(last_day) FILTER (WHERE place = 1), max(volume) FILTER (WHERE place = 1)::bigint, true, false,
        max(each.value) FILTER (WHERE place = 2), max(last_day) FILTER (WHERE place = 2)
    FROM (
        SELECT read.*, row_number() OVER (PARTITION BY decision_class_id ORDER BY last_day DESC, id DESC) AS place
        FROM portfolio_decisionreading AS read WHERE superseded_at IS NULL AND volume > 0 {of_read}
    ) AS reading
    JOIN portfolio_decisionclass AS class ON class.id = reading.decision_class_id
    CROSS JOIN LATERAL (VALUES
        ('model_quality', 'overrides', '', 'down', round(overrides::numeric / volume, 6)),
        ('model_quality', 'errors', '', 'down', round(errors::numeric / volume, 6)),
        ('process_efficiency', 'volume', '', 'up',
            round(volume::numeric * 7 / (last_day - first_day + 1), 6))
    ) AS each (category, source, unit, direction, value)
    WHERE place <= 2
    GROUP BY class.initiative_id, each.category, each.source, class.id, class.name, each.unit, each.direction
"""
PARTS = (METRICS, ADOPTION, DECISIONS)
OF_SOME = {
    "of_metric": "AND metric.initiative_id {these}",
    "of_its": "AND its.initiative_id {these}",
    "of_ours": "AND ours.id {these}",
    "of_reading": "AND reading.workflow_id IN (SELECT workflow_id FROM portfolio_initiative WHERE id {these})",
    "of_read": "AND read.initiative_id {these}",
}
# Those whose ids come as the parameter `ids`.
GIVEN = "= ANY(%(ids)s)"


def wanted(these: str | None = None) -> str:
    """A SELECT of `COLUMNS`, of all initiatives, or of those whose id meets a condition like `GIVEN`."""
    only = {name: condition.format(these=these) if these else "" for name, condition in OF_SOME.items()}
    found = " UNION ALL ".join(part.format(**only) for part in PARTS)
    return f"SELECT * FROM ({found}) AS line ({', '.join(COLUMNS)})"  # noqa: S608
