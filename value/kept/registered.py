"""What is kept, in the order in which it follows from one another."""

from .adoption_totals import ADOPTION_TOTALS
from .cost_months import COST_MONTHS, LIVE_SPELLS
from .launches import ENDED_ONES, LAUNCHES, PILOTS
from .lost_spans import LOST_SPANS
from .sums import OWN_SUMS, SUMS_BELOW, SUMS_OF_ALL_BUCKETS
from .tables import register_kept
from .tallies import COMPANY_TALLIES, OWN_TALLIES


def register_sums() -> None:
    register_kept(LOST_SPANS, OWN_SUMS, SUMS_BELOW, SUMS_OF_ALL_BUCKETS, LIVE_SPELLS, COST_MONTHS)
    register_kept(OWN_TALLIES, COMPANY_TALLIES, LAUNCHES, PILOTS, ENDED_ONES, ADOPTION_TOTALS)
