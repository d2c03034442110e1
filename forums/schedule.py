"""On which days a forum meets by its cadence (DESIGN §1: each of the three once a month)."""

from datetime import date, datetime, timedelta

from dateutil.rrule import MONTHLY, rrule, weekday
from django.utils import timezone

from aiso.workdays import due_after

from .models import Cadence


def moments_of(cadence: Cadence, day: date) -> dict[date, datetime]:
    """When it meets, by the first of the month: in the month of `day` and as many after it as are made ahead.

    A day on which the office is closed gives way to the next working day. One query for the calendar.
    """
    rule = rrule(
        MONTHLY,
        dtstart=datetime.combine(day.replace(day=1), cadence.at),
        count=cadence.months_ahead + 1,
        byweekday=weekday(cadence.weekday, cadence.week),
    )
    return {moment.date().replace(day=1): _on_a_working_day(timezone.make_aware(moment)) for moment in rule}


def _on_a_working_day(moment: datetime) -> datetime:
    """The same hour of the clock on that day, or on the next working day after it."""
    local = timezone.localtime(moment)
    later: timedelta = due_after(moment, 0) - local.date()
    return timezone.make_aware(local.replace(tzinfo=None) + later)
