"""The highest answer sets the tier or class (DESIGN §5)."""

from collections.abc import Iterable, Sequence


def highest[Q](given: Iterable[tuple[str, Q]], order: Sequence[str]) -> tuple[str, Q | None]:
    """The highest of the `given` tiers by `order`, mildest first, with the first question that set it.

    No answers give an empty tier: unknown is not low.
    """
    best: tuple[str, Q | None] = ("", None)
    rank = {tier: place for place, tier in enumerate(order)}
    for tier, question in given:
        if not best[0] or rank[tier] > rank[best[0]]:
            best = (tier, question)
    return best
