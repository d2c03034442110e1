"""The decommissioning checklist that a new office starts with."""

from datetime import UTC, datetime

from django.db import migrations

# As the shipped gates: what happened before they were installed is held to them, too.
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
# Code, what, whose, and within how many calendar days of the end.
THINGS = (
    ("users-told", "Tell its users that it ends, when, and what they do instead", "business", 14),
    ("decisions-handed", "Hand the decisions that it makes to people, who know and have the time", "business", 14),
    ("monitoring-off", "Switch off its jobs and interfaces, and its monitoring after them", "technical", 30),
    ("access-revoked", "Revoke its access, service accounts and keys", "technical", 30),
    ("contracts-ended", "End the contracts and licences that only it needs", "business", 60),
    ("data-settled", "Delete its data, or keep it as the retention rule says", "technical", 60),
    ("records-archived", "Archive the model, its versions, its logs and its evidence for audits", "risk", 60),
)


def ship(apps, schema_editor):
    version = apps.get_model("configuration", "ConfigurationVersion")
    if version.objects.filter(kind="decommissioning").exists():
        return
    names = ("code", "what", "owner", "days")
    content = {"things": [dict(zip(names, thing, strict=True)) for thing in THINGS]}
    moments = dict.fromkeys(("drafted_at", "changed_at", "published_at", "followed_at"), SINCE)
    told = moments | {"effective_from": SINCE.date()}
    version.objects.create(
        kind="decommissioning", number=1, content=content, reason="Shipped with the product.", **told
    )


class Migration(migrations.Migration):
    replaces = [("stagegates", "0019_shipped_decommissioning")]
    dependencies = [("stagegates", "0005_shipped_stage_times"), ("configuration", "0001_tables")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
