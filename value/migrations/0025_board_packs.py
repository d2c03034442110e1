"""Board packs, their files, and subscriptions to them."""

import aiso.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models
from aiso.tables_at_once import TablesAtOnce


class Migration(TablesAtOnce):
    dependencies = [
        ("accounts", "0001_tables"),
        ("portfolio", "0015_metric_category"),
        ("value", "0024_shipped_value_review"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PackSubscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        default=90, help_text="Days: 30, 60 or 90.", verbose_name="window"
                    ),
                ),
                ("started_at", models.DateTimeField(default=aiso.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "bucket",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portfolio.bucket",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pack_subscriptions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.businessunit",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="BoardPack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        default=90, help_text="Days: 30, 60 or 90.", verbose_name="window"
                    ),
                ),
                ("as_of", models.DateField(help_text="The last day counted.")),
                (
                    "known_at",
                    models.DateTimeField(default=aiso.clock.now, help_text="What was recorded later is not in it."),
                ),
                ("key", models.CharField(help_text="Who asks twice with one key asks once.", max_length=120)),
                (
                    "money_units",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), help_text="Whose money it counts.", null=True
                    ),
                ),
                (
                    "confidential_units",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        help_text="Whose confidential initiatives it counts.",
                        null=True,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("making", "Being made"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("progress", models.PositiveSmallIntegerField(default=0, help_text="Per cent of its steps.")),
                ("figures", models.JSONField(help_text="All that its files say; money as decimal text.", null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, help_text="How often a worker took it up.")),
                ("moved_at", models.DateTimeField(default=aiso.clock.now, help_text="The last sign of life.")),
                ("made_at", models.DateTimeField(blank=True, null=True)),
                ("failure", models.CharField(blank=True, max_length=500)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="board_packs",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bucket",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portfolio.bucket",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.businessunit",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="packs",
                        to="value.packsubscription",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="PackFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("pdf", "PDF"), ("pptx", "PowerPoint"), ("xlsx", "Excel")], max_length=4),
                ),
                ("content", models.BinaryField()),
                ("size", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField(default=aiso.clock.now)),
                (
                    "pack",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="value.boardpack"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("pack", "kind"), name="one_file_of_a_kind")],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="packfile",
            trigger=pgtrigger.compiler.Trigger(
                name="stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="90b5be1b1be8bf258a9c1b43586be018875ee551",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_stays_2e530",
                    table="value_packfile",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="packsubscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("person", "days", "unit", "bucket"),
                name="subscribed_once_to_a_pack",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="boardpack",
            index=models.Index(
                condition=models.Q(("state__in", ["queued", "making"])), fields=["moved_at"], name="pack_moving"
            ),
        ),
        migrations.AddConstraint(
            model_name="boardpack",
            constraint=models.UniqueConstraint(fields=("asked_by", "key"), name="pack_asked_once"),
        ),
        migrations.AddConstraint(
            model_name="boardpack",
            constraint=models.CheckConstraint(condition=models.Q(("days__in", (30, 60, 90))), name="pack_of_a_window"),
        ),
        migrations.AddConstraint(
            model_name="boardpack",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "ready"), _negated=True),
                    models.Q(("figures__isnull", False), ("made_at__isnull", False)),
                    _connector="OR",
                ),
                name="pack_ready_is_made",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="boardpack",
            trigger=pgtrigger.compiler.Trigger(
                name="pins_stay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."days" IS DISTINCT FROM (NEW."days") OR OLD."as_of" IS DISTINCT FROM (NEW."as_of") OR OLD."known_at" IS DISTINCT FROM (NEW."known_at") OR OLD."unit_id" IS DISTINCT FROM (NEW."unit_id") OR OLD."bucket_id" IS DISTINCT FROM (NEW."bucket_id") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."key" IS DISTINCT FROM (NEW."key"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="6fedb63e163f88d09fc8d1084ddde3827c6b7243",
                    operation="UPDATE",
                    pgid="pgtrigger_pins_stay_b43df",
                    table="value_boardpack",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="boardpack",
            trigger=pgtrigger.compiler.Trigger(
                name="figures_stay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."figures" IS NOT NULL AND (OLD."figures" IS DISTINCT FROM (NEW."figures") OR OLD."money_units" IS DISTINCT FROM (NEW."money_units") OR OLD."confidential_units" IS DISTINCT FROM (NEW."confidential_units")))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="413abe0c387e3ea51417143447f98902db6daa1b",
                    operation="UPDATE",
                    pgid="pgtrigger_figures_stay_b9601",
                    table="value_boardpack",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="boardpack",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="5e2f2d97c9cc4828a11269a89e8e8f090732df3b",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_c86c2",
                    table="value_boardpack",
                    when="BEFORE",
                ),
            ),
        ),
    ]
