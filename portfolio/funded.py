"""Who gets money while it lasts: by rank, best first. A pure function; what it is asked about is in what_if.py."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Candidate:
    """One that asks for money."""

    key: int
    amount: Decimal


@dataclass(frozen=True)
class Result:
    """Who is funded, with what is left after each; and who is not, with what was lacking when its turn came.

    Nothing lacking means that the list had stopped before.
    """

    funded: dict[int, Decimal] = field(default_factory=dict)
    missed: dict[int, Decimal] = field(default_factory=dict)
    left: Decimal = NOTHING


def funded(
    candidates: Iterable[Candidate],
    envelope: Decimal,
    *,
    stops: bool = False,
    first: Collection[int] = (),
    without: Collection[int] = (),
) -> Result:
    """Give each its whole amount while it fits, in the order given.

    With `stops` nobody below the first that does not fit gets anything; without, the list goes on to those that do.
    Those in `first` come before all others and never stop the list; those in `without` are not looked at.
    """
    taken = [each for each in candidates if each.key not in without]
    result = Result()
    left, has_stopped = max(envelope, NOTHING), False
    for each in sorted(taken, key=lambda each: each.key not in first):
        if each.amount <= left and not has_stopped:
            left -= each.amount
            result.funded[each.key] = left
        else:
            result.missed[each.key] = max(each.amount - left, NOTHING)
            has_stopped = has_stopped or (stops and each.key not in first)
    return Result(result.funded, result.missed, left)
