"""Free text over the register: full text, word beginnings, and the nearest known words for mistyped ones."""

import re
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import F, QuerySet
from rapidfuzz.distance import OSA

from .models import Initiative

# More matches than this are neither ranked nor counted: nobody reads so far.
CANDIDATES = 1000
# Words that may stand for a mistyped one.
ALTERNATIVES = 3
WORD = re.compile(r"[^\W_]+")

# Each word as the dictionary stems it, whether some initiative has a word that begins so, and if none
# has, words that share trigrams or the first letter at a similar length.
LOOK_UP = """
    SELECT asked.word, asked.stem,
           EXISTS (SELECT FROM portfolio_searchword k WHERE k.word LIKE asked.stem || '%%'),
           ARRAY(SELECT k.word FROM portfolio_searchword k
                 WHERE k.word %% asked.stem
                    OR (k.word LIKE left(asked.stem, 1) || '%%'
                        AND length(k.word) BETWEEN length(asked.stem) - 1 AND length(asked.stem) + 1))
    FROM (SELECT word, (tsvector_to_array(to_tsvector('english', word)))[1] AS stem
          FROM unnest(%s::text[]) AS word) AS asked
    WHERE asked.stem IS NOT NULL
"""


@dataclass(frozen=True)
class Search:
    """A question put to the register: the query that answers it, and which words stand for mistyped ones."""

    query: str
    corrections: dict[str, str]

    def apply(self, initiatives: QuerySet[Initiative]) -> QuerySet[Initiative]:
        """The matching initiatives, best first, out of at most CANDIDATES."""
        asked = SearchQuery(self.query, search_type="raw", config="simple")
        if not self.query:
            return initiatives.none()
        candidates = initiatives.filter(search=asked).order_by().values("pk")[:CANDIDATES]
        rank = SearchRank(F("search"), asked, normalization=2)
        return Initiative.objects.filter(pk__in=candidates).annotate(rank=rank).order_by("-rank", "pk")


def search_for(text: str) -> Search:
    """Read free text as a question: every word must match, as it is, as a beginning, or as its nearest neighbours."""
    terms: list[str] = []
    corrections: dict[str, str] = {}
    for word, stem, is_known, neighbours in _look_up(WORD.findall(text.lower())[:12]):
        if is_known:
            terms.append(f"{_quoted(stem)}:*")
        elif near := _nearest(stem, neighbours):
            terms.append(f"({' | '.join(map(_quoted, near))})")
            corrections[word] = near[0]
        else:
            terms.append(f"{_quoted(stem)}:*")
    return Search(" & ".join(terms), corrections)


def _look_up(words: list[str]) -> list[tuple[str, str, bool, list[str]]]:
    with connection.cursor() as cursor:
        cursor.execute(LOOK_UP, [words])
        return cursor.fetchall()


def _nearest(stem: str, words: list[str]) -> list[str]:
    """The few words within one slip of a short word, two of a longer one, nearest first."""
    slips = 1 if len(stem) < 6 else 2
    measured = ((OSA.distance(stem, word, score_cutoff=slips), word) for word in words)
    return [word for distance, word in sorted(measured) if distance <= slips][:ALTERNATIVES]


def _quoted(word: str) -> str:
    return f"'{word}'"
