"""How alike a draft and an initiative are, as a share that a person can read. `duplicates.py` finds what to compare."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log, sqrt

# A word that fewer initiatives than this share say tells no more than one that just so many say.
RAREST = 1 / 1000
RARE = log(1 / RAREST) ** 2
UNCOUNTED = RARE / 4
# How much of the score the names make, the rest is all that is said; and of the names' part their words, the rest is
# their spelling.
NAMES, NAME_WORDS = 0.55, 0.7
# How much the words count that only one of two names has: those of the name that has more such words, and of the other.
# A name that merely adds some ("phase 2") may be of the same thing; two that each have their own ("of loans", "of
# securities") hardly.
ADDED, OWN = 0.25, 1.25
# An initiative may say this many times what the draft says before that makes the two less alike.
LONGER = 1.25
# Drafts that say less than two rare words prove less.
ENOUGH = 2 * RARE
# From which score on each word is used, the highest first. Below the last one nothing is shown.
DEGREES = ((0.7, "very alike"), (0.5, "alike"), (0.3, "some likeness"))
LEAST = DEGREES[-1][0]


@dataclass(frozen=True)
class Term:
    """A word of a draft. `stems` are its own and, for a mistyped one, those of the words it may stand for.

    `share` is of the initiatives that say it, 0 where nobody counted.
    """

    word: str
    stems: tuple[str, ...]
    share: float
    in_name: bool = False

    @cached_property
    def weight(self) -> float:
        return weight_of(self.share)


@dataclass(frozen=True)
class Told:
    """The stems of an initiative by the part that has them, and the trigram similarity of its name to the draft's."""

    name: frozenset[str]
    summary: frozenset[str]
    outcome: frozenset[str]
    name_similarity: float

    @property
    def all(self) -> frozenset[str]:
        return self.name | self.summary | self.outcome


@dataclass(frozen=True)
class Match:
    """A word of the draft, as written there, and the part of the initiative that has it too."""

    word: str
    part: str


def weight_of(share: float) -> float:
    """What sharing a word tells, by how many initiatives have it: ln(1 / share)², from 0 for all to 48 for few.

    A word that was not counted is new or mistyped and counts a quarter of a rare one.
    """
    return log(1 / max(share, RAREST)) ** 2 if share > 0 else UNCOUNTED


def score_of(draft: Sequence[Term], told: Told, weights: Mapping[str, float]) -> float:
    """0.55 × names + 0.45 × texts, from 0 to 1; about 1 is the same thing slightly reworded.

    names  0.7 × shared ÷ (shared + 0.25 × more + 1.25 × less) + 0.3 × pg_trgm's similarity of the names: weights
           (`weight_of`) of the words that both names have, and of those that only one has, the heavier lot first
    texts  shared ÷ √(draft × other) × min(1, draft ÷ two rare words): weights of all words, the names' too, that both
           have, that the draft has, and that the initiative has, which count at most 1.25 times the draft

    A draft without a name goes by its texts alone. `weights` are those of the initiative's stems; one that is missing
    was not counted.
    """
    texts = _texts(draft, told.all, weights)
    named = [term for term in draft if term.in_name]
    if not named:
        return texts
    names = NAME_WORDS * _names(named, told.name, weights) + (1 - NAME_WORDS) * told.name_similarity
    return NAMES * names + (1 - NAMES) * texts


def degree_of(score: float) -> str:
    """The score in words; empty for one that is not worth showing."""
    return next((word for least, word in DEGREES if score >= least), "")


def matches(draft: Iterable[Term], told: Told) -> list[Match]:
    """The words of the draft that the initiative has too, the most telling first."""
    parts = {"name": told.name, "summary": told.summary, "outcome": told.outcome}
    found = []
    for term in sorted(draft, key=lambda term: -term.weight):
        part = next((part for part, stems in parts.items() if not stems.isdisjoint(term.stems)), "")
        if part:
            found.append(Match(term.word, part))
    return found


def _names(draft: Sequence[Term], stems: frozenset[str], weights: Mapping[str, float]) -> float:
    shared, said = _shared(draft, stems), _weight(draft)
    if not shared:
        return 0.0
    met = {stem for term in draft for stem in term.stems}
    alone = (said - shared, sum([weights.get(stem, UNCOUNTED) for stem in stems - met]))
    return shared / (shared + ADDED * max(alone) + OWN * min(alone))


def _texts(draft: Sequence[Term], stems: frozenset[str], weights: Mapping[str, float]) -> float:
    shared, said = _shared(draft, stems), _weight(draft)
    if not shared:
        return 0.0
    other = min(sum([weights.get(stem, UNCOUNTED) for stem in stems]), LONGER * said)
    # A mended word may weigh otherwise than the one it stands for, so the quotient may pass 1 a little.
    return min(1.0, shared / sqrt(said * other)) * min(1, said / ENOUGH) if other else 0.0


def _shared(draft: Iterable[Term], stems: frozenset[str]) -> float:
    return _weight(term for term in draft if not stems.isdisjoint(term.stems))


def _weight(terms: Iterable[Term]) -> float:
    return sum([term.weight for term in terms])
