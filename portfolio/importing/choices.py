"""Cells of choice columns to the legal value they mean, and how sure that is."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from .blanks import blank_word, is_blank
from .catalogue import Choice, Column, Kind, columns, stage_wordings, words
from .wording import folded, stems

# "a) No", "b)  Pilot", "(c) Age", "k. None", "IV) ...": the letter of an option. A hard blank behind it that was
# read in the wrong encoding shows as one of the letters in brackets.
OPTION_LETTER = re.compile(r"^\s*\(?([a-zA-Z]|[ivxIVX]{2,4})\s*[).:]\s*(?:[ÝÊÂ†](?=[A-Z\s]))?\s*")
# "Stage 4 - Operation", "Phase 2: Pilot", "3. Live": the place of an option in its list.
OPTION_NUMBER = re.compile(
    r"^\s*(?:(?:stage|phase|step|status|stufe|fase|etapa|étape|stap)\s*)?\d{1,2}\s*[-–—:.)]+\s+(?=\D)", re.IGNORECASE
)
# A new option inside a cell that lists several: "c) Age I) Other".
INNER_OPTION = re.compile(r"(?<=\w)\s+(?=\(?[a-zA-Z]\)\s*\w)")
LIST_MARKS = re.compile(r"^\s*\[|\]\s*$|[\"“”]|(?<!\w)'|'(?!\w)")
# What stands before the first of these is the short form of a value: "Pilot – The use case has been deployed ...".
HEAD_END = re.compile(r"\s+[–—-]\s+|\s*[:;]\s+|\s*–\s*|\s+\(|,\s")
NEGATIONS = words("negations")
FILLERS = words("choice_fillers")
MOST_WORDS = 60  # longer cells are prose, not answers
SURE, LIKELY, POSSIBLE = 1.0, 0.85, 0.7


@dataclass(frozen=True)
class Match:
    """The legal value a cell means; `confidence` is 1 for the same words and falls with likeness."""

    value: str
    confidence: float
    ours: str = ""


@dataclass(frozen=True)
class _Wording:
    """One way to say one choice, prepared for comparison."""

    choice: Choice
    text: str
    words: frozenset[str]
    is_main: bool  # the legal value or its head, not another word for it


def match_choice(column: Column, cell: str) -> Match | None:
    """The legal value of `column` that the cell means, or None if none of them can be told."""
    return _match(column.key, cell)


@lru_cache(maxsize=50_000)
def _match(key: str, cell: str) -> Match | None:
    column = columns()[key]
    prepared = _wordings(column.key)
    whole, bare = folded(cell), folded(_without_letter(cell))
    if not bare:
        return _by_letter(column, cell)
    for text, confidence in ((whole, SURE), (bare, SURE), (folded(_head(cell)), LIKELY)):
        if match := _same(prepared, text, confidence):
            return match
    if blank_word(cell):
        return None
    if column.kind is Kind.YES_NO:
        return _leading_yes_or_no(prepared, bare)
    return _leading(prepared, bare) or _leading_yes_or_no(prepared, bare) or _alike(prepared, bare)


def match_choices(column: Column, cell: str) -> list[Match | str]:
    """What a cell that lists several options means: for each its match, or its text where there is none."""
    whole = match_choice(column, cell) if not _is_list(cell) else None
    if whole and whole.confidence == SURE:
        return [whole]
    parts = _parts(column, cell)
    return [match_choice(column, part) or part for part in parts]


def recode(column: Column, cell: str) -> str | None:
    """The cell in the standard's own words: its legal value, its word for blank, or None if it stays as it is."""
    if column.kind is Kind.CHOICES:
        return _recode_list(column, cell)
    if column.choices and (match := match_choice(column, cell)):
        return stage_wordings().get(match.value, match.value) if column.key == "development_stage" else match.value
    return blank_word(cell) or None


def _recode_list(column: Column, cell: str) -> str | None:
    found = match_choices(column, cell)
    if not found or any(isinstance(match, str) for match in found):
        return blank_word(cell) or None
    order = [choice.value for choice in column.choices]
    values = {match.value for match in found if isinstance(match, Match)}
    return "; ".join(sorted(values, key=order.index))


@cache
def _wordings(key: str) -> list[_Wording]:
    prepared = []
    choices = columns()[key].choices
    heads = Counter(folded(_head(choice.value)) for choice in choices)
    for choice in choices:
        main = [choice.value, _without_letter(choice.value)]
        # "Yes" alone does not tell "Yes – by the CAIO" from "Yes – by an oversight board".
        main += [_head(choice.value)] if heads[folded(_head(choice.value))] == 1 else []
        for text, is_main in [*((text, True) for text in main), *((text, False) for text in choice.also)]:
            prepared.append(_Wording(choice, folded(text), _content_words(folded(text)), is_main))
    return prepared


def _content_words(text: str) -> frozenset[str]:
    return frozenset(word for word in stems(text) if word not in FILLERS)


def _without_letter(text: str) -> str:
    return OPTION_NUMBER.sub("", OPTION_LETTER.sub("", text))


def _head(text: str) -> str:
    return HEAD_END.split(_without_letter(text).strip(), maxsplit=1)[0]


def _same(prepared: Sequence[_Wording], text: str, confidence: float) -> Match | None:
    if not text:
        return None
    for wording in prepared:
        if wording.text == text:
            return Match(wording.choice.value, confidence, wording.choice.ours)
    return None


def _by_letter(column: Column, cell: str) -> Match | None:
    """A cell of nothing but the option's letter."""
    letter = OPTION_LETTER.match(cell)
    for choice in column.choices if letter else ():
        own = OPTION_LETTER.match(choice.value)
        if own and letter and own[1].lower() == letter[1].lower():
            return Match(choice.value, LIKELY, choice.ours)
    return None


def _leading_yes_or_no(prepared: Sequence[_Wording], text: str) -> Match | None:
    """A cell that begins with an answer: `Yes - Employee names`, `In-progress - ATO process underway`."""
    for wording in sorted(prepared, key=lambda wording: -len(wording.text)):
        if len(wording.text) > 1 and text.startswith(wording.text + " "):
            return Match(wording.choice.value, LIKELY, wording.choice.ours)
    return None


def _leading(prepared: Sequence[_Wording], text: str) -> Match | None:
    """A cell that begins as a legal value does, or a legal value that was cut off."""
    if len(text) < 6:
        return None
    legal = (wording for wording in prepared if wording.is_main and len(wording.text) > 12)
    begun = {wording.choice for wording in legal if wording.text.startswith(text)}
    if len(begun) != 1:
        return None
    choice = begun.pop()
    return Match(choice.value, LIKELY, choice.ours)


def _alike(prepared: Sequence[_Wording], text: str) -> Match | None:
    """The choice whose words are most like the cell's, if one stands out and says yes or no as the cell does."""
    words = _content_words(text)
    if len(words) > MOST_WORDS:
        return None
    scores: dict[str, tuple[float, Choice]] = {}
    for wording in prepared:
        score = _likeness(words, wording.words)
        if score > scores.get(wording.choice.value, (0.0, wording.choice))[0]:
            scores[wording.choice.value] = (score, wording.choice)
    ranked = sorted(scores.values(), key=lambda entry: -entry[0])
    if not ranked or ranked[0][0] < POSSIBLE or (len(ranked) > 1 and ranked[1][0] > ranked[0][0] - 0.05):
        return None
    return Match(ranked[0][1].value, min(ranked[0][0], LIKELY), ranked[0][1].ours)


def _likeness(ours: frozenset[str], theirs: frozenset[str]) -> float:
    """How alike two sets of words are: 1 for equal sets, most of it where the longer one only says more."""
    if not ours or not theirs or bool(ours & NEGATIONS) != bool(theirs & NEGATIONS):
        return 0.0
    shared = _shared(ours, theirs)
    alike = 2 * shared / (len(ours) + len(theirs))
    if len(theirs) > 1 and shared == len(theirs):  # the cell says all that the choice does, and more
        alike = max(alike, 0.75)
    return alike


def _shared(ours: frozenset[str], theirs: frozenset[str]) -> float:
    """Words in both, counting one that only ends otherwise (classification, classical) for most of a word."""
    shared = float(len(ours & theirs))
    rest = theirs - ours
    for word in ours - theirs:
        if len(word) > 5 and any(other[:6] == word[:6] for other in rest):
            shared += 0.8
    return shared


def _is_list(cell: str) -> bool:
    return bool(re.match(r"\s*\[", cell)) or ";" in cell


def _parts(column: Column, cell: str) -> list[str]:
    """The options a cell lists. A comma parts them too, unless it belongs to an option."""
    text = INNER_OPTION.sub("; ", LIST_MARKS.sub("", cell))
    parts: list[str] = []
    for piece in re.split(r"[;\n|]", text):
        known = match_choice(column, piece)
        parts += [piece] if known and known.confidence == SURE else re.split(r",", piece)
    return [part.strip() for part in parts if part.strip()]


def is_answer(column: Column, cell: str) -> bool:
    """Whether a cell is one of the column's values in so many words, or nothing."""
    if is_blank(cell):
        return True
    found: list[Match | str | None] = [match_choice(column, cell)]
    if column.kind is Kind.CHOICES:
        found = [*match_choices(column, cell)]
    return all(isinstance(match, Match) and match.confidence >= LIKELY for match in found)
