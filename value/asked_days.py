"""The days that an address asks figures of: `days`, `as_of`, `known_at`. What is not understood is said."""

import re
from datetime import date, datetime, time
from functools import cached_property

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode

from aiso import clock
from aiso.web import figures

from .worth import Window

# Windows that a reader chooses among, in days; the empty one is all until the last day.
WINDOWS = {"": "To date", "30": "30 days", "60": "60 days", "90": "90 days", "365": "365 days"}
PLAIN_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# No figure is older; before it the days of a window would end.
FIRST_DAY = date(1990, 1, 1)
# Of a forecast; after it the days of a calendar would end one day.
LAST_DAY = date(2100, 12, 31)
NO_DAY = "is no day up to today, like 2026-09-15, and is left out."


def end_of(day: date) -> datetime:
    """The last moment of a day in the office's time zone; where its last hour comes twice, that of the second."""
    last = datetime.combine(day, time.max.replace(fold=1))
    return timezone.make_aware(last, timezone.get_default_timezone())


def moment_of(text: str) -> datetime | None:
    """A moment, or the end of a plain day; None where it is neither. Without a time zone it is the office's."""
    try:
        if PLAIN_DAY.fullmatch(text):
            return end_of(date.fromisoformat(text))
        found = parse_datetime(text)
    except (ValueError, OverflowError):
        return None
    if found is None or timezone.is_aware(found):
        return found
    return timezone.make_aware(found, timezone.get_default_timezone())


class AskedDays:
    """One address. Without a word it asks for all until today, as known now."""

    def __init__(self, query: QueryDict) -> None:
        self.days = query.get("days", "") if query.get("days", "") in WINDOWS else ""
        self._as_of, self._known_at = query.get("as_of", "")[:10], query.get("known_at", "")[:40]

    @cached_property
    def as_of(self) -> date | None:
        if not PLAIN_DAY.fullmatch(self._as_of):
            return None
        try:
            day = date.fromisoformat(self._as_of)
        except ValueError:
            return None
        return day if FIRST_DAY <= day <= clock.today() else None

    @cached_property
    def known_at(self) -> datetime | None:
        found = moment_of(self._known_at)
        return found if found and end_of(FIRST_DAY) <= found <= end_of(clock.today()) else None

    @property
    def window(self) -> Window:
        return Window.of_days(int(self.days), self.as_of) if self.days else self.to_date

    @property
    def to_date(self) -> Window:
        return Window.to_date(self.as_of)

    @property
    def refused(self) -> list[str]:
        """What was asked for and cannot be shown."""
        asked = (("As of", self._as_of, self.as_of), ("Known at", self._known_at, self.known_at))
        return [f"{label} {text!r} {NO_DAY}" for label, text, found in asked if text and found is None]

    @property
    def told(self) -> str:
        """`as of 15 Sep 2026, as known on 1 Oct 2026`; empty for all that is known today."""
        parts = [f"as of {figures.day(self.as_of)}"] if self.as_of else []
        if self.known_at:
            parts.append(f"as known on {figures.day(timezone.localtime(self.known_at).date())}")
        return ", ".join(parts)

    @property
    def windows(self) -> list[tuple[str, str, bool]]:
        """The address, label and choice of each window, of the same last day."""
        return [(self.address(days=days), label, days == self.days) for days, label in WINDOWS.items()]

    @property
    def here(self) -> str:
        return self.address(days=self.days)

    @property
    def known_text(self) -> str:
        """As it was asked for, where it was understood."""
        return self._known_at if self.known_at else ""

    def address(self, *, days: str) -> str:
        asked = {"days": days, "as_of": self._as_of if self.as_of else "", "known_at": self.known_text}
        text = urlencode({name: value for name, value in asked.items() if value})
        return f"?{text}" if text else ""
