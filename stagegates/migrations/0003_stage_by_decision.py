"""A stage moves by a decision, or not at all: checked when the transaction commits."""

from django.db import migrations

GUARD = """
    CREATE FUNCTION stagegates_stage_by_decision() RETURNS trigger AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM stagegates_stagebydecision WHERE stage_change_id = NEW.id) THEN
            RAISE EXCEPTION 'A stage change by decision needs the decision that made it.' USING ERRCODE = '23514';
        END IF;
        RETURN NULL;
    END
    $$ LANGUAGE plpgsql;
    CREATE CONSTRAINT TRIGGER stage_by_decision AFTER INSERT ON portfolio_stagechange
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.source = 'decision')
    EXECUTE FUNCTION stagegates_stage_by_decision();
"""
NO_GUARD = """
    DROP TRIGGER stage_by_decision ON portfolio_stagechange;
    DROP FUNCTION stagegates_stage_by_decision();
"""


class Migration(migrations.Migration):
    dependencies = [("stagegates", "0002_shipped_rules")]
    operations = [migrations.RunSQL(GUARD, NO_GUARD)]
