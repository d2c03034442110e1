"""Look-backs: what was known at a moment, counted once and kept for a while, each in a schema of the database.

A schema is made in one transaction, so that one that is there is whole. One row beside its tables says when it was
made: whoever reads it holds the schema until their transaction ends, and who takes the row away retires the schema at
once, without waiting for who reads it. After a crash Postgres empties unlogged tables, this one among them.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import NamedTuple

from django.db import OperationalError, ProgrammingError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.errors import InvalidSchemaName, LockNotAvailable, UndefinedTable

from aiso import clock

from .anew import LASTING, RECORDED, count_anew
from .anew import LOCK as COUNTING_ANEW
from .tables import LOCK, dated_tables

# How long one is kept, and how many.
KEPT, MOST = timedelta(hours=1), 8
# What is recorded may take so long to be committed. Of a moment that is nearer than this, or to come, more may become
# known: its look-back is kept for a short while only.
SETTLED, FRESH = timedelta(minutes=10), timedelta(minutes=1)
# How long one try to drop one waits for those who read it, while all others wait behind it, and how many tries are made
# where it must go, with as many seconds between them.
IMPATIENT, TRIES, BETWEEN = "100ms", 60, 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Life(NamedTuple):
    """The row beside the tables of a look-back."""

    made_at: datetime
    is_settled: bool

    @property
    def is_over(self) -> bool:
        return clock.now() - self.made_at > (KEPT if self.is_settled else FRESH)


def name_of(moment: datetime) -> str:
    """Of the schema. What another version of the product made, with other tables, has another name."""
    return f"known_{(moment - EPOCH) // timedelta(microseconds=1)}_{_version()}"


@cache
def _version() -> str:
    """Of what is counted: its tables and their columns."""
    models = {model for model, _ in RECORDED} | {table.model for table in dated_tables()}
    told = sorted(f"{each._meta.db_table} {[field.column for field in each._meta.concrete_fields]}" for each in models)
    return sha256("\n".join(told).encode()).hexdigest()[:8]


def enter(cursor: CursorWrapper, moment: datetime) -> bool:
    """Have this transaction read the look-back of a moment from here on; False where none is kept."""
    name = name_of(moment)
    life = _life(cursor, name)
    if life is None or life.is_over:
        return False
    cursor.execute(f"SET LOCAL search_path TO {name}, public")
    return True


def is_kept(moment: datetime) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        life = _life(cursor, name_of(moment))
    return life is not None and not life.is_over


def make(moment: datetime, tell: Callable[[int, int], object]) -> bool:
    """Have a look-back kept; nothing is done where it is. False where it is not its turn: another is counted, or one
    that is over is still being read.
    """
    if is_kept(moment):
        return True
    drop_ended()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_xact_lock({COUNTING_ANEW})")
        if not cursor.fetchone()[0]:
            return False
        # What moves an initiative meanwhile is counted after this is there, and so retires it with the others.
        cursor.execute(f"SELECT pg_advisory_xact_lock_shared({LOCK})")
        if (name := name_of(moment)) in _names(cursor):
            return is_kept(moment)
        _make(cursor, name, moment, tell)
    return True


def retire_all(cursor: CursorWrapper) -> None:
    """Nobody begins to read those that are there once this is committed; they are dropped later."""
    for name in _names(cursor):
        with _unless_gone():
            cursor.execute(f"DELETE FROM {name}.life")  # noqa: S608


def drop_ended() -> None:
    """Drop what is retired, over or more than are kept, unless somebody reads it: the next time finds it again."""
    with transaction.atomic(), connection.cursor() as cursor:
        lives = [(name, _life(cursor, name)) for name in _names(cursor)]
    kept = sorted((life, name) for name, life in lives if life and not life.is_over)[-MOST:]
    for name in {name for name, _ in lives} - {name for _, name in kept}:
        _drop(name)


def drop_all() -> None:
    """Whoever reads one is waited for. Raises RuntimeError where that takes too long."""
    with transaction.atomic(), connection.cursor() as cursor:
        retire_all(cursor)
        names = _names(cursor)
    for _ in range(TRIES):
        names = [name for name in names if not _drop(name)]
        if not names:
            return
        time.sleep(BETWEEN)
    raise RuntimeError(f"Somebody goes on reading {', '.join(names)}: end these reads, and do this again.")


def drop_before_migrating(**about: object) -> None:
    """Their views of the facts would keep migrations from changing these."""
    drop_all()


def _names(cursor: CursorWrapper) -> list[str]:
    cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '^known_[0-9]+_[0-9a-f]{8}$' ORDER BY nspname")
    return [name for (name,) in cursor.fetchall()]


def _life(cursor: CursorWrapper, name: str) -> Life | None:
    """None where there is no such schema, or it is retired. From here on nobody drops it until the transaction ends."""
    cursor.execute("SELECT to_regclass(%s)", [f"{name}.life"])
    if cursor.fetchone() == (None,):
        return None
    with _unless_gone():
        cursor.execute(f"SELECT made_at, is_settled FROM {name}.life")  # noqa: S608
        if row := cursor.fetchone():
            return Life(*row)
    return None


def _make(cursor: CursorWrapper, name: str, moment: datetime, tell: Callable[[int, int], object]) -> None:
    is_settled = clock.now() - moment >= SETTLED
    cursor.execute(f"CREATE SCHEMA {name}")
    cursor.execute(f"SET LOCAL search_path TO {name}, public")
    count_anew(cursor, moment, LASTING, tell)
    cursor.execute("CREATE UNLOGGED TABLE life (made_at timestamptz NOT NULL, is_settled boolean NOT NULL)")
    cursor.execute("INSERT INTO life VALUES (%s, %s)", [clock.now(), is_settled])
    cursor.execute("SET LOCAL search_path TO DEFAULT")


def _drop(name: str) -> bool:
    """Whether it is gone, for nobody reads it. The row's table is locked first: whoever reads of the others has read it
    before.
    """
    try:
        with _unless_gone(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{IMPATIENT}'")
            cursor.execute(f"LOCK TABLE {name}.life IN ACCESS EXCLUSIVE MODE")
            cursor.execute(f"DROP SCHEMA {name} CASCADE")
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        return False
    return True


@contextmanager
def _unless_gone() -> Iterator[None]:
    """What another has dropped meanwhile needs nothing more."""
    try:
        with transaction.atomic():
            yield
    except ProgrammingError as error:
        if not isinstance(error.__cause__, (UndefinedTable, InvalidSchemaName)):
            raise
