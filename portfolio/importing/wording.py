"""Text made comparable: what is left of a header or a cell once spelling, case and punctuation are gone."""

import re
import unicodedata
from functools import lru_cache

APOSTROPHES = re.compile("['’‘`´]")
NOT_A_WORD = re.compile(r"[\W_]+")
CAMEL_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# "2_use_case_name", "Q12. Stage", "3) Owner", "4.1 Name": a number that only counts the columns.
NUMBERING = re.compile(
    r"^\s*(?:q(?:uestion)?\.?\s*)?\d{1,3}(?:\.\d+)*[a-z]?(?:\s*[_.):\-]+\s*|\s+)(?=\D)", re.IGNORECASE
)
ELLIPSIS = re.compile(r"(?:\.{3,}|…)\s*$")
LANGUAGE_MARK = re.compile(r"(?<=\w)_(?:en|fr|de|es|it|nl|pt)$")  # the language of the column's cells
# Letters that do not fall apart into a plain letter and an accent.
PLAIN_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})


@lru_cache(maxsize=50_000)
def folded(text: str) -> str:
    """Lower case, no accents, words parted by one blank: `Nom du système:` becomes `nom du systeme`."""
    text = APOSTROPHES.sub("", text).casefold().translate(PLAIN_LETTERS)
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return NOT_A_WORD.sub(" ", plain).strip()


def folded_header(text: str) -> str:
    """A header without its numbering, camel humps and the dots of one that was cut off."""
    text = LANGUAGE_MARK.sub("", ELLIPSIS.sub("", text.strip()))
    if not re.search(r"\s", text):
        text = CAMEL_HUMP.sub(" ", text)
    return folded(NUMBERING.sub("", text))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its English plural, enough to bring `systems` and `agency's` to their singulars."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def stems(text: str) -> tuple[str, ...]:
    """The words of a folded text, each in its singular."""
    return tuple(stem(word) for word in text.split())
