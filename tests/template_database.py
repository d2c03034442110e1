"""One migrated database for the whole run; each parallel process gets a copy, which takes a tenth of the time."""

import fcntl
import os
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction

TEMPLATE = "aiso_template"
# What Django keeps of the code itself: nothing of it is made by a test.
KEPT = ("django_migrations", "django_content_type", "auth_permission")


def copy_template(name: str) -> None:
    """Make database `name` from the template, which whoever comes first migrates."""
    with (Path(os.environ["AISO_VAR"]) / ".template").open("a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        if not _exists(TEMPLATE):
            _migrate_template()
        _execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")


def _migrate_template() -> None:
    """Under another name until it is whole, so that a broken one is never copied."""
    unfinished, own = f"{TEMPLATE}_unfinished", connection.settings_dict["NAME"]
    _execute(f"DROP DATABASE IF EXISTS {unfinished}")
    _execute(f"CREATE DATABASE {unfinished}")
    connection.close()
    connection.settings_dict["NAME"] = unfinished
    try:
        call_command("migrate", verbosity=0)
        _keep_what_was_shipped()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
    _execute(f"ALTER DATABASE {unfinished} RENAME TO {TEMPLATE}")


def _keep_what_was_shipped() -> None:
    """Copies of the rows that migrations wrote, beside the tables: tests that commit leave empty ones behind."""
    _execute("CREATE SCHEMA shipped")
    with connection.cursor() as cursor:
        apps = "^(portfolio|configuration|forums|standards|stagegates)_"
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename ~ %s ORDER BY 1", [apps])
        tables = [table for (table,) in cursor.fetchall() if not table.endswith("event")]
        for table in tables:
            cursor.execute(f"CREATE TABLE shipped.{table} AS TABLE public.{table}")
            cursor.execute(f"SELECT 1 FROM shipped.{table} LIMIT 1")
            if cursor.fetchone() is None:
                cursor.execute(f"DROP TABLE shipped.{table}")


def restore_shipped() -> None:
    """Every table as the migrations left it. Rows are deleted one table after the other, since to truncate some two
    hundred of which a test filled a few takes seconds; triggers are silent, since history refuses both.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)", [[*KEPT]]
        )
        cursor.execute("; ".join(f"DELETE FROM public.{table}" for (table,) in cursor.fetchall()))
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'shipped'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"INSERT INTO public.{table} SELECT * FROM shipped.{table}")


def _exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()
