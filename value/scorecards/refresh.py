"""Keeping the lines of scorecards: what is wanted is compared with what is there, and the difference applied.

Both ways, of what changed and of all, end in the same rows, for they apply the same statement.
"""

from collections.abc import Iterable

from django.db import connection, transaction

from .wanted import COLUMNS, GIVEN, NAMED_BY, wanted

TABLE, WANTED = "value_scorecardline", "scorecard_wanted"
# Two that write lines at once would each miss what the other adds.
LOCK = 7_218_001
_SAME = " AND ".join(f"line.{name} = wanted.{name}" for name in NAMED_BY)
_REST = [name for name in COLUMNS if name not in NAMED_BY]
_NOW, _WANTED = (", ".join(f"{table}.{name}" for name in _REST) for table in ("line", "wanted"))
# Constants all of them; the ids come as a parameter.
GONE = f"""
    DELETE FROM {TABLE} AS line WHERE {{only}}
        AND NOT EXISTS (SELECT 1 FROM {WANTED} AS wanted WHERE {_SAME})
"""  # noqa: S608
CHANGED = f"""
    UPDATE {TABLE} AS line SET {", ".join(f"{name} = wanted.{name}" for name in _REST)}
    FROM {WANTED} AS wanted WHERE {_SAME} AND ({_NOW}) IS DISTINCT FROM ({_WANTED})
"""  # noqa: S608
NEW = f"""
    INSERT INTO {TABLE} ({", ".join(COLUMNS)})
    SELECT {", ".join(COLUMNS)} FROM {WANTED} AS wanted
    WHERE NOT EXISTS (SELECT 1 FROM {TABLE} AS line WHERE {_SAME})
"""  # noqa: S608


@transaction.atomic
def refresh(initiatives: Iterable[int] | None = None) -> int:
    """Write the lines of some initiatives, by id, or of all; how many rows changed."""
    ids = None if initiatives is None else sorted({*initiatives})
    if ids == []:
        return 0
    told = {"ids": ids}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        select = wanted(None if ids is None else GIVEN)
        cursor.execute(f"CREATE TEMPORARY TABLE {WANTED} ON COMMIT DROP AS {select}", told)
        only = "true" if ids is None else "line.initiative_id = ANY(%(ids)s)"
        changed = 0
        for statement in (GONE.format(only=only), CHANGED, NEW):
            cursor.execute(statement, told)
            changed += cursor.rowcount
        cursor.execute(f"DROP TABLE {WANTED}")
    return changed
