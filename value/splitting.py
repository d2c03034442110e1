"""Splitting an amount by shares, to the cent."""

from collections.abc import Sequence
from decimal import Decimal

# Shares have four decimals of a per cent; as whole numbers they total a million.
WHOLE = 1_000_000


def split(amount: Decimal, shares: Sequence[Decimal]) -> list[Decimal]:
    """What each share of an amount is, so that all of them add up to it. Each is cut to the cent; the cents that are
    left go to those of whom most was cut off, where that is equal to the first.

    The shares total 100.
    """
    cents, parts = int(amount * 100), [int(share * 10_000) for share in shares]
    assert sum(parts) == WHOLE
    whole = [cents * part // WHOLE for part in parts]
    most_cut = sorted(range(len(parts)), key=lambda place: (-(cents * parts[place] % WHOLE), place))
    for place in most_cut[: cents - sum(whole)]:
        whole[place] += 1
    return [Decimal(each).scaleb(-2) for each in whole]
