"""An address of the dashboard: which window, of which part of the company, known when, and which figure is open."""

from datetime import date, datetime
from functools import cached_property

from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode

from aiso import clock
from aiso.accounts.models import BusinessUnit
from aiso.web import figures
from portfolio.models import Bucket

from ..asked_days import PLAIN_DAY, end_of, moment_of
from .asked import WINDOWS, Asked
from .figures import FIGURES

DAYS = 90
# Adoption is told of weeks from 2000 on, and a trend goes back eight windows.
FIRST_DAY = date(2002, 1, 1)


class Address:
    """One query string. What it does not say is 90 days until today, of the whole company, as known now."""

    def __init__(self, query: QueryDict) -> None:
        self._days, self._figure = query.get("days", "")[:10], query.get("figure", "")[:20]
        self._as_of, self._known_at = query.get("as_of", "")[:10], query.get("known_at", "")[:40]
        self._unit, self._bucket = query.get("unit", "")[:10], query.get("bucket", "")[:10]

    @property
    def days(self) -> int:
        return int(self._days) if self._days in map(str, WINDOWS) else DAYS

    @property
    def figure(self) -> str:
        """The figure that is asked for; empty for whichever the page opens."""
        return self._figure if self._figure in FIGURES else ""

    @cached_property
    def as_of(self) -> date | None:
        """The last day counted, where the address names one that may be counted."""
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

    @cached_property
    def unit(self) -> BusinessUnit | None:
        return BusinessUnit.objects.filter(pk=int(self._unit)).first() if _is_id(self._unit) else None

    @cached_property
    def bucket(self) -> Bucket | None:
        return Bucket.objects.filter(pk=int(self._bucket)).first() if _is_id(self._bucket) else None

    @property
    def asked(self) -> Asked:
        return Asked(self.days, self.as_of or clock.today(), self.known_at, self.unit, self.bucket)

    @property
    def refused(self) -> list[str]:
        """What was asked for and cannot be shown, each in a sentence."""
        told = [
            (
                self._days,
                self._days in map(str, WINDOWS),
                f"A window of {self._days!r} days is not told (30, 60 and 90 are)",
            ),
            (self._as_of, self.as_of, f"As of {self._as_of!r} is no day from {FIRST_DAY.year} up to today"),
            (self._known_at, self.known_at, f"Known at {self._known_at!r} is no day or moment up to today"),
            (self._unit, self.unit, f"There is no business unit {self._unit!r}"),
            (self._bucket, self.bucket, f"There is no bucket {self._bucket!r}"),
            (self._figure, self.figure, f"There is no figure {self._figure!r}"),
        ]
        return [f"{words}, and is left out." for text, found, words in told if text and not found]

    @property
    def known_on(self) -> date | None:
        """The day of `known_at`."""
        return timezone.localtime(self.known_at).date() if self.known_at else None

    @property
    def beyond(self) -> str:
        """What is said where the last day is later than what is known: those days look empty."""
        if self.known_on is None or self.known_on >= self.asked.as_of:
            return ""
        return (
            f"What was recorded after {figures.moment(self.known_at)} is left out, so that the days after "
            f"{figures.day(self.known_on)} hold only what was known ahead."
        )

    @property
    def as_known(self) -> str:
        """The same as of the last day that was known."""
        return self.to(as_of=self.known_on.isoformat()) if self.known_on else ""

    @property
    def told(self) -> str:
        """`of Retail and below, in customer operations, as known on 1 Oct 2026`; empty for all that is known now."""
        parts = [f"of {self.unit} and below"] if self.unit else []
        if self.bucket:
            parts.append(f"in {self.bucket}")
        if self.known_on:
            parts.append(f"as known on {figures.day(self.known_on)}")
        return ", ".join(parts)

    @property
    def chips(self) -> list[tuple[str, str, str]]:
        """What narrows it: label, text, and the address without."""
        told = [("Business unit", "unit", str(self.unit or "")), ("Bucket", "bucket", str(self.bucket or ""))]
        if self.known_at:
            told.append(("As known on", "known_at", figures.moment(self.known_at)))
        return [(label, text, self.to(**{name: ""})) for label, name, text in told if text]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a form that asks for the day, the unit and the bucket sends along."""
        return [(name, text) for name, text in self.state.items() if name in ("days", "known_at", "figure")]

    @property
    def windows(self) -> list[tuple[int, str, bool]]:
        """The days, address and choice of each window."""
        return [(days, self.to(days=str(days)), days == self.days) for days in WINDOWS]

    @property
    def state(self) -> dict[str, str]:
        """What the address says and was understood, by its names; a day that was not asked for is always today."""
        told = {
            "days": str(self.days) if self.days != DAYS else "",
            "as_of": self._as_of if self.as_of else "",
            "known_at": self._known_at if self.known_at else "",
            "unit": self._unit if self.unit else "",
            "bucket": self._bucket if self.bucket else "",
            "figure": self.figure,
        }
        return {name: text for name, text in told.items() if text}

    def to(self, **changes: str) -> str:
        """This address with some parts changed; empty takes one out."""
        told = {name: text for name, text in (self.state | changes).items() if text}
        if told.get("days") == str(DAYS):
            del told["days"]
        return f"?{urlencode(told)}" if told else "?"


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10
