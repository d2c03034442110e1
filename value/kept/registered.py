"""What is kept, in the order in which it follows from one another."""

from .cost_months import COST_MONTHS, LIVE_SPELLS
from .lost_spans import LOST_SPANS
from .sums import OWN_SUMS, SUMS_BELOW
from .tables import register_kept


def register_sums() -> None:
    register_kept(LOST_SPANS, OWN_SUMS, SUMS_BELOW, LIVE_SPELLS, COST_MONTHS)
