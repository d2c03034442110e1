"""Marks of what changes lines of scorecards, beside those of measurements; and lines are no keys of what may go."""

from django.db import migrations, models
from aiso.tables_at_once import TablesAtOnce

# `value_mark_initiatives` marks the initiatives of `changed_rows`; what has no initiative of its own is told here.
BELOW = ("portfolio_outcomemetric", "portfolio_decisionreading", "portfolio_decisionclass")
EVENTS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}
THROUGH = {
    "value_cataloguelink": "SELECT m.initiative_id FROM changed_rows AS c"
    " JOIN portfolio_outcomemetric AS m ON m.id = c.metric_id",
    "value_cataloguemetric": "SELECT m.initiative_id FROM changed_rows AS c"
    " JOIN value_cataloguelink AS l ON l.entry_id = c.id JOIN portfolio_outcomemetric AS m ON m.id = l.metric_id",
    "value_adoptionreading": "SELECT i.id FROM changed_rows AS c"
    " JOIN portfolio_initiative AS i ON i.workflow_id = c.workflow_id",
    "portfolio_workflow": "SELECT i.id FROM changed_rows AS c JOIN portfolio_initiative AS i ON i.workflow_id = c.id",
}
# Readings are inserted alone, workflows and metrics of the catalogue matter once something refers to them.
HAPPENS = {"value_cataloguelink": tuple(EVENTS), "value_adoptionreading": ("insert",)}


def _trigger(table: str, event: str, function: str) -> str:
    return f"""
        CREATE TRIGGER scorecard_marks_{event} AFTER {event.upper()} ON {table}
        REFERENCING {EVENTS[event]} TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION {function};
    """


def _function(table: str, select: str) -> str:
    return f"""
        CREATE FUNCTION scorecard_mark_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO value_keptmark (about, initiative_id, has_run_costs)
            SELECT DISTINCT 'scored', found.initiative_id, FALSE FROM ({select}) AS found (initiative_id);
            RETURN NULL;
        END $$;
    """  # noqa: S608 (constants)


# An initiative that takes up a workflow, or leaves one.
MOVED = """
    CREATE FUNCTION scorecard_mark_workflow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO value_keptmark (about, initiative_id, has_run_costs) VALUES ('scored', NEW.id, FALSE);
        RETURN NULL;
    END $$;
    CREATE TRIGGER scorecard_marks_insert AFTER INSERT ON portfolio_initiative FOR EACH ROW
        WHEN (NEW.workflow_id IS NOT NULL) EXECUTE FUNCTION scorecard_mark_workflow();
    CREATE TRIGGER scorecard_marks_update AFTER UPDATE ON portfolio_initiative FOR EACH ROW
        WHEN (NEW.workflow_id IS DISTINCT FROM OLD.workflow_id) EXECUTE FUNCTION scorecard_mark_workflow();
"""
OWN = [_trigger(table, event, "value_mark_initiatives('scored')") for table in BELOW for event in EVENTS]
OTHERS = [
    _function(table, select)
    + "".join(_trigger(table, event, f"scorecard_mark_{table}()") for event in HAPPENS.get(table, ("update",)))
    for table, select in THROUGH.items()
]
MARKS = "".join([*OWN, *OTHERS, MOVED])
NO_MARKS = "".join(
    [
        *(f"DROP TRIGGER scorecard_marks_{event} ON {table};" for table in BELOW for event in EVENTS),
        *(f"DROP FUNCTION scorecard_mark_{table}() CASCADE;" for table in THROUGH),
        "DROP FUNCTION scorecard_mark_workflow() CASCADE;",
    ]
)


class Migration(TablesAtOnce):
    dependencies = [("value", "0020_shipped_scorecard_goals")]
    operations = [
        migrations.AlterField(
            model_name="keptmark",
            name="about",
            field=models.CharField(
                choices=[
                    ("entries", "Entries of the ledger"),
                    ("answers", "Answers to claims"),
                    ("measured", "Measurements and what finance said of them"),
                    ("baselines", "Baselines confirmed"),
                    ("stages", "Changes of stage"),
                    ("owners", "Owners"),
                    ("moved", "Initiatives of another unit or bucket, or no longer confidential"),
                    ("readings", "Adoption readings"),
                    ("units", "The tree of units"),
                    ("scored", "Metrics, readings and workflows of initiatives"),
                    ("all", "Everything"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunSQL(MARKS, NO_MARKS),
    ]
