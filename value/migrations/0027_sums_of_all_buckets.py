"""Sums and tallies of all buckets beside those of each, and when initiatives ended."""

import django.db.models.deletion
from django.db import migrations, models

from aiso.tables_at_once import TablesAtOnce

LEVELS = "UPDATE value_dailysum SET level = 1 WHERE is_below"
# The dashboard reads these from now on; the mark has all of them counted anew.
ADDED_UP = r"""
INSERT INTO value_dailysum (
    unit_id, level, is_confidential, part, benefit_type, first_on, last_on, covered, denominator, shows_on, hides_on,
    amount, recorded_at
)
SELECT unit_id, 2, is_confidential, part, benefit_type, first_on, last_on, covered, denominator, shows_on, hides_on,
    sum(amount), max(recorded_at)
FROM value_dailysum WHERE level = 1
GROUP BY unit_id, is_confidential, part, benefit_type, first_on, last_on, covered, denominator, shows_on, hides_on;
INSERT INTO value_standingtally (
    is_of_all_buckets, is_confidential, day, active, paused, lacks_business, lacks_technical, lacks_risk, owned,
    stable_30, stable_60, stable_90
)
SELECT TRUE, is_confidential, day, sum(active), sum(paused), sum(lacks_business), sum(lacks_technical),
    sum(lacks_risk), sum(owned), sum(stable_30), sum(stable_60), sum(stable_90)
FROM value_standingtally WHERE unit_id IS NULL GROUP BY is_confidential, day;
INSERT INTO value_ending (initiative_id, ended_on, has_rationale, goes_on)
SELECT initiative_id, changed_on, has_rationale, goes_on FROM (
    SELECT initiative_id, stage, changed_on, rationale ~ '\S' AS has_rationale,
        lead(changed_on) OVER (PARTITION BY initiative_id ORDER BY changed_on, id) AS goes_on
    FROM portfolio_stagechange
) AS stays WHERE stage IN ('closed', 'merged');
INSERT INTO value_keptmark (about, has_run_costs) VALUES ('all', FALSE);
"""


class Migration(TablesAtOnce):
    dependencies = [("value", "0026_fewer_sums")]

    operations = [
        migrations.CreateModel(
            name="Ending",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ended_on", models.DateField()),
                ("has_rationale", models.BooleanField(help_text="Whether somebody said why.")),
                (
                    "goes_on",
                    models.DateField(help_text="The day of the change after it. Empty: there is none.", null=True),
                ),
                (
                    "initiative",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="portfolio.initiative",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["ended_on"], name="endings_by_day")],
            },
        ),
        migrations.RemoveIndex(model_name="dailysum", name="sums_of_unit"),
        migrations.RemoveIndex(model_name="dailysum", name="own_sums_of_unit"),
        migrations.RemoveIndex(model_name="standingtally", name="tallies_of_unit"),
        migrations.AddField(
            model_name="dailysum",
            name="level",
            field=models.SmallIntegerField(
                choices=[
                    (0, "The unit itself, by bucket"),
                    (1, "All units below it, by bucket"),
                    (2, "All units below it, of all buckets"),
                ],
                default=0,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="standingtally", name="is_of_all_buckets", field=models.BooleanField(default=False)
        ),
        migrations.RunSQL(LEVELS, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="dailysum", name="is_below"),
        migrations.RunSQL(ADDED_UP, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="dailysum",
            index=models.Index(fields=["unit", "level", "last_on", "first_on"], name="sums_of_unit"),
        ),
        migrations.AddIndex(
            model_name="dailysum",
            index=models.Index(
                condition=models.Q(("level", 0)), fields=["unit", "part", "first_on"], name="own_sums_of_unit"
            ),
        ),
        migrations.AddIndex(
            model_name="standingtally",
            index=models.Index(fields=["unit", "is_of_all_buckets", "day"], name="tallies_of_unit"),
        ),
    ]
