"""Marks of stages and owners that were taken back as if they had not been: no date tells these apart."""

from django.db import migrations, models
from aiso.tables_at_once import TablesAtOnce

TRIGGERS = """
CREATE TRIGGER kept_marks_taken_back AFTER DELETE ON portfolio_stagechange
    REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION value_mark_initiatives('taken');
CREATE TRIGGER kept_marks_taken_back AFTER DELETE ON portfolio_ownership
    REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION value_mark_initiatives('taken');
CREATE TRIGGER kept_marks_end_taken_back AFTER UPDATE ON portfolio_ownership
    REFERENCING OLD TABLE AS changed_rows FOR EACH ROW
    WHEN (
        OLD.end_recorded_at IS NOT NULL
        AND (OLD.ended_on, OLD.end_recorded_at) IS DISTINCT FROM (NEW.ended_on, NEW.end_recorded_at)
    ) EXECUTE FUNCTION value_mark_initiatives('taken');
"""
NO_TRIGGERS = """
DROP TRIGGER kept_marks_end_taken_back ON portfolio_ownership;
DROP TRIGGER kept_marks_taken_back ON portfolio_ownership;
DROP TRIGGER kept_marks_taken_back ON portfolio_stagechange;
"""
ABOUT = [
    ("entries", "Entries of the ledger"),
    ("answers", "Answers to claims"),
    ("measured", "Measurements and what finance said of them"),
    ("baselines", "Baselines confirmed"),
    ("stages", "Changes of stage"),
    ("owners", "Owners"),
    ("taken", "Stages or owners taken back as if they had not been"),
    ("moved", "Initiatives of another unit or bucket, or no longer confidential"),
    ("readings", "Adoption readings"),
    ("units", "The tree of units"),
    ("scored", "Metrics, readings and workflows of initiatives"),
    ("all", "Everything"),
]


class Migration(TablesAtOnce):
    dependencies = [("value", "0027_sums_of_all_buckets")]

    operations = [
        migrations.AlterField(
            model_name="keptmark", name="about", field=models.CharField(choices=ABOUT, max_length=10)
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
