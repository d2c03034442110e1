"""The time every action reads. Only tests and demonstrations set it."""

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta

from django.utils import timezone

_fixed: ContextVar[datetime | None] = ContextVar("fixed_time", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _fixed.get() or timezone.now()


def today() -> date:
    """The present date in the office's time zone (DESIGN §6)."""
    return timezone.localtime(now()).date()


def days_ahead(days: int) -> date:
    """So many days from the present date."""
    return today() + timedelta(days=days)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


@contextmanager
def fixed_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at an aware `moment` for the length of the block."""
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)
