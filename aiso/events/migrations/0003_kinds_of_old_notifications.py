"""Notifications from before there were kinds: mentions and requests are told apart by their event."""

from django.db import migrations

KINDS = {
    "mention": ["comment.added", "comment.edited"],
    "request": ["intake.submitted", "intake.replied", "intake.asked"],
}


def sort(apps, schema_editor):
    notifications = apps.get_model("events", "Notification").objects
    for kind, names in KINDS.items():
        notifications.filter(event__name__in=names).update(kind=kind)


class Migration(migrations.Migration):

    dependencies = [("events", "0002_mail_and_kinds")]

    operations = [migrations.RunPython(sort, migrations.RunPython.noop)]
