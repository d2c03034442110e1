"""Money of the dashboard, read from kept rows: what `worth_of` and `cost_coverage_of` say of the same initiatives, of
several windows at once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import lcm
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.once import once, once_each

from ..asked_days import end_of
from ..cost_coverage import CoverageCount
from ..kept.as_known import refuse_another
from ..models import DailySum
from ..worth import CONFIRMED
from .asked import Asked, money_units, sees_confidential
from .figures import WindowWorth

type Viewer = User | AnonymousUser
type Windows = dict[int, Asked]

WINDOWS = """
    WITH asked AS (
        SELECT * FROM unnest(%(first)s::date[], %(last)s::date[], %(as_of)s::date[])
            WITH ORDINALITY AS w (first_on, last_on, as_of, place)
    )
"""
# Rows of a window: of days in it, as its last day or a later one sees them.
MET = """
    s.first_on <= w.last_on AND s.last_on >= w.first_on AND s.shows_on <= w.as_of
    AND (s.hides_on IS NULL OR s.hides_on > w.as_of)
"""
# A unit's own rows are told by bucket alone.
OF_ALL_BUCKETS = f"s.level IN ({DailySum.Level.OWN}, {DailySum.Level.ALL_BUCKETS})"
OF_A_BUCKET = f"s.level IN ({DailySum.Level.OWN}, {DailySum.Level.BELOW})"
# Rows of all windows, those together that no window tells apart.
SUMS = f"""
    {WINDOWS}, alike AS MATERIALIZED (
        SELECT s.part, s.benefit_type, s.covered * s.denominator AS per, s.first_on, s.last_on, s.shows_on, s.hides_on,
            sum(s.amount) AS amount
        FROM value_dailysum AS s, (
            SELECT min(first_on) AS first_on, max(last_on) AS last_on, max(as_of) AS as_of FROM asked
        ) AS w
        WHERE s.first_on <= w.last_on AND s.last_on >= w.first_on AND s.shows_on <= w.as_of AND ({{cells}})
        GROUP BY 1, 2, 3, 4, 5, 6, 7
    )
    SELECT w.place, s.part, s.benefit_type, s.per,
        sum(s.amount * 100 * (LEAST(s.last_on, w.last_on) - GREATEST(s.first_on, w.first_on) + 1)),
        max(LEAST(s.last_on, w.last_on)) FILTER (WHERE s.amount <> 0)
    FROM asked AS w JOIN alike AS s ON {MET}
    GROUP BY 1, 2, 3, 4
"""  # noqa: S608 (a constant)
RECORDED = f"""
    {WINDOWS}
    SELECT w.place, max(s.recorded_at) FROM asked AS w JOIN value_dailysum AS s ON {MET}
    WHERE s.part NOT IN ('forecast', 'rejected') AND ({{cells}}) GROUP BY 1
"""  # noqa: S608 (a constant)
# Months of windows, each from the first to the last day that lies in its window. Of the days on which an initiative was
# in production, those count that are the first of it in the month; windows are so long that they cut a month once.
MONTHS = """
    WITH months AS (
        SELECT * FROM unnest(
            %(place)s::int[], %(as_of)s::date[], %(month)s::date[], %(first)s::date[], %(last)s::date[]
        ) AS m (place, as_of, month, first_on, last_on)
    ){narrowed}
"""
# Where not the whole company is read.
NARROWED = """, spells AS MATERIALIZED (
        SELECT s.* FROM value_livespell AS s JOIN portfolio_initiative AS i ON i.id = s.initiative_id WHERE {cells}
    ), costs AS MATERIALIZED (
        SELECT c.initiative_id, c.month, c.first_on, c.last_on, c.shows_on, c.hides_on
        FROM value_costmonth AS c JOIN portfolio_initiative AS i ON i.id = c.initiative_id
        WHERE c.month = ANY(%(month)s::date[]) AND {cells}
    )
"""
LIVE = """
    FROM {spells} AS s
    WHERE s.first_on <= m.last_on AND (s.last_on IS NULL OR s.last_on >= m.first_on)
        AND (s.before_on IS NULL OR s.before_on < m.first_on)
"""
COVERED = """
    FROM {costs} AS c
    WHERE c.month = m.month AND c.first_on <= m.last_on AND c.last_on >= m.first_on
        AND c.shows_on <= m.as_of AND (c.hides_on IS NULL OR c.hides_on > m.as_of)
"""
COVERAGE = f"""
    {MONTHS}
    SELECT m.place, m.month, (SELECT count(*) {LIVE}), (SELECT count(*) {COVERED})
    FROM months AS m ORDER BY m.month
"""  # noqa: S608 (a constant)
UNCOSTED = f"""
    {MONTHS}
    SELECT count(*) FROM (
        SELECT FROM (
            SELECT live.* FROM months AS m CROSS JOIN LATERAL (SELECT s.initiative_id, 1 {LIVE}) AS live (pk, step)
            UNION ALL
            SELECT cost.* FROM months AS m CROSS JOIN LATERAL (SELECT c.initiative_id, -1 {COVERED}) AS cost (pk, step)
        ) AS steps GROUP BY pk HAVING sum(step) > 0
    ) AS uncosted
"""  # noqa: S608 (a constant)


@dataclass(frozen=True)
class Reach:
    """The units whose rows are read, and those whose confidential ones are; None is the whole company."""

    units: frozenset[int] | None
    confidential: frozenset[int] | None

    @classmethod
    def of(cls, viewer: Viewer, asked: Asked) -> "Reach | None":
        """None where no money is shown."""
        units, confidential = money_units(viewer, asked), sees_confidential(viewer)
        if units is not None and not units:
            return None
        if units is not None:
            confidential = units if confidential is None else units & confidential
        return cls(units, confidential)


def worths(viewer: Viewer, askeds: Sequence[Asked]) -> list[WindowWorth | None]:
    """What is counted for the viewer in each window; None where no role shows them money of it. One query for all
    windows of one unit and bucket that nobody asked for yet, and one for the tree of units where not the whole company
    is read.
    """
    found = once_each(("worth", viewer), askeds, lambda new: dict(_worths(viewer, new)))
    return [found.get(asked) for asked in askeds]


def _worths(viewer: Viewer, askeds: Sequence[Asked]) -> Iterator[tuple[Asked, WindowWorth]]:
    for reach, windows in _readable(viewer, askeds):
        parts: dict[int, dict[tuple[str, str], dict[int, int]]] = {place: defaultdict(dict) for place in windows}
        until: dict[int, date] = {}
        for place, part, kind, per, cents, last_on in _read(SUMS, reach, windows):
            parts[place][part, kind][int(per)] = int(cents)
            if part == CONFIRMED and last_on:
                until[place] = max(last_on, until.get(place, last_on))
        for place, found in parts.items():
            yield askeds[place], WindowWorth({key: _added_up(each) for key, each in found.items()}, until.get(place))


def _added_up(cents: Mapping[int, int]) -> Fraction:
    """What cents over denominators come to: over a common one, since adding up fractions takes much longer."""
    common = lcm(*cents)
    return Fraction(sum(amount * (common // per) for per, amount in cents.items()), 100 * common)


def coverages(viewer: Viewer, askeds: Sequence[Asked]) -> list[CoverageCount | None]:
    """Cost coverage of each window, as `worths`. One query for all windows of one unit and bucket."""
    found: list[CoverageCount | None] = [None] * len(askeds)
    for reach, windows in _readable(viewer, askeds):
        months: dict[int, list[tuple[date, int, int]]] = {place: [] for place in windows}
        for place, month, live, covered in _read_months(COVERAGE, reach, windows):
            months[place].append((month, live, covered))
        for place, counts in months.items():
            covered = sum(count for _, _, count in counts)
            uncovered = sum(live - count for _, live, count in counts)
            missing = tuple(month for month, live, count in counts if live > count)
            found[place] = CoverageCount(covered, uncovered, missing)
    return found


def uncosted(viewer: Viewer, asked: Asked, coverage: CoverageCount) -> int:
    """How many initiatives were in production in a month of the window without a run cost. One query where more than
    one month misses any.
    """
    if len(coverage.missing_months) < 2:
        return coverage.uncovered
    return sum(
        count
        for reach, windows in _readable(viewer, [asked])
        for (count,) in _read_months(UNCOSTED, reach, windows, only=coverage.missing_months)
    )


def restated(viewer: Viewer, askeds: Sequence[Asked]) -> list[bool]:
    """Of each window whether a fact that is counted in it was recorded after its last day had ended."""
    found = [False] * len(askeds)
    for reach, windows in _readable(viewer, askeds):
        for place, recorded_at in _read(RECORDED, reach, windows):
            found[place] = recorded_at > end_of(askeds[place].as_of)
    return found


def _readable(viewer: Viewer, askeds: Sequence[Asked]) -> Iterable[tuple[Reach, Windows]]:
    """Those of which the viewer sees money: by their places, of one unit and bucket together."""
    alike: dict[tuple[int | None, int | None], Windows] = defaultdict(dict)
    for place, asked in enumerate(askeds):
        refuse_another(asked.known_at)
        part = asked.unit.pk if asked.unit else None, asked.bucket.pk if asked.bucket else None
        alike[part][place] = asked
    for windows in alike.values():
        if reach := Reach.of(viewer, next(iter(windows.values()))):
            yield reach, windows


def _read(query: str, reach: Reach, windows: Windows) -> list[tuple[Any, ...]]:
    """Rows of windows, each beginning with the place of its window."""
    cells, told = _cells(reach)
    bucket = next(iter(windows.values())).bucket
    levels = OF_ALL_BUCKETS if bucket is None else f"{OF_A_BUCKET} AND s.bucket_id = %(bucket)s"
    told |= {"bucket": bucket and bucket.pk}
    return _run(query.format(cells=f"({cells}) AND {levels}"), told, windows)


def _read_months(
    query: str, reach: Reach, windows: Windows, only: Collection[date] | None = None
) -> list[tuple[Any, ...]]:
    """Of spells and costs whose initiatives are read, in all months of the windows or in some."""
    told: dict[str, Any] = {}
    cells = []
    if reach.units is not None:
        cells.append("i.unit_id = ANY(%(units)s)")
        told["units"] = [*reach.units]
    if reach.confidential != reach.units:
        cells.append("(NOT i.is_confidential OR i.unit_id = ANY(%(confidential)s))")
        told["confidential"] = [*(reach.confidential or ())]
    if (bucket := next(iter(windows.values())).bucket) is not None:
        cells.append("i.bucket_id = %(bucket)s")
        told["bucket"] = bucket.pk
    names = {"narrowed": "", "spells": "value_livespell", "costs": "value_costmonth"}
    if cells:
        names = {"narrowed": NARROWED.format(cells=" AND ".join(cells)), "spells": "spells", "costs": "costs"}
    with connection.cursor() as cursor:
        cursor.execute(query.format(**names), told | _months_of(windows, only))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _months_of(windows: Windows, only: Collection[date] | None) -> dict[str, list[Any]]:
    """Each month of each window, or some of them, column by column."""
    columns: dict[str, list[Any]] = {name: [] for name in ("place", "as_of", "month", "first", "last")}
    for place, asked in windows.items():
        day = asked.window.first
        while day and day <= asked.as_of:
            after = clock.months_later(day.replace(day=1), 1)
            month = day.replace(day=1)
            if only is None or month in only:
                row = (place, asked.as_of, month, day, min(after - timedelta(days=1), asked.as_of))
                for column, value in zip(columns.values(), row, strict=True):
                    column.append(value)
            day = after
    return columns


def _run(query: str, told: dict[str, Any], windows: Windows) -> list[tuple[Any, ...]]:
    places = [*windows]
    days = [asked.window for asked in windows.values()]
    told |= {"first": [window.first for window in days], "last": [window.as_of for window in days]}
    told |= {"as_of": [asked.seen_on or asked.as_of for asked in windows.values()]}
    with connection.cursor() as cursor:
        cursor.execute(query, told)
        return [(places[place - 1], *row) for place, *row in cursor.fetchall()]


def _cells(reach: Reach) -> tuple[str, dict[str, Any]]:
    """Which rows add up to a reach: the company's own, or of the topmost units their own and those of all below."""
    if reach.units is None and reach.confidential is None:
        return "s.unit_id IS NULL", {}
    tops = _topmost(reach.units)
    if reach.units == reach.confidential:
        return "s.unit_id = ANY(%(units)s)", {"units": tops}
    ordinary = "s.unit_id IS NULL" if reach.units is None else "s.unit_id = ANY(%(units)s)"
    told = {"units": tops, "confidential": _topmost(reach.confidential)}
    return (
        f"({ordinary} AND NOT s.is_confidential) OR (s.unit_id = ANY(%(confidential)s) AND s.is_confidential)",
        told,
    )


def _topmost(units: frozenset[int] | None) -> list[int]:
    """Of units that stand with all below them, those that no other one is above. One query a request."""
    if not units:
        return []
    rows = BusinessUnit.objects.order_by().filter(pk__in=units).exclude(parent__in=units)
    return once(("topmost", units), lambda: [*rows.values_list("pk", flat=True)])
