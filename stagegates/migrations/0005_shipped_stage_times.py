"""The normal time in each stage that a new office starts with."""

from datetime import UTC, datetime

from django.db import migrations

# As the shipped gates: what happened before they were installed is held to them, too.
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
CONTENT = {"intake": 30, "discovery": 60, "build": 120, "pilot": 120, "limited_rollout": 180, "most": 5}


def ship(apps, schema_editor):
    version = apps.get_model("configuration", "ConfigurationVersion")
    if version.objects.filter(kind="stage-times").exists():
        return
    moments = dict.fromkeys(("drafted_at", "changed_at", "published_at", "followed_at"), SINCE)
    told = moments | {"effective_from": SINCE.date()}
    version.objects.create(kind="stage-times", number=1, content=CONTENT, reason="Shipped with the product.", **told)


class Migration(migrations.Migration):
    replaces = [("stagegates", "0017_shipped_stage_times")]
    dependencies = [("stagegates", "0004_shipped_clocks"), ("configuration", "0001_tables")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
