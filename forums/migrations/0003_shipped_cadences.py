"""On which day of each month the three forums of a new office meet. An office lead changes it."""

from datetime import time

from django.db import migrations

# One after the other over the month: what is decided in one is read in the next.
CADENCES = [
    {"forum": "portfolio-review", "week": 1, "weekday": 3, "at": time(10, 0), "minutes": 90},
    {"forum": "standards-review", "week": 2, "weekday": 1, "at": time(14, 0), "minutes": 60},
    {"forum": "value-and-risk-review", "week": 3, "weekday": 2, "at": time(10, 0), "minutes": 90},
]


def ship(apps, schema_editor):
    forums, cadences = apps.get_model("forums", "Forum"), apps.get_model("forums", "Cadence")
    for cadence in CADENCES:
        forum = forums.objects.get(slug=cadence["forum"])
        cadences.objects.create(**{**cadence, "forum": forum})


def withdraw(apps, schema_editor):
    slugs = [cadence["forum"] for cadence in CADENCES]
    apps.get_model("forums", "Cadence").objects.filter(forum__slug__in=slugs).delete()


class Migration(migrations.Migration):
    replaces = [("forums", "0006_shipped_cadences")]
    dependencies = [("forums", "0002_shipped_forums")]
    operations = [migrations.RunPython(ship, withdraw)]
