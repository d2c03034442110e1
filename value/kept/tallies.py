"""Tallies of what is active, paused and owned per unit and bucket, and of the whole company by bucket and in all
(DESIGN §6.2).

An initiative is stable in windows of so many days from the day on which its business owner has been so for the whole of
one, or from the first where it began with that owner.
"""

from django.db.backends.utils import CursorWrapper

from portfolio.models.stage import ACTIVE

from ..models import StandingTally
from .sums import SAME_CELL
from .tables import KeptTable, Query, all_rows, start_table
from .touched import TAKEN, Touched

ABOUT = ("stages", "owners", "moved")
CELLS = "tallied_cells"
TOUCHED = f"""
    SELECT i.unit_id, i.bucket_id, i.is_confidential FROM {TAKEN} AS t
    JOIN portfolio_initiative AS i ON i.id = t.initiative_id WHERE t.about IN ('stages', 'owners', 'moved')
    UNION SELECT unit_id, bucket_id, is_confidential FROM {TAKEN} WHERE about = 'moved'
"""  # noqa: S608 (a constant)
SUMS = ", ".join(f"sum({name}) AS {name}" for name in StandingTally.COUNTS)
COUNTED = ", ".join(f"COALESCE(sum(step) FILTER (WHERE what = '{name}'), 0)" for name in StandingTally.COUNTS)
CHANGED = " OR ".join(f"sum({name}) <> 0" for name in StandingTally.COUNTS)
STEPPED = " OR ".join(f"COALESCE(sum(step) FILTER (WHERE what = '{name}'), 0) <> 0" for name in StandingTally.COUNTS)
# Of each active spell and each time of a business owner in it: the days from which a window is whole.
STABLE = """
    UNION ALL
    SELECT s.initiative_id, 'stable_{days}', s.days * datemultirange(t.days) * h.technical * h.risk
        * datemultirange(daterange(CASE WHEN lower(t.days) > s.began_on THEN lower(t.days) + {days} - 1 END, NULL))
    FROM stays AS s JOIN tenures AS t USING (initiative_id) JOIN held AS h USING (initiative_id)
    WHERE s.stage <> 'paused'
"""
OWN = f"""
    WITH looked_at AS (
        SELECT i.id AS initiative_id, i.unit_id, i.bucket_id, i.is_confidential FROM portfolio_initiative AS i {{cells}}
    ), changes AS (
        SELECT c.initiative_id, c.stage, c.changed_on,
            min(c.changed_on) OVER (PARTITION BY c.initiative_id) AS began_on,
            lead(c.changed_on) OVER (PARTITION BY c.initiative_id ORDER BY c.changed_on, c.id) AS next_on
        FROM looked_at JOIN portfolio_stagechange AS c USING (initiative_id)
    ), stays AS (
        SELECT initiative_id, stage, began_on, datemultirange(daterange(changed_on, next_on)) AS days
        FROM changes WHERE stage IN ({", ".join(f"'{stage}'" for stage in ACTIVE)}, 'paused')
    ), owners AS (
        SELECT o.initiative_id, o.kind, o.person_id, daterange(o.started_on, o.ended_on) AS days
        FROM looked_at JOIN portfolio_ownership AS o USING (initiative_id) WHERE NOT o.is_deputy
    ), held AS (
        SELECT initiative_id,
            COALESCE(range_agg(days) FILTER (WHERE kind = 'business'), '{{{{}}}}') AS business,
            COALESCE(range_agg(days) FILTER (WHERE kind = 'technical'), '{{{{}}}}') AS technical,
            COALESCE(range_agg(days) FILTER (WHERE kind = 'risk'), '{{{{}}}}') AS risk
        FROM looked_at LEFT JOIN owners USING (initiative_id) GROUP BY initiative_id
    ), tenures AS (
        SELECT initiative_id, unnest(range_agg(days)) AS days FROM owners WHERE kind = 'business'
        GROUP BY initiative_id, person_id
    ), told AS (
        SELECT initiative_id, CASE stage WHEN 'paused' THEN 'paused' ELSE 'active' END AS what, days FROM stays
        UNION ALL
        SELECT s.initiative_id, w.what, s.days * w.days
        FROM stays AS s JOIN held AS h USING (initiative_id)
        CROSS JOIN LATERAL (VALUES
            ('owned', h.business * h.technical * h.risk),
            ('lacks_business', datemultirange(daterange(NULL, NULL)) - h.business),
            ('lacks_technical', datemultirange(daterange(NULL, NULL)) - h.technical),
            ('lacks_risk', datemultirange(daterange(NULL, NULL)) - h.risk)
        ) AS w (what, days)
        WHERE s.stage <> 'paused'
        {"".join(STABLE.format(days=days) for days in (30, 60, 90))}
    ), spans AS (
        SELECT initiative_id, what, unnest(days) AS days FROM told
    ), steps AS (
        SELECT initiative_id, what, lower(days) AS day, 1 AS step FROM spans
        UNION ALL SELECT initiative_id, what, upper(days), -1 FROM spans WHERE upper(days) IS NOT NULL
    )
    SELECT unit_id, bucket_id, FALSE, is_confidential, day, {COUNTED}
    FROM steps JOIN looked_at USING (initiative_id)
    GROUP BY 1, 2, 4, 5 HAVING {STEPPED}
"""  # noqa: S608 (constants)
IN_CELLS = f"JOIN {CELLS} AS t ON {SAME_CELL.format(t='t', of='i')}"
OWN_COVERED = f"k.unit_id IS NOT NULL AND EXISTS (SELECT FROM {CELLS} AS t WHERE {SAME_CELL.format(t='t', of='k')})"
# The days of the company that a difference of any unit changes.
DAYS = "tallied_days"
DIFFERING = "SELECT DISTINCT is_confidential, day FROM differing_own_tallies"
ON_DAYS = f"""
    AND EXISTS (SELECT FROM {DAYS} AS d WHERE d.is_confidential = k.is_confidential AND d.day = k.day)
"""
COMPANY = f"""
    SELECT NULL, bucket_id, GROUPING(bucket_id) = 1, is_confidential, day, {SUMS} FROM value_standingtally AS k
    WHERE unit_id IS NOT NULL {{days}}
    GROUP BY is_confidential, day, GROUPING SETS ((bucket_id), ()) HAVING {CHANGED}
"""  # noqa: S608 (constants)


def want_own(cursor: CursorWrapper, touched: Touched) -> Query:
    if not touched.is_all:
        start_table(cursor, CELLS, TOUCHED)
    return OWN.format(cells="" if touched.is_all else IN_CELLS), None


def own(table: KeptTable, touched: Touched) -> str:
    return all_rows(table, "k.unit_id IS NOT NULL" if touched.is_all else OWN_COVERED)


def want_company(cursor: CursorWrapper, touched: Touched) -> Query:
    if touched.is_all:
        return COMPANY.format(days=""), None
    start_table(cursor, DAYS, DIFFERING)
    return COMPANY.format(days=ON_DAYS), None


def of_company(table: KeptTable, touched: Touched) -> str:
    return all_rows(table, f"k.unit_id IS NULL {'' if touched.is_all else ON_DAYS}")


OWN_TALLIES = KeptTable("own_tallies", StandingTally, want_own, own, about=ABOUT)
COMPANY_TALLIES = KeptTable("company_tallies", StandingTally, want_company, of_company, about=ABOUT)
