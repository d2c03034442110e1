"""A ledger of a hundred lines an initiative, written in SQL: what it would take days to post, one by one.

Each initiative has an outcome metric, valued by one confirmed method; a quarter of
its lines are benefits, month by month, all answered but the claims that wait; the rest are costs.
"""

from datetime import date

from django.db import connection

from aiso import clock
from aiso.accounts.models import User

# Lines of an initiative, and claims that wait in the queue.
LINES, WAITING = 100, 5_000

METRICS = """
    INSERT INTO portfolio_outcomemetric
        (initiative_id, name, unit, direction, category, baseline, baseline_on, baseline_source, target, "constraint")
    SELECT id, 'Hours saved a month', 'hours', 'up', 'business_outcome', 10, '2024-01-01', 'Time sheets', 60, ''
    FROM portfolio_initiative
"""
METHODS = """
    INSERT INTO value_valuingmethod (metric_id, text, written_by_id, written_at)
    SELECT id, 'Hours of the report times the cost of one.', %(author)s, %(now)s FROM portfolio_outcomemetric
"""
CONFIRMED_METHODS = """
    INSERT INTO value_methodconfirmation (method_id, confirmed_by_id, confirmed_at)
    SELECT id, %(controller)s, %(now)s FROM value_valuingmethod
"""
# Four lines a month, the oldest first: two run costs, a claim and, by turns, build cost, rework, risk loss, a forecast.
# They are booked at the end of their month, or in the first days of the next.
ENTRIES = """
    INSERT INTO value_ledgerentry
        (initiative_id, kind, benefit_type, claim, amount, currency, rate, happened_on, first_on, last_on, metric_id,
         method_id, evidence, reason, key, recorded_by_id, recorded_at)
    SELECT m.initiative_id, k.kind, CASE k.kind WHEN 'benefit' THEN 'cashable' ELSE '' END, k.claim,
        100 + (m.initiative_id * 37 + l.n * 101) %% 90000 / 10.0, 'EUR', 1,
        LEAST((l.first_on + INTERVAL '1 month')::date - 2 + (m.initiative_id %% 4)::integer, %(today)s),
        l.first_on,
        (l.first_on + INTERVAL '1 month')::date - 1,
        CASE k.kind WHEN 'benefit' THEN m.id END, CASE k.kind WHEN 'benefit' THEN v.id END,
        'Booking ' || l.n, '', 'seed-' || l.n, %(author)s, LEAST(l.first_on + INTERVAL '40 days', %(now)s)
    FROM (
        SELECT n, (%(month)s::date - make_interval(months => n / (4 * %(times)s)))::date AS first_on
        FROM generate_series(0, %(lines)s * %(times)s - 1) AS n
    ) AS l
    CROSS JOIN portfolio_outcomemetric AS m
    JOIN value_valuingmethod AS v ON v.metric_id = m.id
    CROSS JOIN LATERAL (
        SELECT 1 + (l.n / 4 + m.initiative_id) %% 4 AS turn
    ) AS t
    CROSS JOIN LATERAL (
        SELECT CASE l.n %% 4 WHEN 1 THEN 'benefit'
                WHEN 2 THEN (ARRAY['build_cost', 'rework', 'risk_loss', 'benefit'])[t.turn] ELSE 'run_cost' END AS kind,
            CASE l.n %% 4 WHEN 1 THEN 'claimed'
                WHEN 2 THEN (ARRAY['', '', '', 'forecast'])[t.turn] ELSE '' END AS claim
    ) AS k
    ORDER BY l.first_on, m.initiative_id, l.n
"""
ANSWERS = """
    INSERT INTO value_claimanswer (entry_id, verdict, amount, rate, share, reason, answered_by_id, answered_at)
    SELECT e.id, 'confirmed', e.amount, e.rate, 1, '', %(controller)s, e.recorded_at + INTERVAL '5 days'
    FROM value_ledgerentry AS e
    WHERE e.claim = 'claimed' AND (e.first_on < %(month)s::date OR e.initiative_id > %(waiting)s)
"""
OPEN = """
    INSERT INTO value_openclaim (entry_id)
    SELECT e.id FROM value_ledgerentry AS e
    WHERE e.claim = 'claimed' AND NOT EXISTS (SELECT 1 FROM value_claimanswer AS a WHERE a.entry_id = e.id)
"""
STATEMENTS = (METRICS, METHODS, CONFIRMED_METHODS, ENTRIES, ANSWERS, OPEN)
# Made anew after the rows are in: ten million rows one by one into each would take many minutes.
INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = 'value_ledgerentry' AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


def seed_ledger(author: User, controller: User, *, times: int = 1) -> int:
    """Post a hundred lines on each initiative of the register, or so many times as many in the same months; returns how
    many lines there are. What triggers would follow is written as it follows.
    """
    told = {"author": author.pk, "controller": controller.pk, "now": clock.now(), "month": last_month()}
    told |= {"lines": LINES, "waiting": WAITING, "times": times, "today": clock.today()}
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for statement in STATEMENTS:
            cursor.execute(statement, told)
            if statement is ENTRIES:
                for _, made in indexes:
                    cursor.execute(made)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE")
        cursor.execute("SELECT count(*) FROM value_ledgerentry")
        return int(cursor.fetchone()[0])


def last_month() -> date:
    """The month before this one, as its first day."""
    return clock.months_later(clock.today().replace(day=1), -1)
