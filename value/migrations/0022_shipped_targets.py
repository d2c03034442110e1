"""Version 1 of the targets of the leadership dashboard."""

from datetime import UTC, datetime

from django.db import migrations

KIND = "leadership-targets"
# As the shipped stage times: days before the installation are compared, too.
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
CONTENT = {
    "lead_time": 120,
    "stable_owner": "90",
    "adoption": "70",
    "net_value_30": "0",
    "net_value_60": "0",
    "net_value_90": "0",
}


def ship(apps, schema_editor):
    """A published version stays for good, so one that is there already was left by going back and forth."""
    version = apps.get_model("configuration", "ConfigurationVersion")
    if version.objects.filter(kind=KIND).exists():
        return
    moments = dict.fromkeys(("drafted_at", "changed_at", "published_at", "followed_at"), SINCE)
    told = moments | {"effective_from": SINCE.date()}
    version.objects.create(kind=KIND, number=1, content=CONTENT, reason="Shipped with the product.", **told)


class Migration(migrations.Migration):
    dependencies = [("value", "0021_scorecard_marks"), ("configuration", "0001_tables")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
