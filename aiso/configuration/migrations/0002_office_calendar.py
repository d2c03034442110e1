"""Version 1 of the office calendar: Monday to Friday, and no holidays until the office says whose."""

from django.db import migrations
from django.utils import timezone

CONTENT = {"weekdays": ["0", "1", "2", "3", "4"], "country": "", "region": "", "closed": []}


def ship(apps, schema_editor):
    version = apps.get_model("configuration", "ConfigurationVersion")
    # A published version stays for good, so one that is there already was left by going back and forth.
    if not version.objects.filter(kind="calendar", number=1).exists():
        now = timezone.now()
        moments = dict.fromkeys(("drafted_at", "changed_at", "published_at", "followed_at"), now)
        told = {"content": CONTENT, "reason": "Shipped with the product.", "effective_from": now.date()}
        version.objects.create(kind="calendar", number=1, **moments, **told)


class Migration(migrations.Migration):

    dependencies = [("configuration", "0001_tables")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
