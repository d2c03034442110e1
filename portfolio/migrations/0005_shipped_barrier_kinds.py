"""The kinds of barriers that a new office begins with; it edits the list."""

from django.db import migrations

KINDS = [
    "Budget",
    "Data access",
    "Integration",
    "Legal question",
    "Other",
    "People",
    "Procurement",
    "Security finding",
]


def ship(apps, schema_editor):
    model = apps.get_model("portfolio", "BarrierKind")
    for name in KINDS:
        model.objects.create(name=name)


def withdraw(apps, schema_editor):
    apps.get_model("portfolio", "BarrierKind").objects.filter(name__in=KINDS).delete()


class Migration(migrations.Migration):
    replaces = [("portfolio", "0020_shipped_barrier_kinds")]
    dependencies = [("portfolio", "0004_shipped_configuration")]
    operations = [migrations.RunPython(ship, withdraw)]
