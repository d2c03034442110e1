"""The words that the register knows, so that a mistyped one finds its neighbours."""

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models, transaction

if TYPE_CHECKING:
    from .initiative import InitiativeQuerySet

LEARN = """
    INSERT INTO portfolio_searchword (word, stem)
    SELECT word, (ts_lexize('english_stem', word))[1]
    FROM (
        SELECT DISTINCT unnest(tsvector_to_array(to_tsvector('simple', name || ' ' || summary))) AS word
        FROM portfolio_initiative WHERE NOT is_confidential AND id = ANY(%s)
    ) AS said
    WHERE length(word) <= 100 AND ts_lexize('english_stem', word) <> '{}'
    ORDER BY word  -- one order for all, so that two that learn at once cannot lock each other out
    ON CONFLICT DO NOTHING
"""
LEARN_ALL = """
    INSERT INTO portfolio_searchword (word, stem)
    SELECT word, (ts_lexize('english_stem', word))[1]
    FROM ts_stat($$
        SELECT to_tsvector('simple', name || ' ' || summary) FROM portfolio_initiative WHERE NOT is_confidential
    $$)
    WHERE length(word) <= 100 AND ts_lexize('english_stem', word) <> '{}' ORDER BY word
"""


class SearchWordManager(models.Manager["SearchWord"]):
    def learn(self, initiatives: "InitiativeQuerySet") -> None:
        """Add the words of ordinary ones among `initiatives`."""
        with connection.cursor() as cursor:
            cursor.execute(LEARN, [list(initiatives.values_list("pk", flat=True))])

    @transaction.atomic
    def refresh(self) -> None:
        """Learn all words anew. Searches meanwhile see the old ones."""
        self.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(LEARN_ALL)


class SearchWord(models.Model):
    """A word of some ordinary initiative, with its stem. Confidential ones lend none: it would reveal them."""

    word = models.CharField(max_length=100, unique=True)
    stem = models.CharField(max_length=100, db_index=True)

    objects = SearchWordManager()

    class Meta:
        indexes = [GinIndex(fields=["word"], name="search_word_trigrams", opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.word
