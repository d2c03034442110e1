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

# Measurements are sorted before they are joined, so that the join ends with the second that stands.
METRICS = """
    SELECT metric.initiative_id, COALESCE(entry.category, metric.category), 'metric', metric.id, metric.name,
        metric.unit, metric.direction, entry.id IS NOT NULL, metric.baseline, metric.target,
        stood.latest, stood.latest_on, NULL::bigint, COALESCE(stood.is_proven, false), false,
        stood.previous, stood.previous_on
    FROM portfolio_outcomemetric AS metric
    LEFT JOIN value_cataloguelink AS link ON link.metric_id = metric.id
    LEFT JOIN value_cataloguemetric AS entry ON entry.id = link.entry_id
        AND lower(entry.unit) = lower(metric.unit) AND entry.direction = metric.direction
    CROSS JOIN LATERAL (
        SELECT (array_agg(value))[1] AS latest, (array_agg(measured_on))[1] AS latest_on,
            (array_agg(is_proven))[1] AS is_proven,
            (array_agg(value))[2] AS previous, (array_agg(measured_on))[2] AS previous_on
        FROM (
            SELECT said.value, said.measured_on,
                answer.is_confirmed AND answer.baseline = metric.baseline
                    AND answer.baseline_on = metric.baseline_on AND answer.unit = metric.unit
                    AND answer.direction = metric.direction AS is_proven
            FROM (
                SELECT id, value, measured_on FROM value_measurement
                WHERE metric_id = metric.id ORDER BY measured_on DESC, id DESC
            ) AS said
            LEFT JOIN value_measurementanswer AS answer ON answer.measurement_id = said.id
            WHERE answer.is_confirmed IS NOT false
                AND NOT EXISTS (SELECT 1 FROM value_measurement AS later WHERE later.corrects_id = said.id)
            ORDER BY said.measured_on DESC, said.id DESC LIMIT 2
        ) AS last_two
    ) AS stood
    WHERE true {of_metric}
"""
# Of the readings of a workflow, those that stand and say something for a source; `part` is of how many people.
SAID = """
    FROM reading
    CROSS JOIN LATERAL (SELECT CASE each.source WHEN 'active' THEN active_users WHEN 'repeat' THEN repeat_users
        WHEN 'opt_outs' THEN opt_outs ELSE answered END AS part) AS people
    WHERE part IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM value_adoptionreading AS r WHERE r.corrects_id = reading.id)
"""
ADOPTION = f"""
    SELECT ours.id, 'adoption_health', known.source, workflow.id, workflow.name, '', known.direction,
        true, NULL::numeric, NULL::numeric, known.latest, known.latest_on, NULL::bigint, true,
        known.latest_on IS NULL OR known.latest_on < known.read_on, known.previous, known.previous_on
    FROM portfolio_initiative AS ours
    JOIN portfolio_workflow AS workflow ON workflow.id = ours.workflow_id
    CROSS JOIN LATERAL (
        WITH reading AS (
            SELECT id, week_ends_on, target_users, active_users, repeat_users, opt_outs, satisfaction, answered
            FROM value_adoptionreading WHERE workflow_id = workflow.id ORDER BY week_ends_on DESC
        )
        SELECT each.source, each.direction, said.week_ends_on AS read_on, told.*
        FROM (VALUES
            ('active', 'up', false), ('repeat', 'up', true), ('opt_outs', 'down', false), ('satisfaction', 'up', true)
        ) AS each (source, direction, is_of_active)
        CROSS JOIN LATERAL (SELECT week_ends_on {SAID} ORDER BY week_ends_on DESC LIMIT 1) AS said
        CROSS JOIN LATERAL (
            SELECT (array_agg(value))[1] AS latest, (array_agg(week_ends_on))[1] AS latest_on,
                (array_agg(value))[2] AS previous, (array_agg(week_ends_on))[2] AS previous_on
            FROM (
                SELECT week_ends_on, round(CASE WHEN each.source = 'satisfaction' THEN satisfaction
                    ELSE part::numeric / CASE WHEN is_of_active THEN active_users ELSE target_users END END, 6) AS value
                {SAID} AND target_users >= {SMALLEST} AND (active_users >= {SMALLEST} OR NOT is_of_active)
                    AND (part >= {SMALLEST} OR part = 0)
                ORDER BY week_ends_on DESC LIMIT 2
            ) AS last_two
        ) AS told
    ) AS known
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
    "of_ours": "AND ours.id {these}",
    "of_read": "AND read.initiative_id {these}",
}
# Those whose ids come as the parameter `ids`.
GIVEN = "= ANY(%(ids)s)"


def wanted(these: str | None = None) -> str:
    """A SELECT of `COLUMNS`, of all initiatives, or of those whose id meets a condition like `GIVEN`."""
    only = {name: condition.format(these=these) if these else "" for name, condition in OF_SOME.items()}
    found = " UNION ALL ".join(part.format(**only) for part in PARTS)
    return f"SELECT * FROM ({found}) AS line ({', '.join(COLUMNS)})"  # noqa: S608
