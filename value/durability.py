"""Whether a confirmed outcome lasts (DESIGN §7). Plain dates and fractions: what is read of them is in
`durability_facts`.

An outcome is one metric of one initiative. Its launch is the first day on which the initiative entered limited rollout
or scale. Checks fall due 3, 6 and 12 calendar months after launch, on the last day of a shorter month. A check binds
from the first day that finance confirmed anything of: the first day of a claim that it confirmed and nobody took back,
or the day of a measurement that it confirmed as better than the baseline. What was confirmed later than a check was due
is not asked for then.

From the first check that binds, each measurement that finance confirmed says from its own day what counts. Its share is
its improvement ÷ the confirmed improvement, both over the baseline that finance confirmed *it* against. The confirmed
improvement is the last one measured before the first check was due; without any, the first one from then on. Only what
was confirmed in the same unit and direction compares.

- Held, at least 90 % (setting): counts in full.
- Decayed: counts at its share from the day measured.
- Lost, no improvement left: counts nothing from the day measured.
- Overdue: counts nothing from 30 days after the check was due, where nothing measured from the due day until the day
  before stands. What waits for finance stands; what finance rejected or another measurement corrects does not.

A day counts by the latest of these, and of one day a measurement comes before a check that is overdue.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from django.conf import settings

from aiso import clock

# Calendar months after launch.
CHECKED_AFTER = (3, 6, 12)
# From so many days after it was due, a check without a measurement lets nothing count.
GRACE = timedelta(days=30)
IN_FULL, NOTHING = Fraction(1), Fraction(0)


@dataclass(frozen=True)
class Reading:
    """A measurement that stands. Of a confirmed one what finance confirmed it against; one that waits has none."""

    pk: int
    value: Decimal
    measured_on: date
    baseline: Decimal | None = None
    unit: str = ""
    direction: str = ""

    @property
    def is_confirmed(self) -> bool:
        return self.baseline is not None

    def gained_by(self, other: "Reading") -> Decimal:
        """The improvement that the value of another is over the baseline of this one, exactly: both have 18 digits."""
        assert self.baseline is not None
        change = other.value - self.baseline
        return change if self.direction == "up" else -change

    @cached_property
    def gained(self) -> Decimal:
        return self.gained_by(self)

    def compares_with(self, other: "Reading") -> bool:
        return (self.unit, self.direction) == (other.unit, other.direction)


@dataclass(frozen=True)
class Span:
    """Days, both included, and what part of the confirmed benefit does not count on them."""

    first: date
    last: date
    lost: Fraction


@dataclass(frozen=True)
class Check:
    """One check as it stands on a day. `state` is `to_come`, `due`, `overdue`, `missed` (a later one was answered),
    `waiting` (measured, and finance has not answered), `held`, `decayed` or `lost`.
    """

    months: int
    due_on: date
    state: str
    share: Fraction | None = None
    answered_by: Reading | None = None
    # The confirmed improvement that the share is of; none where nothing improved.
    reference: Reading | None = None

    @property
    def overdue_on(self) -> date:
        """The day from which nothing counts without a measurement."""
        return self.due_on + GRACE

    @property
    def gained(self) -> Decimal | None:
        """The improvement that answers it, over the baseline that finance confirmed it against."""
        by = self.answered_by
        return by.gained if by and by.is_confirmed else None

    @property
    def confirmed_gain(self) -> Decimal | None:
        """The confirmed improvement, over the same baseline."""
        by = self.answered_by
        return by.gained_by(self.reference) if by and self.reference else None

    @property
    def is_open(self) -> bool:
        """Whether it is due, and nobody measured."""
        return self.state in ("due", "overdue")


@dataclass(frozen=True)
class Outcome:
    """The facts of one metric of one initiative. Readings stand in the order of their days."""

    launch: date
    # The first day of a confirmed claim.
    claimed_from: date | None = None
    readings: Sequence[Reading] = field(default_factory=tuple)

    @cached_property
    def confirmed_from(self) -> date | None:
        """The first day of which finance confirmed anything."""
        better = next((each.measured_on for each in self._confirmed if each.gained > 0), None)
        return min(filter(None, [better, self.claimed_from]), default=None)

    @cached_property
    def due_days(self) -> list[tuple[int, date]]:
        """The checks that bind: months after launch, and the day."""
        began = self.confirmed_from
        days = ((months, clock.months_later(self.launch, months)) for months in CHECKED_AFTER)
        return [(months, due) for months, due in days if began and began <= due]

    def checks(self, as_of: date) -> list[Check]:
        """How each check that binds stands on a day; the readings are those up to it."""
        followed = pairwise([*self.due_days, (0, date.max)])
        return [self._check(months, due, end, as_of) for (months, due), (_, end) in followed]

    def spans_lost(self, as_of: date) -> Iterator[Span]:
        """The days up to one on which not all counts."""
        steps = [*self._steps(as_of), (as_of + timedelta(days=1), IN_FULL)]
        for (day, counts), (end, _) in pairwise(steps):
            if counts < 1 and day < end:
                yield Span(day, end - timedelta(days=1), 1 - counts)

    def share_of(self, reading: Reading) -> Fraction:
        """What is left of the confirmed improvement by a confirmed reading; 0 where there is no improvement."""
        reference = self.reference_of(reading)
        if reading.gained <= 0 or reference is None:
            return NOTHING
        return Fraction(reading.gained) / Fraction(reading.gained_by(reference))

    def reference_of(self, reading: Reading) -> Reading | None:
        """The reading whose improvement is the confirmed one. Of one that improved itself there always is one: at the
        latest itself, the first one from then on.
        """
        against = (reading.baseline, reading.unit, reading.direction)
        if against not in self._references:
            self._references[against] = self._find_reference(reading)
        return self._references[against]

    @cached_property
    def _references(self) -> dict[tuple[Decimal | None, str, str], Reading | None]:
        """By what finance confirmed a reading against: of hundreds of readings few differ in it."""
        return {}

    def _find_reference(self, reading: Reading) -> Reading | None:
        gains = (each for each in self._confirmed if reading.compares_with(each) and reading.gained_by(each) > 0)
        found = None
        for each in gains:
            if each.measured_on >= self.due_days[0][1]:
                return found or each
            found = each
        return found

    def _counts(self, reading: Reading) -> Fraction:
        """What part counts from a confirmed reading on. Fractions are made only where one is left: of thousands of
        readings most hold.
        """
        reference = self.reference_of(reading) if reading.gained > 0 else None
        if reference is None:
            return NOTHING
        if reading.gained * 100 >= reading.gained_by(reference) * settings.DURABILITY_HELD_PERCENT:
            return IN_FULL
        return self.share_of(reading)

    @property
    def is_never_checked(self) -> bool:
        """Whether all that finance confirmed is of days after the last check was due."""
        return self.confirmed_from is not None and self.confirmed_from > self.last_due

    @property
    def last_due(self) -> date:
        return clock.months_later(self.launch, CHECKED_AFTER[-1])

    @cached_property
    def _confirmed(self) -> list[Reading]:
        return [each for each in self.readings if each.is_confirmed]

    def _steps(self, as_of: date) -> Iterator[tuple[date, Fraction]]:
        """From which day on what part counts, in the order of days."""
        if not self.due_days:
            return iter(())
        first = self.due_days[0][1]
        overdue = [(due + GRACE, 0, NOTHING) for _, due in self.due_days if self._is_unmeasured(due)]
        measured = [
            (each.measured_on, place, self._counts(each))
            for place, each in enumerate(self._confirmed, 1)
            if each.measured_on >= first
        ]
        return ((day, counts) for day, _, counts in sorted([*overdue, *measured]) if day <= as_of)

    def _is_unmeasured(self, due: date) -> bool:
        return not any(due <= each.measured_on < due + GRACE for each in self.readings)

    def _check(self, months: int, due: date, end: date, as_of: date) -> Check:
        if as_of < due:
            return Check(months, due, "to_come")
        found = [each for each in self.readings if due <= each.measured_on < end]
        if confirmed := [each for each in found if each.is_confirmed]:
            share = self.share_of(confirmed[-1])
            return Check(months, due, _word(share), share, confirmed[-1], self.reference_of(confirmed[-1]))
        if found:
            return Check(months, due, "waiting", answered_by=found[-1])
        if any(each.measured_on >= end for each in self.readings):
            return Check(months, due, "missed")
        return Check(months, due, "overdue" if as_of >= due + GRACE else "due")


def held_from() -> Fraction:
    """The share from which an outcome held."""
    return Fraction(settings.DURABILITY_HELD_PERCENT, 100)


def _word(share: Fraction) -> str:
    if share >= held_from():
        return "held"
    return "decayed" if share > 0 else "lost"
