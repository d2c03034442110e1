"""Owners of before are known since they began, and since they ended: when each was written down was not kept."""

from django.db import migrations

FILL = """
    ALTER TABLE portfolio_ownership DISABLE TRIGGER USER;
    UPDATE portfolio_ownership SET recorded_at = started_on, end_recorded_at = ended_on;
    ALTER TABLE portfolio_ownership ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0013_ownership_recorded_at")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
