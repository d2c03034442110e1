"""What was spent of tranches before stands in the ledger, too: as it would if it were recorded now."""

from django.conf import settings
from django.db import migrations

OPEN_FROM = "(SELECT (max(month) + INTERVAL '1 month')::date FROM value_closedmonth)"
# As in value/actions/post_spending.py: build cost of its day, or of the first open one, which the evidence says.
# Recorded now, so that a figure of before can be told again as it was.
SPENT = f"""
    INSERT INTO value_ledgerentry (initiative_id, kind, benefit_type, claim, amount, currency, rate, happened_on,
        first_on, last_on, evidence, reason, key, recorded_by_id, recorded_at)
    SELECT t.initiative_id, 'build_cost', '', '', f.amount, %(currency)s, 1, day, day, day,
        CASE WHEN day = f.dated_on THEN f.evidence
            ELSE left(f.evidence, 240) || ', spent on ' || to_char(f.dated_on, 'FMDD Mon YYYY') || ', which is closed' END,
        '', 'funding-entry:' || f.id, f.recorded_by_id, now()
    FROM stagegates_fundingentry AS f
        JOIN stagegates_tranche AS t ON t.id = f.tranche_id,
        LATERAL (SELECT GREATEST(f.dated_on, {OPEN_FROM}) AS day) AS dated
    WHERE f.kind = 'spend' AND f.reverses_id IS NULL
    ORDER BY f.id
"""  # noqa: S608 (a constant)
LINKED = """
    INSERT INTO value_tranchecost (entry_id, spending_id)
    SELECT e.id, f.id FROM stagegates_fundingentry AS f
        JOIN value_ledgerentry AS e ON e.key = 'funding-entry:' || f.id
    WHERE f.kind = 'spend' AND f.reverses_id IS NULL
"""
TAKEN_BACK = f"""
    INSERT INTO value_ledgerentry (initiative_id, kind, benefit_type, claim, amount, currency, rate, happened_on,
        first_on, last_on, evidence, reason, key, reverses_id, recorded_by_id, recorded_at)
    SELECT e.initiative_id, e.kind, '', '', -e.amount, e.currency, e.rate, GREATEST(f.dated_on, {OPEN_FROM}),
        e.first_on, e.last_on, '', left(f.reason, 1000), '', e.id, f.recorded_by_id, now()
    FROM stagegates_fundingentry AS f
        JOIN value_tranchecost AS c ON c.spending_id = f.reverses_id
        JOIN value_ledgerentry AS e ON e.id = c.entry_id
    ORDER BY f.id
"""  # noqa: S608 (a constant)
LINKED_BACK = """
    INSERT INTO value_tranchecost (entry_id, spending_id)
    SELECT e.id, f.id FROM stagegates_fundingentry AS f
        JOIN value_tranchecost AS c ON c.spending_id = f.reverses_id
        JOIN value_ledgerentry AS e ON e.reverses_id = c.entry_id
"""


def post_what_was_spent(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(SPENT, {"currency": settings.REPORTING_CURRENCY})
        for statement in (LINKED, TAKEN_BACK, LINKED_BACK):
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("value", "0009_yearly_rate")]
    operations = [migrations.RunPython(post_what_was_spent, migrations.RunPython.noop)]
