"""Version 1 of what scorecards hold adoption against."""

from django.db import migrations
from django.utils import timezone

KIND = "scorecards"
CONTENT = {
    "active": "50",
    "repeat": "50",
    "opt_outs": "10",
    "satisfaction": "3.5",
    "measured_days": "92",
    "read_weeks": "4",
}


def ship(apps, schema_editor):
    """A published version stays for good, so one that is there already was left by going back and forth."""
    version = apps.get_model("configuration", "ConfigurationVersion")
    if version.objects.filter(kind=KIND, number=1).exists():
        return
    at = timezone.now()
    told = {"drafted_at": at, "changed_at": at, "published_at": at, "followed_at": at, "effective_from": at.date()}
    version.objects.create(kind=KIND, number=1, content=CONTENT, reason="Shipped with the product.", **told)


def withdraw(apps, schema_editor):
    """A published version is fixed; the triggers refuse to delete it."""


class Migration(migrations.Migration):
    dependencies = [("value", "0019_scorecards"), ("configuration", "0001_tables")]
    operations = [migrations.RunPython(ship, withdraw)]
