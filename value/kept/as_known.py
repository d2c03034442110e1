"""Facts and kept rows as they were known at a moment: a figure that is told of then is read like one of now.

For the length of a read, what hides the facts and the kept rows is the look-back of the moment where one is kept; else
it is counted for this read, and nothing of it stays.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.db import connection, transaction

from . import look_backs
from .anew import FOR_A_READ, LOCK, count_anew

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
        if look_backs.enter(cursor, moment):
            return
        cursor.execute(f"SELECT pg_advisory_xact_lock({LOCK})")
        count_anew(cursor, moment, FOR_A_READ)
