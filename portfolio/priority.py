"""Priority = Σ weight × part ÷ Σ weight, governance complexity counted as 6 − complexity (DESIGN §5)."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from aiso.configuration.models import ConfigurationVersion

from .models.initiative import PRIORITY_PARTS

CENT = Decimal("0.01")
# The kind of configuration that holds the weights.
WEIGHTS = "priority-weights"
# Parts of which more makes the score less.
TURNED = ("governance_complexity",)


def priority_of(parts: Mapping[str, int | None], weights: Mapping[str, Decimal]) -> Decimal | None:
    """The score, 1 to 5 with two places. None while a part is missing or all weights are zero.

    `parts` and `weights` are keyed by PRIORITY_PARTS; parts are 1 to 5. REWEIGH in actions/reweigh.py is
    the same for many rows.
    """
    total = sum((weights[name] for name in PRIORITY_PARTS), Decimal(0))
    known = {name: counted(name, part) for name in PRIORITY_PARTS if (part := parts[name]) is not None}
    if len(known) < len(PRIORITY_PARTS) or not total:
        return None
    score = sum((weights[name] * part for name, part in known.items()), Decimal(0)) / total
    return score.quantize(CENT, ROUND_HALF_UP)


def counted(name: str, rated: int) -> int:
    """What a part that was rated 1 to 5 counts in the score, 1 to 5."""
    return 6 - rated if name in TURNED else rated


def weights_in_force() -> dict[str, Decimal]:
    """How much each part counts today, keyed by PRIORITY_PARTS."""
    return weights_of(ConfigurationVersion.objects.in_force(WEIGHTS).content)


def weights_of(content: Mapping[str, str]) -> dict[str, Decimal]:
    return {part: Decimal(content[part]) for part in PRIORITY_PARTS}
