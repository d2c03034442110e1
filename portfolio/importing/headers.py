"""How well a header's words fit a standard column.

Words count by how much they tell: `retired` points to one column, `use` and `case` to many. A header of many
words fits a name of many, so a cut-off or reworded question still finds its column, and a short name inside a
long question does not claim it.
"""

import math
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache

from .catalogue import alternatives, columns, words
from .wording import ELLIPSIS, folded_header, stem, stems

WEAK = 0.8  # what a weak name is worth beside a proper one
CUT_OFF = 0.97  # a long header that is the beginning of a name, or the other way round
MIN_CUT_OFF = 20  # characters that must agree for that
TYPO, COMPOUND, COMPOUND_LENGTH = 0.85, 0.7, 5
STOP_WORDS = words("header_fillers")
OF = re.compile(rf"\b(?:{alternatives('of')})\b")
OF_WEIGHT = 0.6
DESCRIPTION_OF = re.compile(
    r"^\s*(?:description of|describe|please describe|beschreibung de[rs]|description d[eu]s?)\b(?: the)?", re.IGNORECASE
)
# Parts that only explain: what stands in brackets, behind a colon or in a further paragraph.
BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]")
PARAGRAPH = re.compile(r"\n\s*\n|\s{4,}|\bPractice:|\bSub-?\s?practice", re.IGNORECASE)


@dataclass(frozen=True)
class _Name:
    column: str
    text: str
    words: frozenset[str]
    worth: float


@lru_cache(maxsize=5_000)
def header_scores(header: str) -> dict[str, float]:
    """For each standard column that the header may mean, how well it fits, up to 1."""
    best: dict[str, float] = {}
    for variant in _variants(header):
        for column, score in _scores(variant).items():
            best[column] = max(score, best.get(column, 0.0))
    return best


def best_score(header: str) -> float:
    """How much a text looks like any header at all."""
    return max(header_scores(header).values(), default=0.0)


def _variants(header: str) -> set[str]:
    """The header as it stands, and without the parts that only explain."""
    first = PARAGRAPH.split(header.strip(), maxsplit=1)[0]
    variants = {header, first, BRACKETS.sub(" ", first), ELLIPSIS.sub("", first)}
    # Everything can be described: what of tells more.
    variants.add(DESCRIPTION_OF.sub("", first))
    inside = " ".join(re.findall(r"\(([^)]*)\)", first))
    if len(header) < 60 and inside:
        variants.add(inside)
    return {text for variant in variants if (text := folded_header(variant))}


def _scores(text: str) -> dict[str, float]:
    said = {word for word in stems(text) if word not in STOP_WORDS} or set(stems(text))
    main = set(stems(OF.split(text, maxsplit=1)[0]))
    weights = {word: _weight(word) * (1 if word in main or not said & main else OF_WEIGHT) for word in said}
    known = {word: _known(word) for word in said}
    candidates = {name for found in known.values() for word in found for name in _names_with(word)}
    scores: dict[str, float] = defaultdict(float)
    for name in candidates:
        scores[name.column] = max(scores[name.column], name.worth * _fit(text, known, weights, name))
    return scores


def _fit(text: str, known: dict[str, dict[str, float]], weights: dict[str, float], name: _Name) -> float:
    if text == name.text:
        return 1.0
    shorter, longer = sorted((text, name.text), key=len)
    if len(shorter) >= MIN_CUT_OFF and longer.startswith(shorter):
        return CUT_OFF
    of_ours = sum(weights[word] * max(found.get(other, 0.0) for other in name.words) for word, found in known.items())
    of_theirs = sum(_weight(other) * max(found.get(other, 0.0) for found in known.values()) for other in name.words)
    precision, recall = of_ours / sum(weights.values()), of_theirs / sum(map(_weight, name.words))
    return 0.95 * 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@cache
def _names() -> tuple[_Name, ...]:
    names = []
    for column in columns().values():
        proper = (column.key, column.label, *column.names)
        for text, worth in [*((text, 1.0) for text in proper), *((text, WEAK) for text in column.weak_names)]:
            plain = folded_header(text)
            told = frozenset(word for word in stems(plain) if word not in STOP_WORDS) or frozenset(stems(plain))
            names.append(_Name(column.key, plain, told, worth))
    return tuple(names)


@cache
def _index() -> dict[str, tuple[_Name, ...]]:
    found: dict[str, list[_Name]] = defaultdict(list)
    for name in _names():
        for word in name.words:
            found[word].append(name)
    return {word: tuple(names) for word, names in found.items()}


def _names_with(word: str) -> tuple[_Name, ...]:
    return _index().get(word, ())


@lru_cache(maxsize=20_000)
def _weight(word: str) -> float:
    """What a word tells: much if few columns use it, and a middling amount if none does."""
    using = {name.column for name in _names_with(word)}
    return math.log((len(columns()) + 1) / (len(using) + 0.5)) if using else 2.5


@lru_cache(maxsize=20_000)
def _known(word: str) -> dict[str, float]:
    """The catalogue's words that this one is, or nearly is: a typo, a compound, a plural."""
    if word in _index():
        return {word: 1.0}
    if len(word) < COMPOUND_LENGTH:
        return {}
    near = {other: COMPOUND for other in _long_words() if word.startswith(other) or word.endswith(other)}
    return near | {other: TYPO for shape in _one_less(word) for other in _typos().get(shape, ())}


@cache
def _long_words() -> tuple[str, ...]:
    return tuple(word for word in _index() if len(word) >= COMPOUND_LENGTH)


@cache
def _typos() -> dict[str, tuple[str, ...]]:
    """Every word of the catalogue under each spelling of it with one letter less."""
    found: dict[str, list[str]] = defaultdict(list)
    for word in _long_words():
        for shape in _one_less(word):
            found[shape].append(word)
    return {shape: tuple(words) for shape, words in found.items()}


def _one_less(word: str) -> set[str]:
    return {word, stem(word), *(word[:place] + word[place + 1 :] for place in range(len(word)))}
