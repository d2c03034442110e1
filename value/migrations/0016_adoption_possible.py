"""Answers come from active users, and weeks from the year 2000 on. What was recorded before stays: nothing edits it."""

import datetime

import django.core.validators
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import F, Q
from aiso.tables_at_once import TablesAtOnce


class Migration(TablesAtOnce):
    dependencies = [("value", "0015_corrected_downwards")]

    operations = [
        migrations.RemoveConstraint("adoptionreading", "adoption_satisfaction_of_answers"),
        migrations.AlterField(
            model_name="adoptionreading",
            name="answered",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="How many of the active gave the answers.",
                null=True,
                validators=[django.core.validators.MaxValueValidator(100000000)],
                verbose_name="answers",
            ),
        ),
        AddConstraintNotValid(
            "adoptionreading",
            models.CheckConstraint(
                condition=Q(satisfaction=None, answered=None)
                | Q(satisfaction__isnull=False, satisfaction__gte=1, satisfaction__lte=5)
                & Q(answered__isnull=False, answered__gt=0, answered__lte=F("active_users")),
                name="adoption_satisfaction_of_answers",
            ),
        ),
        AddConstraintNotValid(
            "adoptionreading",
            models.CheckConstraint(
                condition=Q(week_ends_on__gte=datetime.date(2000, 1, 1)), name="adoption_since_2000"
            ),
        ),
    ]
