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

# Each word with its stem, the stems of the words that begin with it or share its stem, and, to mend it, the words
# that share trigrams with it, or its first letter at a similar length, each with its stem.
LOOK_UP = """
    SELECT asked.word, asked.stem,
           ARRAY(SELECT k.stem FROM portfolio_searchword k
                 WHERE k.word LIKE asked.word || '%%' OR k.stem = asked.stem LIMIT 50),
           ARRAY(SELECT ARRAY[k.word, k.stem] FROM portfolio_searchword k
                 WHERE k.word %% asked.word
                    OR (k.word LIKE left(asked.word, 1) || '%%'
                        AND length(k.word) BETWEEN length(asked.word) - 2 AND length(asked.word) + 2))
    FROM (SELECT word, (ts_lexize('english_stem', word))[1] AS stem FROM unnest(%s::text[]) AS word) AS asked
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
    for word, stem, known, neighbours in _look_up(WORD.findall(text.lower())[:12]):
        near = {} if known else nearest(word, neighbours)
        if near:
            corrections[word] = [*near]
        terms.append(_any_of({*known, *near.values()} or {stem}))
    return Search(" & ".join(terms), corrections)


def _look_up(words: list[str]) -> list[tuple[str, str, list[str], list[tuple[str, str]]]]:
    with connection.cursor() as cursor:
        cursor.execute(LOOK_UP, [words])
        found: list[tuple[str, str, list[str], list[tuple[str, str]]]] = cursor.fetchall()
    return found


def nearest(word: str, neighbours: list[tuple[str, str]]) -> dict[str, str]:
    """The few words nearest by slips, one for a short word, two for a longer one, each with its stem.

    Swapping two letters is one slip.
    """
    slips = 1 if len(word) < 6 else 2
    measured = sorted((OSA.distance(word, each, score_cutoff=slips), each, stem) for each, stem in neighbours)
    best = measured[0][0] if measured else slips + 1
    return {each: stem for distance, each, stem in measured[:ALTERNATIVES] if distance == best <= slips}


def _any_of(stems: set[str]) -> str:
    return f"({' | '.join(f'{_quoted(stem)}:*' for stem in sorted(stems))})"


def _quoted(word: str) -> str:
    return f"'{word}'"
