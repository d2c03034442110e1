"""Sums kept for the dashboard, and marks of what changed since they were counted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from aiso.tables_at_once import TablesAtOnce

# What changed is marked in the same transaction, once a statement. Nobody waits for anybody: a mark has no key.
MARKS = """
CREATE FUNCTION value_mark_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO value_keptmark (about, initiative_id, first_on, last_on, claimed_to, has_run_costs)
    SELECT 'entries', initiative_id, min(first_on), max(first_on), max(last_on) FILTER (WHERE claim = 'claimed'),
        bool_or(kind = 'run_cost')
    FROM new_rows GROUP BY initiative_id;
    RETURN NULL;
END $$;
CREATE TRIGGER kept_marks AFTER INSERT ON value_ledgerentry
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION value_mark_entries();

CREATE FUNCTION value_mark_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO value_keptmark (about, initiative_id, first_on, last_on, claimed_to, has_run_costs)
    SELECT 'answers', e.initiative_id, min(e.first_on), max(e.first_on), max(e.last_on), FALSE
    FROM new_rows AS n JOIN value_ledgerentry AS e ON e.id = n.entry_id GROUP BY e.initiative_id;
    RETURN NULL;
END $$;
CREATE TRIGGER kept_marks AFTER INSERT ON value_claimanswer
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION value_mark_answers();

CREATE FUNCTION value_mark_measured() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO value_keptmark (about, initiative_id, metric_id, has_run_costs)
    SELECT DISTINCT 'measured', initiative_id, metric_id, FALSE FROM new_rows;
    RETURN NULL;
END $$;
CREATE TRIGGER kept_marks AFTER INSERT ON value_measurement
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION value_mark_measured();

CREATE FUNCTION value_mark_measurement_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO value_keptmark (about, initiative_id, metric_id, has_run_costs)
    SELECT DISTINCT 'measured', m.initiative_id, m.metric_id, FALSE
    FROM new_rows AS n JOIN value_measurement AS m ON m.id = n.measurement_id;
    RETURN NULL;
END $$;
CREATE TRIGGER kept_marks AFTER INSERT ON value_measurementanswer
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION value_mark_measurement_answers();

CREATE FUNCTION value_mark_baselines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO value_keptmark (about, initiative_id, metric_id, has_run_costs)
    SELECT DISTINCT 'baselines', initiative_id, metric_id, FALSE FROM new_rows;
    RETURN NULL;
END $$;
CREATE TRIGGER kept_marks AFTER INSERT ON value_baselineconfirmation
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION value_mark_baselines();

-- Of the initiatives of rows that changed; what it is about is told by the trigger.
CREATE FUNCTION value_mark_initiatives() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO value_keptmark (about, initiative_id, has_run_costs)
    SELECT DISTINCT TG_ARGV[0], initiative_id, FALSE FROM changed_rows;
    RETURN NULL;
END $$;
CREATE TRIGGER kept_marks_insert AFTER INSERT ON portfolio_stagechange
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION value_mark_initiatives('stages');
CREATE TRIGGER kept_marks_delete AFTER DELETE ON portfolio_stagechange
    REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION value_mark_initiatives('stages');
CREATE TRIGGER kept_marks_insert AFTER INSERT ON portfolio_ownership
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION value_mark_initiatives('owners');
CREATE TRIGGER kept_marks_update AFTER UPDATE ON portfolio_ownership
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION value_mark_initiatives('owners');
CREATE TRIGGER kept_marks_delete AFTER DELETE ON portfolio_ownership
    REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION value_mark_initiatives('owners');

CREATE FUNCTION value_mark_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO value_keptmark (about, initiative_id, unit_id, bucket_id, is_confidential, has_run_costs)
    VALUES ('moved', OLD.id, OLD.unit_id, OLD.bucket_id, OLD.is_confidential, FALSE);
    RETURN NULL;
END $$;
-- By row: a condition costs nothing where it does not hold, and stages and owners are edited by the thousand.
CREATE TRIGGER kept_marks AFTER UPDATE ON portfolio_initiative FOR EACH ROW
    WHEN (OLD.unit_id <> NEW.unit_id OR OLD.bucket_id IS DISTINCT FROM NEW.bucket_id
        OR OLD.is_confidential <> NEW.is_confidential)
    EXECUTE FUNCTION value_mark_moved();

CREATE FUNCTION value_mark_units() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO value_keptmark (about, unit_id, has_run_costs) VALUES ('units', NEW.id, FALSE);
    RETURN NULL;
END $$;
CREATE TRIGGER kept_marks AFTER UPDATE ON accounts_businessunit FOR EACH ROW
    WHEN (OLD.parent_id IS DISTINCT FROM NEW.parent_id) EXECUTE FUNCTION value_mark_units();

-- What was recorded before is counted by the first recompute.
INSERT INTO value_keptmark (about, has_run_costs) VALUES ('all', FALSE);
"""
NO_MARKS = """
DROP TRIGGER kept_marks ON accounts_businessunit;
DROP TRIGGER kept_marks ON portfolio_initiative;
DROP TRIGGER kept_marks_insert ON portfolio_ownership;
DROP TRIGGER kept_marks_update ON portfolio_ownership;
DROP TRIGGER kept_marks_delete ON portfolio_ownership;
DROP TRIGGER kept_marks_insert ON portfolio_stagechange;
DROP TRIGGER kept_marks_delete ON portfolio_stagechange;
DROP TRIGGER kept_marks ON value_baselineconfirmation;
DROP TRIGGER kept_marks ON value_measurementanswer;
DROP TRIGGER kept_marks ON value_measurement;
DROP TRIGGER kept_marks ON value_claimanswer;
DROP TRIGGER kept_marks ON value_ledgerentry;
DROP FUNCTION value_mark_units, value_mark_moved, value_mark_initiatives, value_mark_baselines,
    value_mark_measurement_answers, value_mark_measured, value_mark_answers, value_mark_entries;
"""


class Migration(TablesAtOnce):
    dependencies = [
        ("accounts", "0001_tables"),
        ("portfolio", "0014_owners_known_since_they_began"),
        ("value", "0016_adoption_possible"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CostMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("shows_on", models.DateField(help_text="The first as-of day that sees it.")),
                ("hides_on", models.DateField(help_text="The as-of day from which it is seen no more.", null=True)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="DailySum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_below", models.BooleanField()),
                ("is_confidential", models.BooleanField()),
                ("part", models.CharField(max_length=10)),
                ("benefit_type", models.CharField(max_length=20)),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("covered", models.IntegerField(help_text="Days that its entries cover.")),
                ("numerator", models.DecimalField(decimal_places=0, max_digits=30)),
                ("denominator", models.DecimalField(decimal_places=0, max_digits=30)),
                ("shows_on", models.DateField(help_text="The first as-of day that sees it.")),
                ("hides_on", models.DateField(help_text="The as-of day from which it is seen no more.", null=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=26)),
                ("recorded_at", models.DateTimeField(help_text="When the latest of its facts was recorded.")),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="KeptMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("entries", "Entries of the ledger"),
                            ("answers", "Answers to claims"),
                            ("measured", "Measurements and what finance said of them"),
                            ("baselines", "Baselines confirmed"),
                            ("stages", "Changes of stage"),
                            ("owners", "Owners"),
                            ("moved", "Initiatives of another unit or bucket, or no longer confidential"),
                            ("units", "The tree of units"),
                            ("all", "Everything"),
                        ],
                        max_length=10,
                    ),
                ),
                ("initiative_id", models.BigIntegerField(null=True)),
                ("metric_id", models.BigIntegerField(null=True)),
                ("unit_id", models.BigIntegerField(null=True)),
                ("bucket_id", models.BigIntegerField(null=True)),
                ("is_confidential", models.BooleanField(null=True)),
                ("first_on", models.DateField(null=True)),
                ("last_on", models.DateField(null=True)),
                ("claimed_to", models.DateField(null=True)),
                ("has_run_costs", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="LiveSpell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_on", models.DateField()),
                ("last_on", models.DateField(help_text="Empty: it still is.", null=True)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="LostSpan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_on", models.DateField()),
                ("last_on", models.DateField(help_text="Empty: no end yet.", null=True)),
                ("numerator", models.DecimalField(decimal_places=0, max_digits=30)),
                ("denominator", models.DecimalField(decimal_places=0, max_digits=30)),
                ("shows_on", models.DateField(help_text="The first as-of day that sees it.")),
                ("hides_on", models.DateField(help_text="The as-of day from which it is seen no more.", null=True)),
                (
                    "recorded_at",
                    models.DateTimeField(help_text="When what was measured on the first day was recorded.", null=True),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("reverses", None), _negated=True),
                fields=["initiative"],
                name="reversals_of_initiative",
            ),
        ),
        migrations.AddField(
            model_name="costmonth",
            name="initiative",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="cost_months",
                to="portfolio.initiative",
            ),
        ),
        migrations.AddField(
            model_name="dailysum",
            name="bucket",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="portfolio.bucket",
            ),
        ),
        migrations.AddField(
            model_name="dailysum",
            name="unit",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.businessunit",
            ),
        ),
        migrations.AddField(
            model_name="livespell",
            name="initiative",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="live_spells",
                to="portfolio.initiative",
            ),
        ),
        migrations.AddField(
            model_name="lostspan",
            name="initiative",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lost_spans",
                to="portfolio.initiative",
            ),
        ),
        migrations.AddField(
            model_name="lostspan",
            name="metric",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="portfolio.outcomemetric",
            ),
        ),
        migrations.AddIndex(
            model_name="costmonth",
            index=models.Index(fields=["initiative"], name="cost_months_of_initiative"),
        ),
        migrations.AddIndex(
            model_name="costmonth",
            index=models.Index(
                fields=["month", "initiative"], include=["shows_on", "hides_on"], name="cost_months_by_month"
            ),
        ),
        migrations.AddIndex(
            model_name="dailysum",
            index=models.Index(fields=["unit", "last_on", "first_on"], name="sums_of_unit"),
        ),
        migrations.AddIndex(
            model_name="dailysum",
            index=models.Index(
                condition=models.Q(("is_below", False)), fields=["unit", "part", "first_on"], name="own_sums_of_unit"
            ),
        ),
        migrations.AddIndex(
            model_name="livespell",
            index=models.Index(fields=["initiative"], name="spells_of_initiative"),
        ),
        migrations.AddIndex(
            model_name="lostspan",
            index=models.Index(fields=["initiative", "metric"], name="lost_of_outcome"),
        ),
        migrations.RunSQL(MARKS, NO_MARKS),
    ]
