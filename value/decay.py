"""What of a confirmed benefit counts no more, because its outcome did not last: exact sums, by day (DESIGN §7).

Of an entry that is taken back the reversal takes what it counted: day by day where it covers the same days, and where
those were closed, the mean of all days of the entry.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date
from fractions import Fraction
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet

from .durability import Span
from .durability_facts import Then

type Lost = Callable[[Collection[int], date], dict[tuple[int, int], list[Span]]]
# Confirmed entries `e` (a query of its own) met with the days on which something is lost `s`.
DECAYED = """
    WITH counted AS (
        SELECT e.*, e.first_on <> e.of_first OR e.last_on <> e.of_last AS is_moved FROM ({entries}) AS e
    ), placed AS (
        SELECT initiative_id, metric_id, benefit_type, worth, inside, is_moved,
            covered * CASE WHEN is_moved THEN of_last - of_first + 1 ELSE 1 END AS covered,
            CASE WHEN is_moved THEN of_first ELSE begins END AS first_day,
            CASE WHEN is_moved THEN of_last ELSE begins + inside - 1 END AS last_day
        FROM counted
    )
    SELECT p.initiative_id, p.benefit_type, p.covered, s.place,
        SUM(p.worth * (LEAST(p.last_day, s.last_day) - GREATEST(p.first_day, s.first_day) + 1)
            * CASE WHEN p.is_moved THEN p.inside ELSE 1 END)
    FROM placed AS p
    JOIN unnest(%s::bigint[], %s::bigint[], %s::date[], %s::date[])
        WITH ORDINALITY AS s(initiative_id, metric_id, first_day, last_day, place)
        ON s.initiative_id = p.initiative_id AND s.metric_id = p.metric_id
        AND s.first_day <= p.last_day AND s.last_day >= p.first_day
    GROUP BY 1, 2, 3, 4
"""


def decayed(
    rows: "QuerySet[Any, Any]", initiatives: Collection[int], then: Then, read: Lost | None = None
) -> dict[int, dict[str, Fraction]]:
    """By initiative and kind of benefit. `rows` are the confirmed entries of a window, with what `worth` annotates.
    `read` gives the days on which something is lost where they are not worked out anew.

    Four queries at most, whatever the number; one where nothing was launched, three where everything lasts.
    """
    known = read(initiatives, then.as_of) if read else then.spans_lost(initiatives)
    lost = [(pair, span) for pair, spans in known.items() for span in spans]
    found: dict[int, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    if not lost:
        return found
    of = [*{initiative for (initiative, _), _ in lost}]
    entries, asked = _as_sql(rows.filter(initiative__in=of))
    spans = [[pair[0] for pair, _ in lost], [pair[1] for pair, _ in lost]]
    days = [[span.first for _, span in lost], [span.last for _, span in lost]]
    with connection.cursor() as cursor:
        cursor.execute(DECAYED.format(entries=entries), [*asked, *spans, *days])
        for initiative, kind, covered, place, total in cursor.fetchall():
            found[initiative][kind] += Fraction(total) / covered * lost[place - 1][1].lost
    return found


def _as_sql(rows: "QuerySet[Any, Any]") -> tuple[str, tuple[Any, ...]]:
    """The query of confirmed entries, to be part of another one: its text holds no value, its values come beside it."""
    fields = ("initiative_id", "metric_id", "benefit_type", "worth", "inside", "covered", "first_on", "last_on")
    of = {"of_first": F("reverses__first_on"), "of_last": F("reverses__last_on")}
    text, values = rows.order_by().values(*fields, "begins", **of).query.sql_with_params()
    return text, values
