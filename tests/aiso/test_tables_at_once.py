"""The migrations that share one state among operations hold only what allows it."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader

from aiso.tables_at_once import ON_TABLES, TablesAtOnce, in_a_row

AT_ONCE = [each for each in MigrationLoader(None).disk_migrations.values() if isinstance(each, TablesAtOnce)]


def test_every_app_with_tables_has_one():
    labels = {each.app_label for each in AT_ONCE}
    assert labels == {"accounts", "configuration", "events", "forums", "portfolio", "stagegates", "standards", "value"}


@pytest.mark.parametrize("migration", AT_ONCE, ids=str)
def test_what_shares_a_state_needs_nothing_of_its_like(migration):
    rows = [*in_a_row(migration.operations)]
    assert [operation for row in rows for operation in row] == migration.operations
    for row in rows:
        on_tables = all(isinstance(operation, ON_TABLES) for operation in row)
        assert len(row) == 1 or on_tables or {type(operation) for operation in row} == {migrations.CreateModel}


def test_a_change_of_a_column_stands_alone():
    kinds = [migrations.AlterField("model", "field", models.TextField()) for _ in range(2)]
    assert [len(row) for row in in_a_row(kinds)] == [1, 1]


def test_every_trigger_that_models_name_is_in_the_database(db):
    from pgtrigger import registered

    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        there = {name for (name,) in cursor.fetchall()}
    named = {trigger.get_pgid(model) for model, trigger in registered()}
    assert len(named) > 400
    assert named <= there
