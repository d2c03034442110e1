"""The one way to bring kept rows up to date: put those that are wanted beside those that are there, and apply the
difference.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper

from .touched import Touched

# Held by whoever brings kept rows up to date.
LOCK = "hashtext('value_kept_rows')"
# A query and its values.
type Query = tuple[str, Sequence[Any] | Mapping[str, Any] | None]


@dataclass(frozen=True)
class KeptTable:
    """Some rows of a table that nobody else writes.

    `want` gives the query of the rows that should be there, with its values and the columns in their order, of what was
    touched; tables of its own that it reads are there by then. `present` is the query of those rows that are there,
    each once. Of everything touched, both concern all rows.
    """

    name: str
    model: type[models.Model]
    want: Callable[[CursorWrapper, Touched], Query]
    present: Callable[["KeptTable", Touched], str]
    # Whether its rows tell from which as-of day on they are seen, and follow from what was recorded alone.
    is_dated: bool = True
    # The marks that concern it, where not all of them do.
    about: tuple[str, ...] = ()

    @property
    def columns(self) -> str:
        """Those that rows are compared by, which is all but the number of the row."""
        fields = self.model._meta.concrete_fields
        return ", ".join(field.column for field in fields if field.column and not field.primary_key)

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def wanted(self) -> str:
        """Where the rows lie that should be there, until the transaction ends."""
        return f"wanted_{self.name}"

    @property
    def differing(self) -> str:
        """Where the rows lie that differ: `side` is 1 of one that should not be there and −1 of one that is missing."""
        return f"differing_{self.name}"


@dataclass(frozen=True)
class Difference:
    """A row that should not be there, or one that is missing, in words."""

    table: str
    is_missing: bool
    told: str

    def __str__(self) -> str:
        return f"{self.table}: {'missing' if self.is_missing else 'wrong'} {self.told}"


_tables: list[KeptTable] = []


def register_kept(*tables: KeptTable) -> None:
    """Have rows kept, after those that were registered before. Called in AppConfig.ready()."""
    _tables.extend(table for table in tables if table.name not in {known.name for known in _tables})


def dated_tables() -> list[KeptTable]:
    """Those that tell of any as-of day, in their order."""
    return [table for table in _tables if table.is_dated]


def bring_up_to_date(cursor: CursorWrapper, touched: Touched) -> dict[str, int]:
    """Make the rows that what was touched concerns what they should be, and return how many rows changed of each table.

    Within a transaction that holds the lock of all recomputes; repeating it changes nothing.
    """
    return {table.name: _apply(cursor, table, touched) for table in _tables}


def differences(cursor: CursorWrapper, most: int) -> tuple[int, list[Difference]]:
    """How many rows are not what they should be, and some of them. The caller rolls back: a table that is wanted by
    another's rows is compared with what these should be.
    """
    count, found = 0, []
    everything = Touched()
    for table in _tables:
        count += _apply(cursor, table, everything)
        told = f"SELECT side < 0, to_jsonb(d) - 'side' - 'id' FROM {table.differing} AS d ORDER BY id LIMIT %s"  # noqa: S608
        cursor.execute(told, [most])
        found += [Difference(table.name, missing, str(told)) for missing, told in cursor.fetchall()]
    return count, found[:most]


def _apply(cursor: CursorWrapper, table: KeptTable, touched: Touched) -> int:
    assert transaction.get_connection().in_atomic_block
    if table.about and not touched.by(*table.about):
        return 0
    changed = _compare(cursor, table, touched)
    if changed:
        cursor.execute(
            f"DELETE FROM {table.table} AS k USING {table.differing} AS d "  # noqa: S608
            "WHERE d.side > 0 AND k.id = d.id"
        )
        cursor.execute(
            f"INSERT INTO {table.table} ({table.columns}) "  # noqa: S608
            f"SELECT {table.columns} FROM {table.differing} WHERE side < 0"
        )
    return changed


def _compare(cursor: CursorWrapper, table: KeptTable, touched: Touched) -> int:
    """How many rows differ. Nulls are alike to GROUP BY, so that each row cancels out with its like."""
    wanted, values = table.want(cursor, touched)
    present = table.present(table, touched)
    if touched.is_all and _is_same(cursor, table, (wanted, values), present):
        return start_table(cursor, table.differing, f"SELECT 1 AS side, k.* FROM {table.table} AS k WHERE FALSE")  # noqa: S608
    start_table(cursor, table.wanted, f"SELECT {table.columns} FROM {table.table} WITH NO DATA")  # noqa: S608
    cursor.execute(f"INSERT INTO {table.wanted} ({table.columns}) {wanted}", values)
    return start_table(
        cursor,
        table.differing,
        f"""
        SELECT max(id) AS id, sum(side) AS side, {table.columns}
        FROM (
            SELECT id, 1 AS side, {table.columns} FROM ({present}) AS present
            UNION ALL SELECT NULL, -1, {table.columns} FROM {table.wanted}
        ) AS both_sides
        GROUP BY {table.columns} HAVING sum(side) <> 0
        """,  # noqa: S608
    )


def _is_same(cursor: CursorWrapper, table: KeptTable, wanted: Query, present: str) -> bool:
    """Whether all rows that are there are those that should be, in a fraction of the time that it takes to find which
    are not: by their number, and by the sum of their hashes of 64 bits.
    """
    there = _print(cursor, table, (f"SELECT {table.columns} FROM ({present}) AS present", None))  # noqa: S608
    return there[0] > 0 and there == _print(cursor, table, wanted)


def _print(cursor: CursorWrapper, table: KeptTable, rows: Query) -> tuple[int, object]:
    """Rows are hashed in the types of the table's columns: a number has one hash as a whole one and as a decimal."""
    select, values = rows
    fields = [field for field in table.model._meta.concrete_fields if not field.primary_key]
    told = ", ".join(f"{field.column}::{field.db_type(connection)}" for field in fields)
    cursor.execute(
        f"SELECT count(*), sum(hash_record_extended(ROW({told}), 0)) FROM ({select}) AS rows ({table.columns})",  # noqa: S608
        values,
    )
    count, total = cursor.fetchone()
    return count, total


def start_table(cursor: CursorWrapper, name: str, select: str) -> int:
    """A table of this transaction alone, which holds what a query gives; returns how many rows."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
    cursor.execute(f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS {select}")
    return int(cursor.rowcount)


def start_touched(cursor: CursorWrapper, name: str, select: str) -> None:
    """The same of what was touched, which is met with large tables: how few rows it has is to be known."""
    start_table(cursor, name, select)
    cursor.execute(f"ANALYZE {name}")


def all_rows(table: KeptTable, condition: str = "TRUE") -> str:
    return f"SELECT k.* FROM {table.table} AS k WHERE {condition}"  # noqa: S608
