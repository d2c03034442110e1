"""Version 1 of the clocks of incidents, and the templates that a new office begins with."""

from django.db import migrations
from django.utils import timezone

KIND = "incident-clocks"
# Hours to contain, working days to resolve and to review.
CLOCKS = {"severe": (4, 2, 5), "major": (24, 5, 10), "moderate": (72, 10, 15), "minor": (168, 20, 20)}
PARTS = ("contain_hours", "resolve_days", "review_days")
TEMPLATES = [
    {
        "name": "First word to those concerned",
        "subject": "{severity} incident: {incident}",
        "body": "{what}\n\n"
        "It concerns {initiative}. It was detected on {detected}; {support} sees to it and tells you more as soon as more "
        "is known. Until then, please check results by hand.",
    },
    {
        "name": "Where it stands",
        "subject": "{incident} is {state}",
        "body": "{incident} is {state} now.\n\n"
        "What changed since the last word:\n\n"
        "What is still to come:\n\n"
        "{support} answers questions.",
    },
    {
        "name": "It is over",
        "subject": "{incident} is over",
        "body": "{incident} is over; {initiative} can be used as before. What failed and what follows from it is told "
        "after the review. Thank you for your patience.",
    },
]


def ship(apps, schema_editor):
    """A published version stays for good, so one that is there already was left by going back and forth."""
    for template in TEMPLATES:
        apps.get_model("portfolio", "MessageTemplate").objects.create(**template)
    version = apps.get_model("configuration", "ConfigurationVersion")
    if version.objects.filter(kind=KIND, number=1).exists():
        return
    content = {
        f"{severity}_{part}": str(number)
        for severity, numbers in CLOCKS.items()
        for part, number in zip(PARTS, numbers, strict=True)
    }
    at = timezone.now()
    told = {"drafted_at": at, "changed_at": at, "published_at": at, "followed_at": at, "effective_from": at.date()}
    version.objects.create(kind=KIND, number=1, content=content, reason="Shipped with the product.", **told)


def withdraw(apps, schema_editor):
    """A published version is fixed; the triggers refuse to delete it."""
    names = [template["name"] for template in TEMPLATES]
    apps.get_model("portfolio", "MessageTemplate").objects.filter(name__in=names).delete()


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0009_incidents"), ("configuration", "0001_tables")]
    operations = [migrations.RunPython(ship, withdraw)]
