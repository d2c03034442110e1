"""Recomputing kept rows: of what was marked, or all of them. One at a time; what dies in the middle changed nothing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.errors import LockNotAvailable

from ..models import KeptMark
from .look_backs import retire_all
from .tables import LOCK, Difference, bring_up_to_date, differences
from .touched import Touched, take_marks

# What changes figures of the past without a date of its own.
UNDATED = ("moved", "units", "taken")
# How long who comes again by the clock waits for another count.
MOMENT = "5s"
# Differences that a check names.
NAMED = 20
log = structlog.get_logger(__name__)


def recompute_marked(patience: str = "0") -> dict[str, int]:
    """Bring up to date what was marked, and return how many rows of each table changed; nothing where none was.

    Waits for another count, without end or for so long as Postgres writes it; raises OperationalError after that.
    """
    if not KeptMark.objects.exists():
        return {}
    with _alone(patience) as cursor:
        touched = take_marks(cursor)
        return _recompute(cursor, touched) if touched else {}


def recompute_unless_busy() -> dict[str, int]:
    """The same, and nothing where another count goes on for longer than a moment: the marks stay for the next time."""
    try:
        return recompute_marked(MOMENT)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        return {}


def recompute_all() -> dict[str, int]:
    """Bring all kept rows up to date, and return how many rows of each table changed."""
    with _alone() as cursor:
        take_marks(cursor)
        return _recompute(cursor, Touched())


def check_kept() -> tuple[int, list[Difference]]:
    """How many kept rows are not what they should be once all that is marked is counted, and some of them. Nothing is
    changed.
    """
    with _alone() as cursor:
        if touched := take_marks(cursor):
            _recompute(cursor, touched)
        found = differences(cursor, NAMED)
        transaction.set_rollback(True)
    return found


def pending_marks(most: int | None = None) -> int:
    """How many changes wait to be counted, up to a number."""
    return KeptMark.objects.order_by()[:most].count()


def _recompute(cursor: CursorWrapper, touched: Touched) -> dict[str, int]:
    began = time.monotonic()
    # Compiling a query takes longer than running it on few rows.
    cursor.execute("SET LOCAL work_mem = '256MB'" if touched.is_all else "SET LOCAL jit = off")
    changed = bring_up_to_date(cursor, touched)
    if touched.by(*UNDATED):
        retire_all(cursor)
    seconds = round(time.monotonic() - began, 3)
    log.info("kept_rows_recomputed", is_all=touched.is_all, seconds=seconds, **changed)
    return changed


@contextmanager
def _alone(patience: str = "0") -> Iterator[CursorWrapper]:
    """A transaction in which no other recompute runs. Who changes facts waits for none of them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{patience}'")
        cursor.execute(f"SELECT pg_advisory_xact_lock({LOCK})")
        cursor.execute("SET LOCAL lock_timeout = DEFAULT")
        yield cursor
