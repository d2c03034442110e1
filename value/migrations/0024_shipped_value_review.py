"""The limits of the value and risk review that a new office starts with."""

from datetime import UTC, datetime

from django.db import migrations

# As the other kinds of configuration: what happened before they were installed is held to them, too.
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
CONTENT = {"unmeasured_days": 90, "over_percent": 10, "most": 5}


def ship(apps, schema_editor):
    version = apps.get_model("configuration", "ConfigurationVersion")
    if version.objects.filter(kind="value-review").exists():
        return
    moments = dict.fromkeys(("drafted_at", "changed_at", "published_at", "followed_at"), SINCE)
    told = moments | {"effective_from": SINCE.date()}
    version.objects.create(kind="value-review", number=1, content=CONTENT, reason="Shipped with the product.", **told)


class Migration(migrations.Migration):
    dependencies = [("value", "0023_review_proposals"), ("configuration", "0001_tables")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
