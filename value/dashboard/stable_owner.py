"""Stable owner share (DESIGN §6.2): of those active on a day, who has all three owners, and kept the business owner.

The figure is read from tallies (`value.kept.tallies`), its rows from the facts.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import accumulate
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from aiso.accounts.models import User
from portfolio.models import Initiative, OwnerKind, Stage
from portfolio.models.stage import ACTIVE

from ..kept.anew import KNOWN_END
from ..kept.as_known import refuse_another
from ..models import StandingTally
from .asked import Asked, sees_confidential
from .entered import changes_of
from .figures import StableOwner

# Of each initiative that is active or paused on a day: which owners it has, and whether on each day of the window, or
# since it began, the present business owner was its business owner. One row an initiative, for `{changes}` of stages
# and the day on which an owner ended, as it was known.
STANDING = """
    WITH asked AS (
        SELECT %s::date AS first_on, %s::date AS as_of, %s::timestamptz AS known_at
    ), stood AS (
        SELECT DISTINCT ON (change.initiative_id) change.initiative_id, change.stage, asked.as_of,
            GREATEST(min(change.changed_on) OVER (PARTITION BY change.initiative_id), asked.first_on) AS first_on
        FROM ({changes}) AS change, asked
        ORDER BY change.initiative_id, change.changed_on DESC, change.id DESC
    ), owned AS (
        SELECT initiative_id, kind, person_id, started_on,
            LEAST({known_end} - 1, asked.as_of) AS last_on
        FROM portfolio_ownership, asked
        WHERE NOT is_deputy AND started_on <= asked.as_of AND recorded_at <= asked.known_at
    ), present AS (
        SELECT initiative_id,
            max(person_id) FILTER (WHERE kind = 'business') AS business,
            max(person_id) FILTER (WHERE kind = 'technical') AS technical,
            max(person_id) FILTER (WHERE kind = 'risk') AS risk
        FROM owned, asked WHERE last_on = asked.as_of GROUP BY initiative_id
    ), kept AS (
        SELECT stood.initiative_id, sum(owned.last_on - GREATEST(owned.started_on, stood.first_on) + 1) AS days
        FROM stood JOIN present USING (initiative_id) JOIN owned USING (initiative_id)
        WHERE owned.kind = 'business' AND owned.person_id = present.business AND owned.last_on >= stood.first_on
        GROUP BY 1
    )
    SELECT stood.initiative_id, stood.stage, present.business, present.technical, present.risk,
        COALESCE(kept.days = stood.as_of - stood.first_on + 1, FALSE) AS is_kept
    FROM stood LEFT JOIN present USING (initiative_id) LEFT JOIN kept USING (initiative_id)
    WHERE stood.stage = ANY(%s)
    ORDER BY stood.initiative_id
"""
FIELDS = ("initiative", "stage", *OwnerKind.values, "is_kept")


# The changes of days up to the last one, by how many whole windows a day lies back; all before the oldest together.
TALLIED = """
    SELECT LEAST((%(as_of)s - day) / %(days)s, %(oldest)s) AS back, {sums}
    FROM value_standingtally
    WHERE day <= %(as_of)s AND {where}
    GROUP BY 1
"""
OPEN_CELLS = "(is_confidential = FALSE OR %(sees_all)s OR unit_id = ANY(%(sees)s))"
OF_UNITS = f"unit_id = ANY(%(units)s) AND NOT is_of_all_buckets AND {OPEN_CELLS}"
# Confidential cells of single units are not in those of the company that the viewer may read.
OF_COMPANY = """(
    unit_id IS NULL AND is_of_all_buckets = %(of_all_buckets)s AND (is_confidential = FALSE OR %(sees_all)s)
    OR NOT %(sees_all)s AND is_confidential AND unit_id = ANY(%(sees)s)
)"""


def stable_owners(viewer: User, windows: Sequence[Asked]) -> list[StableOwner]:
    """The figure of windows that follow one another, from tallies. One query."""
    refuse_another(windows[-1].known_at)
    tallies = _tallied(viewer, windows)
    standing = accumulate(reversed([tallies.get(back, NOBODY) for back in range(len(windows))]), _added)
    return [_told(counts, asked.days) for counts, asked in zip(standing, windows, strict=True)]


def _tallied(viewer: User, windows: Sequence[Asked]) -> dict[int, tuple[int, ...]]:
    last, sees = windows[-1], sees_confidential(viewer)
    told: dict[str, Any] = {"as_of": last.as_of, "days": last.days, "oldest": len(windows) - 1}
    told |= {"sees_all": sees is None, "sees": [*(sees or ())], "units": [*(last.units or ())]}
    told["of_all_buckets"] = last.bucket is None
    where = OF_COMPANY if last.units is None else OF_UNITS
    if last.bucket:
        where, told["bucket"] = f"{where} AND bucket_id = %(bucket)s", last.bucket.pk
    sums = ", ".join(f"sum({name})" for name in StandingTally.COUNTS)
    with connection.cursor() as cursor:
        cursor.execute(TALLIED.format(sums=sums, where=where), told)
        return {back: counts for back, *counts in cursor.fetchall()}


def _told(counts: Sequence[int], days: int) -> StableOwner:
    found = dict(zip(StandingTally.COUNTS, counts, strict=True))
    stable = found[f"stable_{days}"]
    lacking = {kind: found[f"lacks_{kind}"] for kind in OwnerKind.values}
    return StableOwner(stable, found["active"], found["paused"], lacking, found["owned"] - stable)


def _added(first: Sequence[int], second: Sequence[int]) -> list[int]:
    return [one + other for one, other in zip(first, second, strict=True)]


NOBODY = [0] * len(StandingTally.COUNTS)


def stable_owner_of(counted: QuerySet[Initiative], asked: Asked) -> StableOwner:
    """The figure of one window. One query."""
    rows = standing_on(counted, asked.window.first, asked.as_of, asked.moment)
    active = [row for row in rows if row["stage"] != Stage.PAUSED]
    lacking = {kind: sum(row[kind] is None for row in active) for kind in OwnerKind.values}
    owned = [row for row in active if None not in [row[kind] for kind in OwnerKind.values]]
    stable = sum(row["is_kept"] for row in owned)
    return StableOwner(stable, len(active), len(rows) - len(active), lacking, len(owned) - stable)


def standing_on(
    counted: QuerySet[Initiative], first: date | None, as_of: date, known_at: datetime
) -> list[Mapping[str, Any]]:
    """Each initiative that is active or paused on a day: `initiative`, `stage`, the ids of its three owners by kind,
    and whether the business owner was so from `first` on, or since it began. One query.
    """
    changes, values = changes_of(counted, as_of, known_at).query.sql_with_params()
    with connection.cursor() as cursor:
        told = [first, as_of, known_at, *values, [*ACTIVE, Stage.PAUSED]]
        cursor.execute(STANDING.format(changes=changes, known_end=KNOWN_END.format(known="asked.known_at")), told)
        return [dict(zip(FIELDS, row, strict=True)) for row in cursor.fetchall()]
