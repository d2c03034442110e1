"""The migrations that share one state among operations hold only what allows it."""

import pytest
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader
from pgtrigger.migrations import AddTrigger

from aiso.tables_at_once import TablesAtOnce

AT_ONCE = [each for each in MigrationLoader(None).disk_migrations.values() if isinstance(each, TablesAtOnce)]


def test_every_app_with_tables_begins_with_one():
    labels = {each.app_label for each in AT_ONCE}
    assert labels == {"accounts", "configuration", "events", "forums", "portfolio", "stagegates", "standards"}


@pytest.mark.parametrize("migration", AT_ONCE, ids=str)
def test_tables_are_whole_before_their_triggers(migration):
    kinds = [type(operation) for operation in migration.operations]
    tables = kinds.count(migrations.CreateModel)
    assert kinds == [migrations.CreateModel] * tables + [AddTrigger] * (len(kinds) - tables)


def test_every_trigger_that_models_name_is_in_the_database(db):
    from pgtrigger import registered

    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        there = {name for (name,) in cursor.fetchall()}
    named = {trigger.get_pgid(model) for model, trigger in registered()}
    assert len(named) > 400
    assert named <= there
