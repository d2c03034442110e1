"""Daily sums of money per unit and bucket: each unit's own, those of all units below it added up, and these again over
all buckets.

What counts as which part is the definition of `worth`, read whole: as-of days are told by the rows.
"""

from collections.abc import Sequence
from math import lcm

from django.db.backends.utils import CursorWrapper

from ..models import DailySum
from .tables import KeptTable, Query, all_rows, start_touched
from .touched import TAKEN, Touched

# Levels are those of `DailySum.Level`.
# The cells of what was touched, each once: the first days of the rows to count anew, and of those that decayed.
CELLS = "touched_cells"
# What counts no more is told over this, wherever it can be: amounts over one denominator add up to one row, still
# exactly. Those whose denominator does not divide it keep theirs.
COMMON = lcm(*range(1, 61), 1000)
NEVER, ALWAYS = "'-infinity'::date", "'infinity'::date"
TOUCHED = f"""
    WITH marked AS (
        SELECT initiative_id, first_on AS sums_from, last_on AS sums_to,
            CASE WHEN claimed_to IS NOT NULL THEN first_on END AS lost_from, claimed_to AS lost_to
        FROM {TAKEN} WHERE about IN ('entries', 'answers')
        UNION ALL SELECT initiative_id, {NEVER}, {ALWAYS}, {NEVER}, {ALWAYS} FROM {TAKEN} WHERE about = 'moved'
        UNION ALL SELECT DISTINCT initiative_id, NULL::date, NULL::date, {NEVER}, {ALWAYS} FROM differing_lost_spans
    ), cells AS (
        SELECT i.unit_id, i.bucket_id, i.is_confidential, sums_from, sums_to, lost_from, lost_to
        FROM marked AS m JOIN portfolio_initiative AS i ON i.id = m.initiative_id
        UNION ALL SELECT unit_id, bucket_id, is_confidential, {NEVER}, {ALWAYS}, {NEVER}, {ALWAYS}
        FROM {TAKEN} WHERE about = 'moved'
    )
    SELECT unit_id, bucket_id, is_confidential, min(sums_from) AS sums_from, max(sums_to) AS sums_to,
        min(lost_from) AS lost_from, max(lost_to) AS lost_to
    FROM cells GROUP BY 1, 2, 3
"""  # noqa: S608 (a constant)
SAME_CELL = """
    {t}.unit_id = {of}.unit_id AND {t}.bucket_id IS NOT DISTINCT FROM {of}.bucket_id
    AND {t}.is_confidential = {of}.is_confidential
"""
IN_CELLS = "JOIN touched_cells AS t ON " + SAME_CELL.format(t="t", of="i")

# A reversal takes part in what its entry counts as.
OWN = """
    SELECT unit_id, 0, bucket_id, is_confidential, part, benefit_type, first_on, last_on, last_on - first_on + 1,
        1, shows_on, NULL::date, sum(worth), max(recorded_at)
    FROM (
        SELECT i.unit_id, i.bucket_id, i.is_confidential, e.benefit_type, e.first_on, e.last_on,
            GREATEST(e.first_on, e.happened_on) AS shows_on, GREATEST(e.recorded_at, a.answered_at) AS recorded_at,
            CASE WHEN e.kind <> 'benefit' THEN e.kind WHEN e.claim = 'forecast' THEN e.claim
                WHEN a.verdict IS NULL THEN 'claimed' WHEN a.verdict = 'rejected' THEN 'rejected' ELSE 'confirmed'
            END AS part,
            CASE WHEN a.reporting_amount IS NULL THEN e.reporting_amount WHEN e.reverses_id IS NULL
                THEN a.reporting_amount ELSE -a.reporting_amount END AS worth
        FROM portfolio_initiative AS i
        {cells}
        JOIN value_ledgerentry AS e ON e.initiative_id = i.id {days}
        LEFT JOIN value_claimanswer AS a ON a.entry_id = COALESCE(e.reverses_id, e.id)
    ) AS entries
    GROUP BY unit_id, bucket_id, is_confidential, part, benefit_type, first_on, last_on, shows_on
"""
OWN_DAYS = "AND e.first_on BETWEEN t.sums_from AND t.sums_to"

# What decayed, by the days that an entry and a span share. What takes an entry of other days back takes on each of its
# own days the mean of that entry's, as far as the as-of day: until the entry's days are over, another one each day.
DECAYED = """
    WITH reversals AS (
        SELECT e.initiative_id, e.metric_id, e.benefit_type, -a.reporting_amount AS worth, e.first_on, e.last_on,
            e.happened_on, e.recorded_at, o.first_on AS of_first, o.last_on AS of_last
        FROM value_ledgerentry AS e
        JOIN value_ledgerentry AS o ON o.id = e.reverses_id
        JOIN value_claimanswer AS a ON a.entry_id = o.id AND a.verdict <> 'rejected'
        WHERE e.claim = 'claimed' AND e.reverses_id IS NOT NULL {initiatives}
    ), confirmed AS NOT MATERIALIZED (
        SELECT e.initiative_id, e.metric_id, e.benefit_type, a.reporting_amount AS worth, e.first_on, e.last_on,
            e.happened_on, GREATEST(e.recorded_at, a.answered_at) AS recorded_at
        FROM value_ledgerentry AS e
        JOIN value_claimanswer AS a ON a.entry_id = e.id AND a.verdict <> 'rejected'
        WHERE e.claim = 'claimed' AND e.reverses_id IS NULL {initiatives} {days}
        UNION ALL
        SELECT initiative_id, metric_id, benefit_type, worth, first_on, last_on, happened_on, recorded_at
        FROM reversals WHERE (of_first, of_last) = (first_on, last_on)
    ), placed AS (
        SELECT c.initiative_id, c.benefit_type, c.worth, GREATEST(c.first_on, s.first_on) AS first_on,
            LEAST(c.last_on, s.last_on) AS last_on, c.last_on - c.first_on + 1 AS covered, s.numerator, s.denominator,
            GREATEST(c.happened_on, c.first_on, s.shows_on) AS shows_on, s.hides_on,
            GREATEST(c.recorded_at, s.recorded_at) AS recorded_at
        FROM confirmed AS c
        JOIN value_lostspan AS s ON s.initiative_id = c.initiative_id AND s.metric_id = c.metric_id
            AND s.first_on <= c.last_on AND (s.last_on IS NULL OR s.last_on >= c.first_on)
        UNION ALL
        SELECT c.initiative_id, c.benefit_type, c.worth, c.first_on, c.last_on, c.last_on - c.first_on + 1,
            s.numerator * (LEAST(d.begins + n, d.ends) - d.first_on + 1), s.denominator * (c.of_last - c.of_first + 1),
            d.begins + n, CASE WHEN d.begins + n < d.ends THEN LEAST(d.begins + n + 1, s.hides_on) ELSE s.hides_on END,
            GREATEST(c.recorded_at, s.recorded_at)
        FROM reversals AS c
        JOIN value_lostspan AS s ON s.initiative_id = c.initiative_id AND s.metric_id = c.metric_id
            AND s.first_on <= c.of_last AND (s.last_on IS NULL OR s.last_on >= c.of_first)
        CROSS JOIN LATERAL (
            SELECT GREATEST(c.of_first, s.first_on) AS first_on, LEAST(c.of_last, s.last_on) AS ends,
                GREATEST(c.first_on, c.happened_on, c.of_first, s.shows_on) AS begins
        ) AS d
        CROSS JOIN LATERAL generate_series(0, GREATEST(d.ends - d.begins, 0)) AS n
        WHERE (c.of_first, c.of_last) <> (c.first_on, c.last_on)
    )
    SELECT i.unit_id, 0, i.bucket_id, i.is_confidential, 'decayed', p.benefit_type, p.first_on, p.last_on,
        p.covered, d.common, GREATEST(p.shows_on, p.first_on), p.hides_on,
        sum(p.worth * p.numerator * div(d.common, p.denominator)), max(p.recorded_at)
    FROM placed AS p
    CROSS JOIN LATERAL (
        SELECT CASE WHEN mod({common}, p.denominator) = 0 THEN {common} ELSE p.denominator END AS common
    ) AS d
    JOIN portfolio_initiative AS i ON i.id = p.initiative_id
    {cells}
    WHERE (p.hides_on IS NULL OR p.hides_on > GREATEST(p.shows_on, p.first_on)) {rows}
    GROUP BY 1, 3, 4, 6, 7, 8, 9, 10, 11, 12
"""
DECAYED_DAYS = "AND e.last_on >= %(from)s::date AND e.first_on <= %(to)s::date"
DECAYED_ROWS = "AND p.first_on BETWEEN t.lost_from AND t.lost_to"
# Those of which anything can have decayed, and the days that concern any of them.
LASTING = f"""
    SELECT i.id, (min(t.lost_from) OVER ())::text, (max(t.lost_to) OVER ())::text
    FROM {CELLS} AS t JOIN portfolio_initiative AS i ON {SAME_CELL.format(t="t", of="i")}
    WHERE t.lost_from IS NOT NULL AND EXISTS (SELECT FROM value_lostspan AS s WHERE s.initiative_id = i.id)
"""  # noqa: S608 (a constant)
OWN_PRESENT = f"""
    SELECT k.* FROM {CELLS} AS t JOIN value_dailysum AS k ON {SAME_CELL.format(t="t", of="k")} AND k.level = 0
        AND k.last_on >= LEAST(t.sums_from, t.lost_from)
        AND CASE WHEN k.part = 'decayed' THEN k.first_on BETWEEN t.lost_from AND t.lost_to
            ELSE k.first_on BETWEEN t.sums_from AND t.sums_to END
"""  # noqa: S608 (a constant)

# Each unit with each of those above it, and with the whole company.
ABOVE = """
    WITH RECURSIVE steps AS (
        SELECT id AS unit_id, parent_id AS above_id FROM accounts_businessunit
        UNION ALL
        SELECT s.unit_id, u.parent_id FROM steps AS s JOIN accounts_businessunit AS u ON u.id = s.above_id
    )
    SELECT unit_id, above_id FROM steps
"""
# What rows are added up by.
KEYS = (
    *("bucket_id", "is_confidential", "part", "benefit_type", "first_on", "last_on", "covered"),
    *("denominator", "shows_on", "hides_on"),
)
KEY = ", ".join(KEYS)
KEYS_IN_ALL = tuple(name for name in KEYS if name != "bucket_id")
KEY_IN_ALL = ", ".join(KEYS_IN_ALL)
BELOW_KEYS = f"""
    SELECT DISTINCT a.above_id AS unit_id, {", ".join(f"d.{name}" for name in KEYS)}
    FROM differing_own_sums AS d JOIN units_above AS a ON a.unit_id = d.unit_id
"""  # noqa: S608 (a constant)


def _same_key(of: str, with_: str, keys: Sequence[str] = KEYS) -> str:
    nullable = ("bucket_id", "hides_on")
    same = [f"{of}.{name} {'IS NOT DISTINCT FROM' if name in nullable else '='} {with_}.{name}" for name in keys]
    return " AND ".join(same)


def _of_keys(changed: str, level: int, keys: Sequence[str] = KEYS) -> str:
    """Rows of a level that have the keys in a table. An index finds what equals something and what is null, and not
    what is either.
    """
    same = f"k.level = {level} AND {_same_key('c', 'k', keys)}"
    return f"""
        SELECT k.* FROM {changed} AS c JOIN value_dailysum AS k ON k.unit_id = c.unit_id AND {same}
        UNION ALL
        SELECT k.* FROM {changed} AS c JOIN value_dailysum AS k ON k.unit_id IS NULL AND {same} WHERE c.unit_id IS NULL
    """  # noqa: S608 (constants)


BELOW = f"""
    SELECT above_id, 1, {KEY}, sum(amount), max(recorded_at)
    FROM (
        SELECT a.above_id, {", ".join(f"s.{name}" for name in KEYS)}, s.amount, s.recorded_at
        FROM {{keys}} value_dailysum AS s {{met}}
        JOIN units_above AS a ON a.unit_id = s.unit_id {{above}}
        WHERE s.level = 0
    ) AS own
    GROUP BY above_id, {KEY}
"""  # noqa: S608 (a constant)
CHANGED_IN_ALL = f"SELECT DISTINCT unit_id, {KEY_IN_ALL} FROM differing_sums_below"  # noqa: S608 (constants)
IN_ALL = f"""
    SELECT unit_id, 2, NULL::bigint, {KEY_IN_ALL}, sum(amount), max(recorded_at)
    FROM ({{below}}) AS below GROUP BY unit_id, {KEY_IN_ALL}
"""  # noqa: S608 (constants)


def want_own_sums(cursor: CursorWrapper, touched: Touched) -> Query:
    if touched.is_all:
        decayed = DECAYED.format(common=COMMON, cells="", initiatives="", days="", rows="")
        return f"({OWN.format(cells='', days='')}) UNION ALL ({decayed})", None
    start_touched(cursor, CELLS, TOUCHED)
    own = OWN.format(cells=IN_CELLS, days=OWN_DAYS)
    cursor.execute(LASTING)
    if not (lasting := cursor.fetchall()):
        return own, None
    told = {"ids": [pk for pk, _, _ in lasting], "from": lasting[0][1], "to": lasting[0][2]}
    narrowed = {"initiatives": "AND e.initiative_id = ANY(%(ids)s)", "days": DECAYED_DAYS}
    decayed = DECAYED.format(common=COMMON, **narrowed, cells=IN_CELLS, rows=DECAYED_ROWS)
    return f"({own}) UNION ALL ({decayed})", told


def want_sums_below(cursor: CursorWrapper, touched: Touched) -> Query:
    """From each unit's own sums, which are up to date by now."""
    start_touched(cursor, "units_above", ABOVE)
    if touched.by("units"):
        return BELOW.format(keys="", met="", above=""), None
    start_touched(cursor, "changed_keys", BELOW_KEYS)
    # Each key is met once by those that it was changed for.
    keys = {"keys": "changed_keys AS c JOIN", "met": f"ON {_same_key('c', 's')}"}
    return BELOW.format(**keys, above="AND a.above_id IS NOT DISTINCT FROM c.unit_id"), None


def want_sums_of_all_buckets(cursor: CursorWrapper, touched: Touched) -> Query:
    """From the sums by bucket, which are up to date by now."""
    if touched.by("units"):
        return IN_ALL.format(below=all_rows(SUMS_BELOW, "k.level = 1")), None
    start_touched(cursor, "changed_in_all", CHANGED_IN_ALL)
    return IN_ALL.format(below=_of_keys("changed_in_all", 1, KEYS_IN_ALL)), None


def _own_present(table: KeptTable, touched: Touched) -> str:
    return all_rows(table, "k.level = 0") if touched.is_all else OWN_PRESENT


def _below_present(table: KeptTable, touched: Touched) -> str:
    return all_rows(table, "k.level = 1") if touched.by("units") else _of_keys("changed_keys", 1)


def _in_all_present(table: KeptTable, touched: Touched) -> str:
    return all_rows(table, "k.level = 2") if touched.by("units") else _of_keys("changed_in_all", 2, KEYS_IN_ALL)


OWN_SUMS = KeptTable("own_sums", DailySum, want_own_sums, _own_present)
SUMS_BELOW = KeptTable("sums_below", DailySum, want_sums_below, _below_present)
SUMS_OF_ALL_BUCKETS = KeptTable("sums_of_all_buckets", DailySum, want_sums_of_all_buckets, _in_all_present)
