"""Sums of what decayed over one denominator, and the days of a month in production beside its run cost."""

from django.db import migrations, models

from aiso.tables_at_once import TablesAtOnce

# What the rows told stays told until all of them are counted anew, which the mark asks for.
BEFORE = "UPDATE value_dailysum SET amount = amount * numerator WHERE numerator <> 1"
AFTER = """
UPDATE value_costmonth SET first_on = month, last_on = (month + INTERVAL '1 month')::date - 1;
UPDATE value_livespell AS s SET before_on = b.before_on
FROM (
    SELECT id, lag(last_on) OVER (PARTITION BY initiative_id ORDER BY first_on) AS before_on FROM value_livespell
) AS b WHERE b.id = s.id;
INSERT INTO value_keptmark (about, has_run_costs) VALUES ('all', FALSE);
"""


class Migration(TablesAtOnce):
    dependencies = [("value", "0025_board_packs")]

    operations = [
        migrations.AlterField(
            model_name="dailysum", name="amount", field=models.DecimalField(decimal_places=2, max_digits=100)
        ),
        migrations.AlterField(
            model_name="dailysum", name="denominator", field=models.DecimalField(decimal_places=0, max_digits=34)
        ),
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="dailysum", name="numerator"),
        migrations.AddField(
            model_name="livespell",
            name="before_on",
            field=models.DateField(help_text="The last day of the spell before. Empty: it is the first.", null=True),
        ),
        migrations.AddField(
            model_name="costmonth",
            name="first_on",
            field=models.DateField(default="2000-01-01", help_text="The first day of the month in production."),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="costmonth",
            name="last_on",
            field=models.DateField(default="2000-01-01", help_text="The last day of the month in production."),
            preserve_default=False,
        ),
        migrations.RunSQL(AFTER, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="costmonth", name="cost_months_by_month"),
        migrations.AddIndex(
            model_name="costmonth",
            index=models.Index(
                fields=["month", "initiative"],
                include=["first_on", "last_on", "shows_on", "hides_on"],
                name="cost_months_in_month",
            ),
        ),
    ]
