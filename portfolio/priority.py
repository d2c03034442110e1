"""Priority = Σ weight × part ÷ Σ weight, governance complexity counted as 6 − complexity (DESIGN §5)."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from .models.initiative import PRIORITY_PARTS

CENT = Decimal("0.01")


def priority_of(parts: Mapping[str, int | None], weights: Mapping[str, Decimal]) -> Decimal | None:
    """The score, 1 to 5 with two places. None while a part is missing or all weights are zero.

    `parts` and `weights` are keyed by PRIORITY_PARTS; parts are 1 to 5.
    """
    total = sum((weights[name] for name in PRIORITY_PARTS), Decimal(0))
    known = {name: part for name in PRIORITY_PARTS if (part := parts[name]) is not None}
    if len(known) < len(PRIORITY_PARTS) or not total:
        return None
    known["governance_complexity"] = 6 - known["governance_complexity"]
    score = sum((weights[name] * part for name, part in known.items()), Decimal(0)) / total
    return score.quantize(CENT, ROUND_HALF_UP)
