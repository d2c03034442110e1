"""ISO weeks: each is told by its last day, a Sunday in the office's time zone, and written as `2026-W46`."""

import re
from datetime import date, timedelta

from aiso import clock

WEEK = re.compile(r"(20\d\d)-?W(\d\d?)", re.IGNORECASE)
A_WEEK = timedelta(days=7)


def week_ending(day: date) -> date:
    """The last day of the week that a day lies in."""
    return day + timedelta(days=7 - day.isoweekday())


def week_name(ends_on: date) -> str:
    """`2026-W46`. The year is that of its Thursday, so that week 53 may end in January."""
    year, week, _ = ends_on.isocalendar()
    return f"{year}-W{week:02}"


def week_named(text: str) -> date | None:
    """The last day of the week that a text names; nothing where there is no such week."""
    if not (found := WEEK.fullmatch(text.strip())):
        return None
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 7)
    except ValueError:
        return None


def last_week_over() -> date:
    """The last day of the latest week that is over: on a Sunday, the one before."""
    return week_ending(clock.today()) - A_WEEK


def last_weeks(count: int) -> list[date]:
    """The latest weeks that are over, the newest first."""
    newest = last_week_over()
    return [newest - A_WEEK * back for back in range(count)]


def weeks_between(first: date, last: date) -> int:
    """How many weeks end on a day from `first` to `last`, both included."""
    # Day 1 of the calendar was a Monday, so that every seventh day is a Sunday.
    return last.toordinal() // 7 - (first.toordinal() - 1) // 7
