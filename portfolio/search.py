"""Free text over the register: full text, word beginnings, and the nearest known words for mistyped ones."""

import re
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import F
from rapidfuzz.distance import OSA

from aiso.accounts.models import User

from .models import Initiative
from .models.initiative import InitiativeQuerySet

# More matches than this are neither ranked nor counted: nobody reads so far.
CANDIDATES = 1000
# Words that may stand for a mistyped one.
ALTERNATIVES = 3
REFERENCE = re.compile(r"\s*ai-?\s*(\d{1,12})\s*", re.IGNORECASE)
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
    corrections: dict[str, list[str]]

    def narrow(self, initiatives: InitiativeQuerySet) -> InitiativeQuerySet:
        """The matching ones, at most CANDIDATES of them."""
        if not self.query:
            return initiatives.none()
        candidates = initiatives.filter(search=self._asked).order_by().values("pk")[:CANDIDATES]
        return Initiative.objects.filter(pk__in=candidates)

    def rank(self, initiatives: InitiativeQuerySet) -> InitiativeQuerySet:
        """Best match first."""
        rank = SearchRank(F("search"), self._asked, normalization=2)
        return initiatives.annotate(rank=rank).order_by("-rank", "pk")

    @property
    def _asked(self) -> SearchQuery:
        return SearchQuery(self.query, search_type="raw", config="simple")


def initiative_named(user: User, text: str) -> str | None:
    """The page of the initiative whose reference is typed, such as AI-0042 or ai 42."""
    named = REFERENCE.fullmatch(text)
    found = Initiative.objects.visible_to(user).filter(pk=named[1]).first() if named else None
    return found.get_absolute_url() if found else None


def search_for(text: str) -> Search:
    """Read free text as a question: every word must match, as it is, as a beginning, or as its nearest neighbours."""
    terms: list[str] = []
    corrections: dict[str, list[str]] = {}
    for word, stem, is_known, neighbours in _look_up(WORD.findall(text.lower())[:12]):
        if is_known:
            terms.append(f"{_quoted(stem)}:*")
        elif near := _nearest(stem, neighbours):
            terms.append(f"({' | '.join(f'{_quoted(each)}:*' for each in near)})")
            corrections[word] = near
        else:
            terms.append(f"{_quoted(stem)}:*")
    return Search(" & ".join(terms), corrections)


def _look_up(words: list[str]) -> list[tuple[str, str, bool, list[str]]]:
    with connection.cursor() as cursor:
        cursor.execute(LOOK_UP, [words])
        found: list[tuple[str, str, bool, list[str]]] = cursor.fetchall()
    return found


def _nearest(stem: str, words: list[str]) -> list[str]:
    """The few words within one slip of a short word, two of a longer one, nearest first."""
    slips = 1 if len(stem) < 6 else 2
    measured = ((OSA.distance(stem, word, score_cutoff=slips), word) for word in words)
    return [word for distance, word in sorted(measured) if distance <= slips][:ALTERNATIVES]


def _quoted(word: str) -> str:
    return f"'{word}'"
