"""The words that the register knows, so that a mistyped one finds its neighbours."""

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models, transaction

if TYPE_CHECKING:
    from .initiative import InitiativeQuerySet

LEARN = """
    INSERT INTO portfolio_searchword (word, stem, share)
    SELECT word, stem, coalesce((SELECT max(k.share) FROM portfolio_searchword k WHERE k.stem = said.stem), 0)
    FROM (
        SELECT word, (ts_lexize('english_stem', word))[1] AS stem
        FROM (
            SELECT DISTINCT
                   unnest(tsvector_to_array(to_tsvector('simple', concat_ws(' ', name, summary, outcome)))) AS word
            FROM portfolio_initiative WHERE NOT is_confidential AND id = ANY(%s)
        ) AS words
        WHERE length(word) <= 100
    ) AS said
    WHERE stem IS NOT NULL
    ORDER BY word  -- one order for all, so that two that learn at once cannot lock each other out
    ON CONFLICT DO NOTHING
"""
# Shares are counted as if so many more initiatives said none of the words: one of seven is not yet a common word.
UNWRITTEN = 500
# Stems are counted in the search columns, words are found by reading all texts anew.
LEARN_ALL = """
    INSERT INTO portfolio_searchword (word, stem, share)
    SELECT said.word, said.stem, coalesce(counted.ndoc / total.initiatives, 0)
    FROM (
        SELECT word, (ts_lexize('english_stem', word))[1] AS stem
        FROM ts_stat($$
            SELECT to_tsvector('simple', concat_ws(' ', name, summary, outcome))
            FROM portfolio_initiative WHERE NOT is_confidential
        $$)
        WHERE length(word) <= 100
    ) AS said
    CROSS JOIN (SELECT count(*)::float + %s AS initiatives FROM portfolio_initiative WHERE NOT is_confidential) AS total
    LEFT JOIN ts_stat($$SELECT search FROM portfolio_initiative WHERE NOT is_confidential$$) AS counted
        ON counted.word = said.stem
    WHERE said.stem IS NOT NULL ORDER BY said.word
"""


class SearchWordManager(models.Manager["SearchWord"]):
    def learn(self, initiatives: "InitiativeQuerySet") -> None:
        """Add the words of ordinary ones among `initiatives`."""
        with connection.cursor() as cursor:
            cursor.execute(LEARN, [list(initiatives.values_list("pk", flat=True))])

    @transaction.atomic
    def refresh(self) -> None:
        """Learn all words anew, and count them. Searches meanwhile see the old ones."""
        with connection.cursor() as cursor:
            # Whoever learns meanwhile waits: two that write the same word would stand in each other's way.
            cursor.execute("LOCK TABLE portfolio_searchword IN SHARE ROW EXCLUSIVE MODE")
            self.all().delete()
            cursor.execute(LEARN_ALL, [UNWRITTEN])


class SearchWord(models.Model):
    """A word of some ordinary initiative, with its stem. Confidential ones lend none: it would reveal them."""

    word = models.CharField(max_length=100, unique=True)
    stem = models.CharField(max_length=100, db_index=True)
    share = models.FloatField(
        default=0, help_text="Of the ordinary initiatives, how many say its stem; 0 for a word not counted yet."
    )

    objects = SearchWordManager()

    class Meta:
        indexes = [GinIndex(fields=["word"], name="search_word_trigrams", opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.word
