"""Facts and kept rows as they were known at a moment: a figure that is told of then is read like one of now.

For the length of a read, views of the facts that were recorded by then hide the tables of the same names, and tables of
what follows from these hide the kept rows. Nothing stays. It takes as long as counting all anew, so one waits for the
other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper

from portfolio.models import Ownership, StageChange

from ..models import AdoptionReading, ClaimAnswer, LedgerEntry, Measurement, MeasurementAnswer
from .tables import KeptTable, dated_tables
from .touched import Touched

# Facts, and when each was recorded.
RECORDED: tuple[tuple[type[models.Model], str], ...] = (
    *((model, "recorded_at") for model in (LedgerEntry, Measurement, AdoptionReading, StageChange, Ownership)),
    *((model, "answered_at") for model in (ClaimAnswer, MeasurementAnswer)),
)
# The day on which an owner was one no more, as known at a moment, among rows of owners that were known. Deputies stand
# side by side.
KNOWN_END = """LEAST(
    CASE WHEN end_recorded_at > {known} THEN NULL ELSE ended_on END,
    lead(started_on) OVER (PARTITION BY initiative_id, kind, CASE WHEN is_deputy THEN id END ORDER BY started_on, id)
)"""
_known: ContextVar[datetime | None] = ContextVar("known_at", default=None)


@contextmanager
def as_known(moment: datetime | None) -> Iterator[None]:
    """Read what was known at a moment; None is now. What is written meanwhile is lost, so nothing may be.

    Raises ValueError inside of another moment.
    """
    if moment == _known.get():
        yield
        return
    if moment is None or _known.get() is not None:
        raise ValueError("What was known at one moment is not read inside of another.")
    with transaction.atomic():
        token = _known.set(moment)
        try:
            _look_back(moment)
            yield
        finally:
            _known.reset(token)
            transaction.set_rollback(True)


def refuse_another(moment: datetime | None) -> None:
    """Raises ValueError where what is read is not as it was known at a moment."""
    if moment != _known.get():
        raise ValueError("What was known at a moment is read inside of as_known().")


def _look_back(moment: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('value_as_known'))")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        for model, recorded in RECORDED:
            columns = ", ".join(_column(str(field.column), model) for field in model._meta.concrete_fields)
            table = model._meta.db_table
            cursor.execute(
                f"CREATE TEMPORARY VIEW {table} AS SELECT {columns} FROM public.{table} WHERE {recorded} <= %(known)s",  # noqa: S608
                {"known": moment},
            )
        for kept in dated_tables():
            _count_anew(cursor, kept)


def _column(name: str, model: type[models.Model]) -> str:
    """An owner whose end was not known yet is one until the next that was known began."""
    if model is Ownership and name == "ended_on":
        return f"{KNOWN_END.format(known='%(known)s')} AS ended_on"
    return name


def _count_anew(cursor: CursorWrapper, kept: KeptTable) -> None:
    """Two kinds of rows may lie in one table."""
    alike = f"LIKE public.{kept.table} INCLUDING INDEXES INCLUDING IDENTITY"
    cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {kept.table} ({alike}) ON COMMIT DROP")
    wanted, values = kept.want(cursor, Touched())
    cursor.execute(f"INSERT INTO {kept.table} ({kept.columns}) {wanted}", values)
    cursor.execute(f"ANALYZE {kept.table}")
