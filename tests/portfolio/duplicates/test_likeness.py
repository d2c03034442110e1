"""The score: 1 for the same, less for less, by the weight of the words. Plain inputs, no database."""

import pytest

from portfolio.likeness import LEAST, Match, Term, Told, degree_of, matches, score_of, weight_of

# Share of initiatives that say each stem; what is not here was not counted.
SHARES = {
    "invoic": 0.001, "match": 0.01, "supplier": 0.002, "bill": 0.002, "pump": 0.001, "vibrat": 0.001, "loan": 0.002,
    "secur": 0.005, "analyt": 0.05, "data": 0.3, "model": 0.2, "phase": 0.01, "order": 0.004, "pay": 0.004,
}  # fmt: skip
WEIGHTS = {stem: weight_of(share) for stem, share in SHARES.items()}


def draft(name: str, text: str = "") -> list[Term]:
    """Stems as words, those of the name first."""
    words = [(word, True) for word in name.split()] + [(word, False) for word in text.split()]
    return [Term(word, (word,), SHARES.get(word, 0), in_name) for word, in_name in words]


def told(name: str, summary: str = "", outcome: str = "", *, similarity: float = 0.0) -> Told:
    return Told(*(frozenset(part.split()) for part in (name, summary, outcome)), similarity)


def score(drafted: list[Term], other: Told) -> float:
    return score_of(drafted, other, WEIGHTS)


def test_the_same_is_one():
    same = told("invoic match", "supplier bill order", similarity=1)

    assert score(draft("invoic match", "supplier bill order"), same) == pytest.approx(1)


def test_nothing_in_common_is_nothing():
    assert score(draft("invoic match", "supplier bill"), told("pump", "vibrat model")) == 0
    assert score([], told("pump", similarity=1)) == 0


def test_a_word_is_worth_what_it_tells():
    assert weight_of(1) == 0
    assert weight_of(0.1) < weight_of(0.01) < weight_of(0.001)
    assert weight_of(0.00001) == weight_of(0.001)
    assert weight_of(0.1) < weight_of(0) < weight_of(0.01)
    assert score(draft("invoic data"), told("invoic model")) > score(draft("invoic data"), told("data model"))


def test_names_count_more_than_texts():
    drafted = draft("invoic match", "supplier bill")
    by_name = score(drafted, told("invoic match", "pump vibrat", similarity=1))
    by_text = score(drafted, told("pump vibrat", "supplier bill"))

    assert by_name > 0.6 > by_text > LEAST / 2


def test_a_name_that_only_adds_words_is_liker_than_one_that_has_its_own():
    adds = score(draft("analyt loan"), told("analyt loan phase", similarity=0.6))
    differs = score(draft("analyt loan"), told("analyt secur", similarity=0.6))

    assert adds > 0.5 > differs


def test_a_long_summary_makes_a_short_draft_no_stranger():
    short = draft("invoic match", "supplier")
    brief = score(short, told("invoic match", "supplier bill", similarity=1))
    long = score(short, told("invoic match", "supplier bill order pay pump vibrat loan secur analyt", similarity=1))

    assert degree_of(brief) == degree_of(long) == "very alike"


def test_a_few_common_words_prove_little():
    assert score(draft("data model"), told("loan", "data model")) < LEAST
    assert score(draft("", "data model"), told("loan", "data model")) < LEAST


def test_without_a_name_the_texts_alone_count():
    assert score(draft("", "supplier bill order"), told("invoic", "supplier bill order")) > 0.7


def test_a_mended_word_counts_as_the_one_it_stands_for():
    slip = Term("invioce", ("invioc", "invoic"), SHARES["invoic"], in_name=True)

    assert score([slip], told("invoic", similarity=0.5)) == score(draft("invoic"), told("invoic", similarity=0.5))


def test_the_score_never_passes_one():
    slip = Term("dta", ("dta", "data"), 0.001, in_name=True)

    assert score([slip] * 3, told("data", similarity=1)) <= 1


@pytest.mark.parametrize(
    ("share", "word"),
    [(1, "very alike"), (0.7, "very alike"), (0.69, "alike"), (0.5, "alike"), (0.3, "some likeness"), (0.29, "")],
)
def test_the_score_in_words(share, word):
    assert degree_of(share) == word


def test_matching_words_are_told_as_written_with_their_part_the_most_telling_first():
    drafted = [
        Term("Data", ("data",), 0.3, in_name=True),
        Term("invoices", ("invoic",), 0.001, in_name=False),
        Term("suppliers", ("supplier",), 0.002, in_name=False),
        Term("pumps", ("pump",), 0.001, in_name=False),
    ]

    assert matches(drafted, told("data invoic", "invoic", "supplier")) == [
        Match("invoices", "name"),
        Match("suppliers", "outcome"),
        Match("Data", "name"),
    ]
