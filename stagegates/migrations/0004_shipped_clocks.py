"""The clocks of sign-offs that a new office starts with, and what each shipped function's sign-off rests on."""

from datetime import UTC, datetime

from django.db import migrations

# As the shipped gates: what happened before they were installed is held to them, too.
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
# Working days at low, moderate, high and critical risk; the last is how many before the end to remind.
CLOCKS = {
    "legal": (3, 5, 7, 10, 2),
    "security": (3, 5, 7, 10, 2),
    "risk": (2, 3, 5, 7, 1),
    "procurement": (3, 5, 7, 10, 2),
    "data": (2, 3, 5, 7, 1),
    "privacy": (3, 5, 7, 10, 2),
    "employees": (5, 10, 10, 15, 3),
    "finance": (2, 3, 5, 5, 1),
}
# Beside the case itself and the requirements that name the function.
RESTS_ON = {
    "legal": ["case"],
    "security": ["tools"],
    "risk": ["decisions"],
    "procurement": ["tools"],
    "data": ["data"],
    "privacy": ["data"],
    "employees": ["employees"],
    "finance": ["money", "metrics"],
}


def ship(apps, schema_editor):
    functions = apps.get_model("stagegates", "ReviewFunction").objects.filter(rests_on=[])
    for slug, groups in RESTS_ON.items():
        functions.filter(slug=slug).update(rests_on=groups)
    version = apps.get_model("configuration", "ConfigurationVersion")
    if version.objects.filter(kind="sign-off-clocks").exists():
        return
    names = ("low", "moderate", "high", "critical", "remind_before")
    rows = [
        {"code": slug, "function": slug} | dict(zip(names, days, strict=True)) for slug, days in CLOCKS.items()
    ]
    content = {"delegate_days": 2, "question_days": 2, "other_days": 5, "other_remind_before": 1, "clocks": rows}
    moments = dict.fromkeys(("drafted_at", "changed_at", "published_at", "followed_at"), SINCE)
    told = moments | {"effective_from": SINCE.date()}
    version.objects.create(
        kind="sign-off-clocks", number=1, content=content, reason="Shipped with the product.", **told
    )


class Migration(migrations.Migration):
    replaces = [("stagegates", "0006_shipped_clocks")]
    dependencies = [("stagegates", "0003_stage_by_decision"), ("configuration", "0001_tables")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
