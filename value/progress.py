"""How far a measurement is from its baseline towards its target. Plain arithmetic, in the metric's own unit."""

from dataclasses import dataclass
from decimal import Decimal

from portfolio.models import OutcomeMetric


@dataclass(frozen=True)
class Progress:
    """`change` is measured minus baseline, in the metric's unit; `gained` the same as an improvement, negative where it
    got worse; `share` of the way from baseline to target, 1 where the target is met, None where there is no way.
    """

    change: Decimal
    gained: Decimal
    share: Decimal | None

    @property
    def lost(self) -> Decimal:
        return -self.gained

    @property
    def is_better(self) -> bool:
        return self.gained > 0


def progress(metric: OutcomeMetric, value: Decimal) -> Progress | None:
    """Of a value against the metric's baseline and target; None without a baseline to compare with."""
    if metric.baseline is None:
        return None
    sign = 1 if metric.direction == OutcomeMetric.Direction.UP else -1
    change = value - metric.baseline
    way = None if metric.target is None else (metric.target - metric.baseline) * sign
    return Progress(change, change * sign, change * sign / way if way and way > 0 else None)
