"""Version 1 of the risk appetite."""

from django.db import migrations
from django.utils import timezone

KIND = "risk-appetite"
CONTENT = {"appetite": "9"}


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
    dependencies = [("portfolio", "0007_risks"), ("configuration", "0001_tables")]
    operations = [migrations.RunPython(ship, withdraw)]
