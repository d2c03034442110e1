"""The assessments that are shipped, each with version 1 of its checklist."""

import tomllib
from datetime import date
from pathlib import Path

from django.db import migrations
from django.utils import timezone

SHIPPED = Path(__file__).resolve().parent.parent / "shipped"
REASON = "Shipped with the product."
# Before any day on which a checklist can have been answered, as imports and demonstrations tell it.
SINCE = date(2025, 1, 1)
# What an item may say, and what it says where the file is silent.
EMPTY = {
    "section": "", "text": "", "help_text": "", "answer_type": "", "options": "", "unit": "", "asked_from": "",
    "is_optional": False, "satisfactory": "", "prefilled_from": "", "evidence": "",
}  # fmt: skip


def ship(apps, schema_editor):
    for path in sorted(SHIPPED.glob("*.toml")):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        items, holds_for = told.pop("items"), told.pop("holds_for")
        apps.get_model("standards", "Standard").objects.create(**told)
        content = {"holds_for": str(holds_for), "items": [content_of(item) for item in items]}
        publish(apps.get_model("configuration", "ConfigurationVersion"), f"standard-{told['slug']}", content)


def content_of(item):
    lines = {name: "\n".join(value) for name, value in item.items() if isinstance(value, list)}
    return {"code": item["code"], **EMPTY, **item, **lines}


def publish(version, kind, content):
    """A published version stays for good, so one that is there already was left by going back and forth."""
    if version.objects.filter(kind=kind, number=1).exists():
        return
    now = timezone.now()
    told = {"drafted_at": now, "changed_at": now, "published_at": now, "followed_at": now}
    version.objects.create(
        kind=kind, number=1, content=content, reason=REASON, effective_from=SINCE, **told
    )


def withdraw(apps, schema_editor):
    """Versions cannot be deleted and stay."""
    shipped = [path.stem for path in SHIPPED.glob("*.toml")]
    apps.get_model("standards", "Standard").objects.filter(slug__in=shipped).delete()


class Migration(migrations.Migration):

    dependencies = [("standards", "0001_tables"), ("configuration", "0001_tables")]

    operations = [migrations.RunPython(ship, withdraw)]
