"""Where initiatives rank in their buckets by priority, now and at the last meeting."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from aiso.web import figures
from forums.models import Forum
from forums.sources import Proposed
from portfolio.models import Initiative

from .since import last_meeting

# Places that one has to go up or down to be spoken of, and how many are told.
PLACES, TOLD = 3, 20
# Those that compete for attention and money. Pages of a meeting are drawn for many: a place among confidential ones
# would tell of those to people who do not see them.
RANKED = "NOT is_off_register AND NOT is_confidential AND stage NOT IN ('closed', 'merged')"

RANKS = f"""
    SELECT id, place, among FROM (
        SELECT id, rank() OVER of_bucket AS place, count(*) OVER (PARTITION BY bucket_id) AS among
        FROM portfolio_initiative WHERE {RANKED} AND priority IS NOT NULL
        WINDOW of_bucket AS (PARTITION BY bucket_id ORDER BY priority DESC)
    ) AS ranked WHERE id = ANY(%s)
"""  # noqa: S608 (a constant)
# The priority of then is that of the last row of history up to then; whoever has no row since had today's.
MOVED = f"""
    WITH touched AS (
        SELECT DISTINCT pgh_obj_id AS id FROM portfolio_initiativeevent WHERE pgh_created_at > %s
    ), told AS (
        SELECT i.id, i.bucket_id, i.priority,
               CASE WHEN touched.id IS NULL THEN i.priority ELSE earlier.priority END AS priority_then,
               CASE WHEN touched.id IS NULL THEN i.bucket_id ELSE earlier.bucket_id END AS bucket_then
        FROM portfolio_initiative AS i
        LEFT JOIN touched USING (id)
        LEFT JOIN LATERAL (
            SELECT e.priority, e.bucket_id FROM portfolio_initiativeevent AS e
            WHERE touched.id IS NOT NULL AND e.pgh_obj_id = touched.id AND e.pgh_created_at <= %s
            ORDER BY e.pgh_id DESC LIMIT 1
        ) AS earlier ON TRUE
        WHERE {RANKED}
    ), ranked AS (
        SELECT id, bucket_id, bucket_then, priority, priority_then,
               rank() OVER (PARTITION BY bucket_id ORDER BY priority DESC NULLS LAST) AS place,
               rank() OVER (PARTITION BY bucket_then ORDER BY priority_then DESC NULLS LAST) AS place_then
        FROM told
    )
    SELECT id, priority_then, priority, place_then, place FROM ranked
    WHERE bucket_id IS NOT DISTINCT FROM bucket_then AND priority <> priority_then AND abs(place - place_then) >= %s
    ORDER BY abs(place - place_then) DESC, place, id LIMIT %s
"""  # noqa: S608 (a constant)


@dataclass(frozen=True)
class Moved:
    """One initiative whose priority changed, with its place in its bucket then and now."""

    initiative: Initiative
    priority_then: Decimal
    priority: Decimal
    place_then: int
    place: int

    @property
    def went_up(self) -> bool:
        return self.place < self.place_then


def ranks_of(initiatives: Iterable[int]) -> dict[int, tuple[int, int]]:
    """The place of each in its bucket and among how many, by id, of ordinary ones that have a priority. One query."""
    with connection.cursor() as cursor:
        cursor.execute(RANKS, [[*initiatives]])
        return {pk: (place, among) for pk, place, among in cursor.fetchall()}


def moved_since(then: datetime) -> list[Moved]:
    """Those whose own priority moved them in their bucket since then, the widest moves first. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(MOVED, [then, then, PLACES, TOLD])
        found = cursor.fetchall()
    rows = Initiative.objects.select_related("bucket").defer("search").in_bulk([pk for pk, *_ in found])
    return [Moved(rows[pk], *told) for pk, *told in found]


def changed_ranks(forum: Forum, day: date) -> Iterator[Proposed]:
    """Priorities that changed rank since the last meeting, as one item. Three queries."""
    since = last_meeting(forum, day)
    count = len(moved_since(since))
    if count:
        yield Proposed(
            key="ranks",
            title="Priorities that changed rank",
            why=f"{figures.plural(count, 'initiative')} moved {PLACES} places or more in its bucket "
            f"since {figures.day(since)}.",
            minutes=5,
        )
