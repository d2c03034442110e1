"""Counting anew what follows from the facts that were recorded by a moment.

Views of these facts hide the tables of the same names, and tables of what follows from them hide the kept rows:
for the length of a read, or in a schema of their own that lasts (`look_backs`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.backends.utils import CursorWrapper

from portfolio.models import Ownership, StageChange

from ..models import AdoptionReading, ClaimAnswer, LedgerEntry, Measurement, MeasurementAnswer
from .tables import KeptTable, dated_tables
from .touched import Touched

# It takes as long as counting all anew, so one waits for the other.
LOCK = "hashtext('value_as_known')"
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


@dataclass(frozen=True)
class Place:
    """Where it is counted, in the words of SQL."""

    view: str
    table: str
    ends: str = ""


FOR_A_READ = Place("TEMPORARY VIEW", "TEMPORARY TABLE", "ON COMMIT DROP")
# In the schema that names are looked up in first.
LASTING = Place("VIEW", "UNLOGGED TABLE")


def count_anew(
    cursor: CursorWrapper, moment: datetime, place: Place, tell: Callable[[int, int], object] = lambda done, of: None
) -> None:
    """Within a transaction that holds the lock. `tell` is told how many of how many tables are done, before each."""
    cursor.execute("SET LOCAL work_mem = '256MB'")
    for model, recorded in RECORDED:
        columns = ", ".join(_column(str(field.column), model) for field in model._meta.concrete_fields)
        table = model._meta.db_table
        cursor.execute(
            f"CREATE {place.view} {table} AS SELECT {columns} FROM public.{table} WHERE {recorded} <= %(known)s",  # noqa: S608
            {"known": moment},
        )
    kept = dated_tables()
    for done, each in enumerate(kept):
        tell(done, len(kept))
        _count(cursor, each, place)


def _column(name: str, model: type[models.Model]) -> str:
    """An owner whose end was not known yet is one until the next that was known began."""
    if model is Ownership and name == "ended_on":
        return f"{KNOWN_END.format(known='%(known)s')} AS ended_on"
    return name


def _count(cursor: CursorWrapper, kept: KeptTable, place: Place) -> None:
    """Two kinds of rows may lie in one table."""
    alike = f"LIKE public.{kept.table} INCLUDING INDEXES INCLUDING IDENTITY"
    cursor.execute(f"CREATE {place.table} IF NOT EXISTS {kept.table} ({alike}) {place.ends}")
    wanted, values = kept.want(cursor, Touched())
    cursor.execute(f"INSERT INTO {kept.table} ({kept.columns}) {wanted}", values)
    cursor.execute(f"ANALYZE {kept.table}")
