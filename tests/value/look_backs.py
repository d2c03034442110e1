"""What tests of look-backs share."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def schemas() -> list[str]:
    """The names of those that are there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'known%' ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def nothing(done: int, of: int) -> None:
    """For who does not want to be told how far it is."""


def counted(deed: Callable[[], object]) -> int:
    """How many tables a deed makes."""
    with CaptureQueriesContext(connection) as queries:
        deed()
    return sum("TABLE IF NOT EXISTS" in query["sql"] for query in queries)
