"""Pairs of initiatives that are likely the same, found among the newest by index and scored like a draft.

The rarest words of each newer name, among those that others say too, lead to the few older initiatives that say two of
them. Confidential ones are left out, for a pair would tell of them to whoever sees the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from .duplicates import stems_in, tells
from .likeness import Term, Told, degree_of, score_of, weight_of
from .models import Initiative, SearchWord
from .models.search import UNWRITTEN

# The newest initiatives that are compared with all older ones, and to how many each.
COMPARED, WITH_EACH = 300, 3
# Of so many of the rarest words of a name the other has to say two.
RAREST_WORDS = 4
# "Alike": below it two are not worth a meeting's time.
WORTH = 0.5

PAIRS = """
    WITH newest AS (
        SELECT id, name, search FROM portfolio_initiative
        WHERE NOT is_off_register AND NOT is_confidential AND stage NOT IN ('closed', 'merged')
        ORDER BY id DESC LIMIT %s
    ), counted AS (
        SELECT count(*) + %s AS initiatives FROM portfolio_initiative WHERE NOT is_confidential
    ), asked AS MATERIALIZED (
        SELECT newest.id, newest.name, (
            WITH rare AS (
                SELECT said.stem, max(word.share) AS share
                FROM unnest(tsvector_to_array(ts_filter(newest.search, '{a}'))) AS said (stem)
                JOIN portfolio_searchword AS word ON word.stem = said.stem
                WHERE said.stem ~ '[[:alpha:]]' AND said.stem !~ '[^[:alnum:]-]'
                    AND word.share * (SELECT initiatives FROM counted) > 1.5
                GROUP BY said.stem ORDER BY share, said.stem LIMIT %s
            )
            SELECT string_agg(quote_literal(one.stem) || ' & ' || quote_literal(two.stem), ' | ')::tsquery
            FROM rare AS one JOIN rare AS two ON one.stem < two.stem
        ) AS query
        FROM newest
    )
    SELECT asked.id, older.id, older.alike
    FROM asked CROSS JOIN LATERAL (
        SELECT other.id, similarity(other.name, asked.name) AS alike FROM portfolio_initiative AS other
        WHERE other.search @@ asked.query AND other.id < asked.id AND NOT other.is_off_register
            AND NOT other.is_confidential AND other.stage NOT IN ('closed', 'merged')
        ORDER BY alike DESC, other.id LIMIT %s
    ) AS older
    WHERE asked.query IS NOT NULL
"""


@dataclass(frozen=True)
class Pair:
    """Two initiatives that say much the same: how much, from WORTH to 1."""

    newer: Initiative
    older: Initiative
    score: float

    @property
    def degree(self) -> str:
        """The score in words."""
        return degree_of(self.score)


def likely_pairs() -> list[Pair]:
    """The likeliest pairs first, each initiative in one of them at most. Three queries."""
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, [COMPARED, UNWRITTEN, RAREST_WORDS, WITH_EACH])
        found = cursor.fetchall()
    rows = _told({pk for newer, older, _ in found for pk in (newer, older)})
    shares = _shares({stem for _, told in rows.values() for stem in told.all})
    weights = {stem: weight_of(share) for stem, share in shares.items()}
    pairs = []
    for newer, older, alike in found:
        told = rows[older][1]
        other = Told(told.name, told.summary, told.outcome, alike)
        score = min(1.0, score_of(_terms(rows[newer][1], shares), other, weights))
        if score >= WORTH:
            pairs.append(Pair(rows[newer][0], rows[older][0], score))
    return _each_once(pairs)


def _told(ids: set[int]) -> dict[int, tuple[Initiative, Told]]:
    rows = Initiative.objects.filter(pk__in=ids).annotate(
        told_name=stems_in("a"), told_summary=stems_in("b"), told_outcome=stems_in("c")
    )
    return {row.pk: (row, _parts(row)) for row in rows.only("name", "stage")}


def _parts(row: Initiative) -> Told:
    parts = (row.told_name, row.told_summary, row.told_outcome)  # type: ignore[attr-defined]
    name, summary, outcome = (frozenset(filter(tells, part)) for part in parts)
    return Told(name, summary, outcome, 0)


def _shares(stems: set[str]) -> dict[str, float]:
    return dict(SearchWord.objects.filter(stem__in=stems).values_list("stem", "share").distinct())


def _terms(told: Told, shares: Mapping[str, float]) -> list[Term]:
    return [Term(stem, (stem,), shares.get(stem, 0), in_name=stem in told.name) for stem in sorted(told.all)]


def _each_once(pairs: list[Pair]) -> list[Pair]:
    taken: set[int] = set()
    kept = []
    for pair in sorted(pairs, key=lambda pair: (-pair.score, -pair.newer.pk)):
        ids = {pair.newer.pk, pair.older.pk}
        if not ids & taken:
            kept.append(pair)
            taken |= ids
    return kept
