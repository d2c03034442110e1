"""The bodies that a new office has. An office lead seats people in them."""

from decimal import Decimal

from django.db import migrations

FORUMS = [
    {
        "slug": "executive-sponsor",
        "name": "Executive sponsor",
        "about": "Decides what is above the forums, and where nobody else may.",
        "rank": 30,
        "is_delegate": True,
        "most_members": 1,
    },
    {
        "slug": "portfolio-review",
        "name": "Portfolio review",
        "about": "Decides at the gates: which initiatives go on, which get money, which end.",
        "rank": 20,
        "quorum_least": 3,
    },
    {
        "slug": "standards-review",
        "name": "Standards review",
        "about": "Decides what need not be reinvented: standards, reusable parts, waivers.",
        "rank": 15,
        "quorum_least": 3,
    },
    {
        "slug": "value-and-risk-review",
        "name": "Value and risk review",
        "about": "Looks at measured outcomes and at risks of what runs, and decides what follows.",
        "rank": 15,
        "quorum_least": 3,
    },
    {
        "slug": "fast-lane-delegate",
        "name": "Fast-lane delegate",
        "about": "Decides alone, within days, on low-risk experiments.",
        "rank": 10,
        "is_delegate": True,
    },
]


def ship(apps, schema_editor):
    model = apps.get_model("forums", "Forum")
    for forum in FORUMS:
        # A delegate decides alone, so one of several is enough.
        share = Decimal(0) if forum.get("is_delegate") else Decimal("0.5")
        model.objects.create(**{"quorum_share": share, "quorum_least": 1, **forum})


def withdraw(apps, schema_editor):
    slugs = [forum["slug"] for forum in FORUMS]
    apps.get_model("forums", "Forum").objects.filter(slug__in=slugs).delete()


class Migration(migrations.Migration):
    dependencies = [("forums", "0001_tables")]
    operations = [migrations.RunPython(ship, withdraw)]
