"""The office calendar: which days are working days, and when a clock of working days runs out.

due_after(submitted_at, 5)             # the day at whose end five working days have passed

Days are those of the office's time zone (DESIGN §6). A clock counts the ends of working days, so that the hour at
which it began, summer time and the hour of a question change nothing.

**The rule.** The days that count are the working days, from the day of the start on, at whose end the clock runs: it
stands still at the end of a day when a question asked on that day or before was answered on a later day, or not yet.
The first of them is day 0, and a clock of n working days runs out at the end of the n-th after it. So:

- A clock of 2 that starts on a Monday, at any hour, runs out at the end of Wednesday.
- One that starts on a day off starts as if on the next working day: on a Saturday, it runs out on Wednesday too.
- A clock of 0 runs out at the end of the day it starts, or of the next working day.
- A question asked and answered on the same day stops nothing; one asked on Tuesday and answered on Thursday stops the
  clock for two days, Tuesday and Wednesday, less those that are days off anyway.
"""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any

from celery.signals import task_prerun
from django.core.signals import request_started
from holidays import country_holidays

from aiso import clock
from aiso.configuration.models import ConfigurationVersion
from aiso.web.figures import local_date

# The kind of configuration that holds the calendar.
CALENDAR = "calendar"
ONE_DAY = timedelta(days=1)
# Names of public holidays in the first of these languages that the library has, else in the country's own.
LANGUAGES = ("en_GB", "en_US")

type Pause = tuple[datetime, datetime | None]


@dataclass(frozen=True)
class Calendar:
    """Working weekdays (Monday is 0), the place whose public holidays are kept, and own closed days by name."""

    weekdays: frozenset[int]
    country: str = ""
    region: str = ""
    closed: dict[date, str] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self.weekdays and not self.day_off(day)

    def day_off(self, day: date) -> str:
        """What a closed day or public holiday is called; empty for all other days, weekends too."""
        return self.closed.get(day, "") or public_holidays(self.country, self.region, day.year).get(day, "")

    def due_after(self, start: datetime, days: int) -> date:
        """The day at whose end a clock of `days` working days runs out. Raises ValueError for days below 0."""
        due = self.due_after_pauses(start, days, ())
        assert due is not None
        return due

    def due_after_pauses(self, start: datetime, days: int, pauses: Iterable[Pause]) -> date | None:
        """The same for a clock that stands still in `pauses`, which may overlap.

        A pause without an end is a question still open: None while it keeps the clock from running out, for
        nobody knows the day yet. A clock that ran out before the question keeps its day.
        """
        if days < 0:
            raise ValueError("A clock has no fewer than 0 working days.")
        still = [(local_date(begun), local_date(ended) if ended else date.max) for begun, ended in pauses]
        stopped = min((begun for begun, ended in still if ended == date.max), default=date.max)
        counting = (
            day
            for day in self._working_days(local_date(start), stopped)
            if not any(begun <= day < ended for begun, ended in still)
        )
        return next(islice(counting, days, None), None)

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie from `first` to the day before `last`; negative when `last` is the earlier.

        How far a clock has run: 2 from Monday to Wednesday, and from the day it was due to the next, 1 day late.
        """
        if last < first:
            return -self.working_days_between(last, first)
        return sum(1 for _ in self._working_days(first, last))

    def _working_days(self, first: date, before: date) -> Iterator[date]:
        day = first
        while day < before:
            if self.is_working_day(day):
                yield day
            day += ONE_DAY


@lru_cache(maxsize=512)
def public_holidays(country: str, region: str, year: int) -> dict[date, str]:
    """The public holidays of one year by day, those held on another day because of a weekend included."""
    if not country:
        return {}
    known = country_holidays(country).supported_languages
    language = next((each for each in LANGUAGES if each in known), None)
    return dict(country_holidays(country, subdiv=region or None, years=year, language=language, expand=False))


def calendar_of(content: dict[str, Any]) -> Calendar:
    """The calendar that a configuration's content describes."""
    closed: dict[date, str] = {}
    for row in content["closed"]:
        first = date.fromisoformat(row["first_day"])
        last = date.fromisoformat(row["last_day"] or row["first_day"])
        closed |= {first + ONE_DAY * number: row["name"] for number in range((last - first).days + 1)}
    return Calendar(frozenset(map(int, content["weekdays"])), content["country"], content["region"], closed)


_kept = threading.local()


def calendar_in_force() -> Calendar:
    """The office's calendar. One query a request or task, however many clocks it reads."""
    today = clock.today()
    kept: tuple[date, Calendar] | None = getattr(_kept, "calendar", None)
    if kept is None or kept[0] != today:
        kept = _kept.calendar = today, calendar_of(ConfigurationVersion.objects.in_force(CALENDAR).content)
    return kept[1]


def forget_calendar(**signal: Any) -> None:
    """Let the calendar be read anew: before each request and task, and when another is published."""
    _kept.calendar = None


request_started.connect(forget_calendar, dispatch_uid="calendar")
task_prerun.connect(forget_calendar, dispatch_uid="calendar")


def is_working_day(day: date) -> bool:
    return calendar_in_force().is_working_day(day)


def due_after(start: datetime, days: int) -> date:
    """The day at whose end a clock of `days` working days that began at `start` runs out."""
    return calendar_in_force().due_after(start, days)


def due_after_pauses(start: datetime, days: int, pauses: Iterable[Pause]) -> date | None:
    """The same for a clock that stands still while a question is open; None while an open one keeps it from ending."""
    return calendar_in_force().due_after_pauses(start, days, pauses)


def working_days_between(first: date, last: date) -> int:
    """Working days from `first` to the day before `last`: how long a clock has run, or how late it is."""
    return calendar_in_force().working_days_between(first, last)
