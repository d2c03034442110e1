"""The time every action reads. Only tests and demonstrations set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_fixed: ContextVar[datetime | None] = ContextVar("fixed_time", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _fixed.get() or timezone.now()


def today() -> date:
    """The present date in the office's time zone (DESIGN §6)."""
    return timezone.localtime(now()).date()


@contextmanager
def fixed_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at an aware `moment` for the length of the block."""
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)
