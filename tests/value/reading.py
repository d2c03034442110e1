"""The definitions of DESIGN §6.4 read anew, day by day, by somebody who has never seen the database."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


@dataclass
class Fact:
    """One thing that was said of money, as whoever said it would write it on a card."""

    who: int
    part: str
    cents: int
    days: tuple[date, date]
    happened_on: date
    recorded_at: datetime
    # What finance said: when, and how many cents count.
    answer: tuple[datetime, int | None] | None = None
    # The card that this one takes back.
    of: "Fact | None" = None
    kind: str = ""
    # Which of the initiative's metrics gained; what is measured is its first.
    metric: int = 0
    extra: dict = field(default_factory=dict)

    def counts_as(self, known_at: datetime) -> tuple[str, int]:
        """The pile that it lies on, and its cents."""
        card = self.of or self
        sign = -1 if self.of else 1
        if card.part != "claimed" or card.answer is None or card.answer[0] > known_at:
            return card.part, sign * card.cents
        said = card.answer[1]
        return ("rejected", sign * card.cents) if said is None else ("confirmed", sign * said)


@dataclass
class Look:
    """A measurement, as whoever made it would write it on a card."""

    who: int
    day: date
    value: Decimal
    recorded_at: datetime
    # What finance said: when, and against which baseline, unit and direction; of a rejected one, nothing.
    answer: tuple[datetime, tuple[Decimal, str, str] | None] | None = None
    struck_at: datetime | None = None
    extra: dict = field(default_factory=dict)


@dataclass
class Start:
    """That an initiative entered limited rollout or scale."""

    who: int
    day: date
    recorded_at: datetime


type Piles = dict[tuple[int, str, str], Fraction]


class Lasting:
    """What part of a confirmed benefit counts on each day (DESIGN §7): told by walking from day to day."""

    def __init__(
        self, facts: list[Fact], looks: list[Look], starts: list[Start], as_of: date, known_at: datetime
    ) -> None:
        self.facts, self.starts, self.as_of, self.known_at = facts, starts, as_of, known_at
        self.looks = [look for look in looks if self._stands(look)]
        self.walked: dict[tuple[int, int], dict[date, Fraction]] = {}

    def on(self, fact: Fact, day: date) -> Fraction:
        outcome = (fact.who, fact.metric)
        if outcome not in self.walked:
            self.walked[outcome] = self._walk(*outcome)
        return self.walked[outcome].get(day, Fraction(1))

    def _stands(self, look: Look) -> bool:
        if look.day > self.as_of or look.recorded_at > self.known_at:
            return False
        if look.struck_at and look.struck_at <= self.known_at:
            return False
        return not (look.answer and look.answer[0] <= self.known_at and look.answer[1] is None)

    def _walk(self, who: int, metric: int) -> dict[date, Fraction]:
        mine = [look for look in self.looks if look.who == who and metric == 0]
        looks = sorted(mine, key=lambda look: look.day)
        good = [look for look in looks if look.answer and look.answer[0] <= self.known_at]
        dues = self._dues(who, metric, good)
        counts, told = Fraction(1), {}
        day = dues[0] if dues else self.as_of + timedelta(days=1)
        while day <= self.as_of:
            for due in dues:
                nobody = not any(due <= look.day < due + timedelta(days=30) for look in looks)
                if day == due + timedelta(days=30) and nobody:
                    counts = Fraction(0)
            for look in good:
                if look.day == day:
                    counts = self._share(look, good, dues[0])
            told[day] = counts
            day += timedelta(days=1)
        return told

    def _dues(self, who: int, metric: int, good: list[Look]) -> list[date]:
        started = [
            each.day
            for each in self.starts
            if each.who == who and each.day <= self.as_of and each.recorded_at <= self.known_at
        ]
        begun = [look.day for look in good if gain(look, look) > 0]
        for fact in self.facts:
            back = any(other.of is fact and self._happened(other) for other in self.facts)
            counts = fact.answer and fact.answer[0] <= self.known_at and fact.answer[1] is not None
            if (
                (fact.who, fact.metric) == (who, metric)
                and counts
                and fact.of is None
                and self._happened(fact)
                and not back
            ):
                begun += [fact.days[0]] if fact.days[0] <= self.as_of else []
        if not started or not begun:
            return []
        return [due for due in (after(min(started), months) for months in (3, 6, 12)) if due >= min(begun)]

    def _happened(self, fact: Fact) -> bool:
        return fact.happened_on <= self.as_of and fact.recorded_at <= self.known_at

    def _share(self, look: Look, good: list[Look], first_due: date) -> Fraction:
        now = gain(look, look)
        if now <= 0:
            return Fraction(0)
        alike = [other for other in good if other.answer[1][1:] == look.answer[1][1:] and gain(look, other) > 0]
        earlier = [other for other in alike if other.day < first_due]
        best = gain(look, (earlier[-1:] or alike[:1])[0])
        return Fraction(1) if now * 10 >= best * 9 else now / best


def gain(by: Look, of: Look) -> Fraction:
    """How much better one is than the baseline that finance confirmed the other against."""
    baseline, _, direction = by.answer[1]
    return Fraction(of.value - baseline) * (1 if direction == "up" else -1)


def after(day: date, months: int) -> date:
    """The day some months later; where that month has no such day, its last."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for number in range(day.day, 0, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError("each month has a first day")


def read(
    facts: list[Fact],
    first: date | None,
    as_of: date,
    known_at: datetime,
    looks: list[Look] | None = None,
    starts: list[Start] | None = None,
) -> Piles:
    """By initiative, pile and kind, exactly: each card's cents dealt out over its days, one by one."""
    piles: Piles = {}
    lasting = Lasting(facts, looks or [], starts or [], as_of, known_at)
    for fact in facts:
        if fact.happened_on > as_of or fact.recorded_at > known_at:
            continue
        every = [fact.days[0] + timedelta(days=n) for n in range((fact.days[1] - fact.days[0]).days + 1)]
        inside = [day for day in every if (first is None or day >= first) and day <= as_of]
        if inside:
            part, cents = fact.counts_as(known_at)
            key = (fact.who, part, fact.kind)
            piles[key] = piles.get(key, Fraction(0)) + sum(Fraction(cents, len(every) * 100) for _ in inside)
            if part == "confirmed":
                key = (fact.who, "decayed", fact.kind)
                lost = [Fraction(cents, len(every) * 100) * (1 - kept(fact, day, lasting)) for day in inside]
                piles[key] = piles.get(key, Fraction(0)) + sum(lost)
    return piles


def kept(fact: Fact, day: date, lasting: Lasting) -> Fraction:
    """What part of a card's day counts. One that takes another back elsewhere takes what that counted over its days."""
    if fact.of is None or fact.of.days == fact.days:
        return lasting.on(fact, day)
    first, last = fact.of.days
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return sum((lasting.on(fact, each) for each in every), Fraction(0)) / len(every)


def in_cents(amount: Fraction) -> Decimal:
    """A sum in cents, half a cent away from zero, by another way than the product's."""
    exact = Decimal(amount.numerator * 10**12 // amount.denominator) / 10**12
    if Fraction(exact) != amount:
        # Not a short decimal, so that no half cent is missed by looking a hair to the right of what was cut off.
        exact += Decimal("0.0000000000005")
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
