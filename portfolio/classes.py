"""The highest answer sets the tier or class (DESIGN §5)."""

from collections.abc import Iterable, Sequence

from .models import QuestionSet

# What sets a tier: the questions, and a prohibited use. Of equal answers the earlier kind's question set it.
KINDS_OF_TIER = (QuestionSet.Kind.RISK_TIER, QuestionSet.Kind.PROHIBITED_USE)
KINDS_OF_ACT = (QuestionSet.Kind.AI_ACT,)


def highest[Q](given: Iterable[tuple[str, Q]], order: Sequence[str]) -> tuple[str, Q | None]:
    """The highest of the `given` tiers by `order`, mildest first, with the first question that set it.

    An answer that sets nothing has an empty tier. No answers give an empty tier: unknown is not low.
    """
    best: tuple[str, Q | None] = ("", None)
    rank = {tier: place for place, tier in enumerate(order)}
    for tier, question in given:
        if tier and (not best[0] or rank[tier] > rank[best[0]]):
            best = (tier, question)
    return best
