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

# Places that one has to go up or down to be spoken of, and how many are listed.
PLACES, LISTED = 3, 20
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
    ), told_apart AS (
        SELECT id, priority_then, priority, place,
               CASE WHEN priority_then IS NOT NULL THEN place_then END AS place_then,
               CASE WHEN priority_then IS NULL THEN 'new' WHEN priority <> priority_then THEN 'own'
                    ELSE 'passed' END AS why
        FROM ranked
        WHERE priority IS NOT NULL AND (
            priority_then IS NULL OR (bucket_id IS NOT DISTINCT FROM bucket_then AND abs(place - place_then) >= %s)
        )
    )
    SELECT id, priority_then, priority, place_then, place, own_ones, new_ones, passed_ones FROM (
        SELECT *, count(*) FILTER (WHERE why = 'own') OVER () AS own_ones,
               count(*) FILTER (WHERE why = 'new') OVER () AS new_ones,
               count(*) FILTER (WHERE why = 'passed') OVER () AS passed_ones,
               row_number() OVER (ORDER BY why = 'passed', abs(place - place_then) DESC NULLS LAST, place, id) AS number
        FROM told_apart
    ) AS numbered
    WHERE number <= greatest(1, least(%s, own_ones + new_ones)) ORDER BY number
"""  # noqa: S608 (a constant)


@dataclass(frozen=True)
class Moved:
    """One initiative whose own priority changed, with its place in its bucket then and now; without those of then where
    it was scored for the first time.
    """

    initiative: Initiative
    priority_then: Decimal | None
    priority: Decimal
    place_then: int | None
    place: int

    @property
    def is_new(self) -> bool:
        return self.priority_then is None

    @property
    def went_up(self) -> bool:
        return self.place_then is not None and self.place < self.place_then


@dataclass(frozen=True)
class Moves:
    """The first of those whose own priority changed; how many went to another place by it, how many have one for the
    first time, and how many moved as far although their own is as it was: others passed them, or fell behind them.
    """

    rows: list[Moved]
    own: int = 0
    new: int = 0
    passed: int = 0

    @property
    def sentence(self) -> str:
        told = []
        if self.own:
            whose = "its" if self.own == 1 else "their"
            told.append(f"{figures.number(self.own)} moved {PLACES} places or more by {whose} own score")
        if self.new:
            told.append(f"{figures.number(self.new)} {'was' if self.new == 1 else 'were'} scored for the first time")
        others = figures.plural(self.passed, "other") if self.passed else ""
        return ", ".join(told) + (f"; {others} moved as far without a change of their own." if others else ".")


def ranks_of(initiatives: Iterable[int]) -> dict[int, tuple[int, int]]:
    """The place of each in its bucket and among how many, by id, of ordinary ones that have a priority. One query."""
    with connection.cursor() as cursor:
        cursor.execute(RANKS, [[*initiatives]])
        return {pk: (place, among) for pk, place, among in cursor.fetchall()}


def moved_since(then: datetime) -> Moves:
    """Those whose own priority moved them in their bucket since then, the widest moves first, and those scored since,
    the best first; all are counted. Two queries.
    """
    with connection.cursor() as cursor:
        cursor.execute(MOVED, [then, then, PLACES, LISTED])
        found = cursor.fetchall()
    if not found:
        return Moves([])
    own, new, passed = found[0][5:]
    # Where nobody’s own score moved, the one row is there for the counts.
    listed = found if own + new else []
    rows = Initiative.objects.select_related("bucket").defer("search").in_bulk([pk for pk, *_ in listed])
    return Moves([Moved(rows[pk], *told[:4]) for pk, *told in listed], own, new, passed)


def changed_ranks(forum: Forum, day: date) -> Iterator[Proposed]:
    """Priorities that changed rank since the last meeting, as one item. Three queries."""
    since = last_meeting(forum, day)
    if moved_since(since).rows:
        yield Proposed(
            key="ranks",
            title="Priorities that changed rank",
            why=f"By their own score {PLACES} places or more up or down in their bucket, or scored for the first time, "
            f"since {figures.day(since)}.",
            minutes=5,
        )
