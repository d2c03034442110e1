"""Histories for the leadership dashboard: stages before the present one, earlier owners, readings and measurements.

After `seed` and `seed_ledger`: each initiative belongs to one of two thousand workflows, of which a tenth is critical;
each workflow was read in a hundred weeks, and each metric measured fifty times, most of it confirmed by finance.
"""

from datetime import timedelta

from django.db import connection

from aiso import clock
from aiso.accounts.models import User

WORKFLOWS, WEEKS, MEASURED = 2_000, 100, 50

NAMES = """
    INSERT INTO portfolio_workflow (name, is_active, is_critical)
    SELECT 'Workflow ' || n, TRUE, n %% 10 = 0 FROM generate_series(1, %(workflows)s) AS n
"""
PLACES = """
    UPDATE portfolio_initiative AS i SET workflow_id = w.id
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM portfolio_workflow) AS w
    WHERE w.place = 1 + i.id %% %(workflows)s
"""
# The way to the present stage, a few weeks to some months a step.
STAGES = """
    INSERT INTO portfolio_stagechange (initiative_id, stage, changed_on, source, rationale, recorded_at)
    SELECT c.initiative_id, s.stage, c.changed_on - s.back * (20 + c.initiative_id %% 90)::integer, 'opening', '',
        c.changed_on - s.back * (20 + c.initiative_id %% 90)::integer + INTERVAL '3 days'
    FROM portfolio_stagechange AS c
    JOIN (VALUES ('limited_rollout', 1, ARRAY['scale', 'closed']),
        ('pilot', 2, ARRAY['scale', 'limited_rollout', 'paused', 'closed', 'merged']),
        ('build', 3, ARRAY['scale', 'limited_rollout', 'pilot', 'paused', 'closed', 'merged']),
        ('discovery', 4, ARRAY['scale', 'limited_rollout', 'pilot', 'build', 'paused', 'closed', 'merged'])
    ) AS s (stage, back, before) ON c.stage = ANY(s.before)
    ORDER BY s.back DESC, c.id
"""
# The present stage of a day is the one recorded last.
LAST = "UPDATE portfolio_stagechange SET recorded_at = changed_on + INTERVAL '3 days'"
BEGAN = """
    UPDATE portfolio_initiative AS i SET began_on = c.first
    FROM (SELECT initiative_id, min(changed_on) AS first FROM portfolio_stagechange GROUP BY 1) AS c
    WHERE c.initiative_id = i.id
"""
OWNERS = """
    INSERT INTO portfolio_ownership
        (initiative_id, kind, person_id, is_deputy, started_on, ended_on, recorded_at, end_recorded_at)
    SELECT o.initiative_id, o.kind, 1 + (o.person_id + 7) %% 400, FALSE, o.started_on - 400, o.started_on,
        o.started_on - 400, o.started_on
    FROM portfolio_ownership AS o WHERE o.initiative_id %% 2 = 0
"""
READINGS = """
    INSERT INTO value_adoptionreading
        (workflow_id, week_ends_on, target_users, active_users, repeat_users, opt_outs, satisfaction, answered, source,
         reason, recorded_by_id, recorded_at)
    SELECT w.id, %(sunday)s::date - 7 * n, 100 + w.id %% 900, 20 + (w.id * 13 + n * 7) %% 80, 10, 2, 3.5, 12, 'Usage',
        '', %(author)s, %(sunday)s::date - 7 * n + INTERVAL '2 days'
    FROM portfolio_workflow AS w, generate_series(0, %(weeks)s - 1) AS n ORDER BY n DESC, w.id
"""
# Every other week; finance confirmed four of five.
MEASUREMENTS = """
    INSERT INTO value_measurement
        (initiative_id, metric_id, value, measured_on, method, evidence, recorded_by_id, recorded_at)
    SELECT m.initiative_id, m.id, 10 + (m.id * 7 + n * 3) %% 60, %(sunday)s::date - 14 * n, 'Time sheets', '',
        %(author)s, %(sunday)s::date - 14 * n + INTERVAL '1 day'
    FROM portfolio_outcomemetric AS m, generate_series(0, %(measured)s - 1) AS n ORDER BY n DESC, m.id
"""
CONFIRMED = """
    INSERT INTO value_measurementanswer (initiative_id, measurement_id, is_confirmed, reason, baseline, baseline_on,
        unit, direction, answered_by_id, answered_at)
    SELECT e.initiative_id, e.id, TRUE, '', m.baseline, m.baseline_on, m.unit, m.direction, %(controller)s,
        e.recorded_at + INTERVAL '5 days'
    FROM value_measurement AS e JOIN portfolio_outcomemetric AS m ON m.id = e.metric_id WHERE e.id %% 5 > 0
"""
STATEMENTS = (NAMES, PLACES, STAGES, LAST, BEGAN, OWNERS, READINGS, MEASUREMENTS, CONFIRMED)


def seed_history(author: User, controller: User) -> None:
    """What triggers would follow is written as it follows."""
    told = {"author": author.pk, "controller": controller.pk, "workflows": WORKFLOWS, "weeks": WEEKS}
    today = clock.today()
    told |= {"measured": MEASURED, "sunday": today - timedelta(days=today.isoweekday() % 7)}
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in STATEMENTS:
            cursor.execute(statement, told)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE")
