"""On which days what finance confirmed of an outcome counts no more: what `durability` says, for any as-of day.

Launches and measurements only add days: what follows from them up to a day stays when more becomes known. The first day
that finance confirmed anything of does not: a claim may be booked late, and one that is taken back binds no check.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from django.db.backends.utils import CursorWrapper
from django.db.models import Max
from django.db.models.functions import Greatest

from ..durability import Outcome, Reading, Span
from ..durability_facts import Then
from ..models import LostSpan, Measurement
from .tables import KeptTable, all_rows, start_touched
from .touched import TAKEN, Touched

# No as-of day comes later, and all that is recorded is known.
END = date(9999, 12, 30)
EVER = Then(END, datetime.max.replace(tzinfo=UTC))
INITIATIVES = "lasting_initiatives"
LAUNCHED = "SELECT DISTINCT initiative_id FROM portfolio_stagechange WHERE stage IN ('limited_rollout', 'scale')"
# Whose confirmed claims, launch or measurements changed. A metric may have moved on from the initiative of its claims.
TOUCHED = f"""
    SELECT initiative_id FROM {TAKEN} WHERE claimed_to IS NOT NULL OR about = 'stages'
    UNION SELECT e.initiative_id FROM {TAKEN} AS t
        JOIN value_ledgerentry AS e ON e.metric_id = t.metric_id AND e.claim = 'claimed' AND e.reverses_id IS NULL
        WHERE t.about = 'measured'
"""  # noqa: S608 (a constant)
# Claims that finance confirmed: from which as-of day each is seen, and from which it is taken back. Only those matter
# that begin before all that are seen no later and that nobody takes back.
CLAIMS = """
    WITH claims AS (
        SELECT e.initiative_id, e.metric_id, e.first_on,
            GREATEST(e.happened_on, e.first_on) AS appears, r.happened_on AS goes
        FROM value_ledgerentry AS e
        JOIN value_claimanswer AS a ON a.entry_id = e.id AND a.verdict IN ('confirmed', 'corrected')
        LEFT JOIN (
            SELECT reverses_id, happened_on FROM value_ledgerentry
            WHERE reverses_id IS NOT NULL AND initiative_id = ANY(%(ids)s)
        ) AS r ON r.reverses_id = e.id
        WHERE e.claim = 'claimed' AND e.reverses_id IS NULL AND e.initiative_id = ANY(%(ids)s)
    ), beside AS (
        SELECT *, min(first_on) FILTER (WHERE goes IS NULL) OVER (
            PARTITION BY initiative_id, metric_id ORDER BY appears, first_on
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS before FROM claims
    )
    SELECT initiative_id, metric_id, first_on, appears, goes FROM beside
    WHERE before IS NULL OR first_on < before ORDER BY initiative_id, metric_id
"""


class Claimed(NamedTuple):
    """A confirmed claim: its first day, and between which as-of days it stands."""

    first_on: date
    appears: date
    goes: date | None


@dataclass(frozen=True)
class Lost:
    """Days, and what part of the benefit counts no more on them, as it is seen from one as-of day until another."""

    first: date
    last: date | None
    share: Fraction
    shows: date
    hides: date | None


def want_lost_spans(cursor: CursorWrapper, table: KeptTable, touched: Touched) -> None:
    ids = LAUNCHED
    if not touched.is_all:
        start_touched(cursor, INITIATIVES, TOUCHED)
        ids = f"SELECT initiative_id FROM {INITIATIVES}"  # noqa: S608 (a constant)
    cursor.execute(ids)
    initiatives = [pk for (pk,) in cursor.fetchall()]
    found = [*_rows(cursor, initiatives)] if initiatives else []
    if found:
        with cursor.copy(f"COPY {table.wanted} ({table.columns}) FROM STDIN") as rows:
            for row in found:
                rows.write_row(row)


def _rows(cursor: CursorWrapper, initiatives: Collection[int]) -> Iterator[tuple[object, ...]]:
    """In the order of the columns."""
    launches = EVER.launches(initiatives)
    claims = _claims(cursor, launches)
    metrics = {metric for _, metric in claims}
    readings = EVER.readings(metrics) if metrics else {}
    told = _told(readings)
    for (initiative, metric), each in claims.items():
        for lost in lost_days(launches[initiative], each, readings.get(metric, ())):
            shares = (lost.share.numerator, lost.share.denominator)
            recorded_at = told.get((metric, lost.first))
            yield initiative, metric, lost.first, lost.last, *shares, lost.shows, lost.hides, recorded_at


def _claims(cursor: CursorWrapper, initiatives: Collection[int]) -> dict[tuple[int, int], list[Claimed]]:
    found: dict[tuple[int, int], list[Claimed]] = defaultdict(list)
    if initiatives:
        cursor.execute(CLAIMS, {"ids": [*initiatives]})
        for initiative, metric, *days in cursor.fetchall():
            found[initiative, metric].append(Claimed(*days))
    return found


def _told(metrics: Collection[int]) -> dict[tuple[int, date], datetime]:
    """By metric and day when the last was recorded that was measured of it, or what finance said of that."""
    if not metrics:
        return {}
    rows = Measurement.objects.filter(metric__in=metrics).order_by()
    last = Max(Greatest("recorded_at", "answer__answered_at"))
    return {(metric, day): at for metric, day, at in rows.values_list("metric", "measured_on").annotate(at=last)}


def lost_days(launch: date, claims: Sequence[Claimed], readings: Sequence[Reading]) -> Iterator[Lost]:
    """The spans of one outcome, each with the as-of days that see it."""
    open_ones: dict[Span, date] = {}
    for (day, claimed_from), (end, _) in pairwise([*_claimed_from(claims), (None, None)]):
        assert day is not None
        spans = {*Outcome(launch, claimed_from, readings).spans_lost(END)}
        yield from _closed(open_ones, {*open_ones} - spans, day)
        open_ones |= {span: max(day, span.first) for span in spans if span not in open_ones}
        if end is None:
            yield from _closed(open_ones, {*open_ones}, None)


def _claimed_from(claims: Sequence[Claimed]) -> Iterator[tuple[date, date | None]]:
    """From which as-of day on which is the first day of a claim that stands."""
    days = sorted({claim.appears for claim in claims} | {claim.goes for claim in claims if claim.goes})
    for day in days:
        stand = [claim.first_on for claim in claims if claim.appears <= day and (not claim.goes or day < claim.goes)]
        yield day, min(stand, default=None)


def _closed(open_ones: dict[Span, date], which: Iterable[Span], hides: date | None) -> Iterator[Lost]:
    """Those that are seen no more from a day on; what would have begun later never was."""
    for span in which:
        shows = open_ones.pop(span)
        if hides is None or shows < hides:
            yield Lost(span.first, None if span.last == END else span.last, span.lost, shows, hides)


def _present(table: KeptTable, touched: Touched) -> str:
    these = f"k.initiative_id IN (SELECT initiative_id FROM {INITIATIVES})"  # noqa: S608 (a constant)
    return all_rows(table) if touched.is_all else all_rows(table, these)


LOST_SPANS = KeptTable("lost_spans", LostSpan, want_lost_spans, _present)
