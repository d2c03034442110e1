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
    extra: dict = field(default_factory=dict)

    def counts_as(self, known_at: datetime) -> tuple[str, int]:
        """The pile that it lies on, and its cents."""
        card = self.of or self
        sign = -1 if self.of else 1
        if card.part != "claimed" or card.answer is None or card.answer[0] > known_at:
            return card.part, sign * card.cents
        said = card.answer[1]
        return ("rejected", sign * card.cents) if said is None else ("confirmed", sign * said)


type Piles = dict[tuple[int, str, str], Fraction]


def read(facts: list[Fact], first: date | None, as_of: date, known_at: datetime) -> Piles:
    """By initiative, pile and kind, exactly: each card's cents dealt out over its days, one by one."""
    piles: Piles = {}
    for fact in facts:
        if fact.happened_on > as_of or fact.recorded_at > known_at:
            continue
        every = [fact.days[0] + timedelta(days=n) for n in range((fact.days[1] - fact.days[0]).days + 1)]
        inside = [day for day in every if (first is None or day >= first) and day <= as_of]
        if inside:
            part, cents = fact.counts_as(known_at)
            key = (fact.who, part, fact.kind)
            piles[key] = piles.get(key, Fraction(0)) + sum(Fraction(cents, len(every) * 100) for _ in inside)
    return piles


def in_cents(amount: Fraction) -> Decimal:
    """A sum in cents, half a cent away from zero, by another way than the product's."""
    exact = Decimal(amount.numerator * 10**12 // amount.denominator) / 10**12
    if Fraction(exact) != amount:
        # Not a short decimal, so that no half cent is missed by looking a hair to the right of what was cut off.
        exact += Decimal("0.0000000000005")
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
