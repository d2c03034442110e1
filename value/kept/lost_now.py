"""What of confirmed outcomes counts no more on the days up to one, read from kept rows: what `Then.spans_lost` says of
the present, for thousands of initiatives at once. Rows are kept in the background: what changed in the last seconds may
be missing.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from fractions import Fraction

from django.db.models import Q, QuerySet

from portfolio.models import Initiative

from ..durability import Span
from ..models import LostSpan


def spans_kept(initiatives: "Collection[int] | QuerySet[Initiative]", as_of: date) -> dict[tuple[int, int], list[Span]]:
    """By initiative and metric, as a day sees them. One query."""
    seen = Q(hides_on=None) | Q(hides_on__gt=as_of)
    rows = LostSpan.objects.filter(seen, initiative__in=initiatives, first_on__lte=as_of, shows_on__lte=as_of)
    told = rows.order_by("first_on", "pk").values_list(
        "initiative_id", "metric_id", "first_on", "last_on", "numerator", "denominator"
    )
    found: dict[tuple[int, int], list[Span]] = defaultdict(list)
    for initiative, metric, first, last, numerator, denominator in told:
        lost = Fraction(int(numerator), int(denominator))
        found[initiative, metric].append(Span(first, min(last or as_of, as_of), lost))
    return dict(found)
