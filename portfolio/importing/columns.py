"""Which standard column each column of a sheet holds: the mapping that the import suggests."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .assignment import best_assignment
from .catalogue import Kind, columns
from .content import Profile, affinity, profile, telling_columns
from .headers import header_scores
from .reading import Sheet

ENOUGH = 0.6  # below that a column is left unmapped, and its cells are kept as notes
CONTENT_WEIGHT = 0.2
LANGUAGE = re.compile(r"(.+?)[\s_\-(\[]+(?:en|fr|de|es|it|nl|pt|eng|fra|deu)[)\]]?", re.IGNORECASE)
HEADER_FLOOR = 0.35  # a header that fits worse than this says nothing
# Columns that only our own export has; another file's "source" is anything.
ONLY_OURS = ("source", "reference")
UNIT_LEVELS = ("agency_name", "agency_bureau", "office")
BY_CONTENT = 0.65  # what cells alone can reach


@dataclass(frozen=True)
class Suggestion:
    """One column of the sheet and the standard column it most likely holds, if any."""

    header: str
    column: str | None
    confidence: float


def suggest_mapping(sheet: Sheet) -> list[Suggestion]:
    """The one-to-one match of the sheet's columns with standard ones that fits best as a whole."""
    keys = [key for key in columns() if key not in ONLY_OURS]
    profiles = [profile([row.cells[place] for row in sheet.rows]) for place in range(len(sheet.headers))]
    scores = [_scores(header, seen, keys) for header, seen in zip(sheet.headers, profiles, strict=True)]
    _take_one_language(sheet.headers, scores)
    _take_first_of_equals(scores)
    spare = [0.0] * len(sheet.headers)
    # Cubed, so that one sure match weighs more than two guesses that would take its place.
    places = best_assignment([[*(score**3 for score in row), *spare] for row in scores])
    found = [
        Suggestion(header, keys[place], round(min(1.0, scores[number][place]), 2))
        if place < len(keys) and scores[number][place] >= ENOUGH
        else Suggestion(header, None, 0.0)
        for number, (header, place) in enumerate(zip(sheet.headers, places, strict=True))
    ]
    return _with_name(_with_units_in_order(found, sheet), profiles)


def _scores(header: str, seen: Profile, keys: Sequence[str]) -> list[float]:
    by_header = header_scores(header)
    by_content = telling_columns(seen) if max(by_header.values(), default=0.0) < ENOUGH else {}
    return [_score(key, by_header.get(key, 0.0), by_content.get(key, 0.0), seen) for key in keys]


def _score(key: str, by_header: float, by_content: float, seen: Profile) -> float:
    """The header decides and the cells confirm; 0 where that is not enough for a suggestion."""
    column = columns()[key]
    score = by_content * BY_CONTENT
    if by_header >= HEADER_FLOOR:
        fits = affinity(column, seen)
        # Where the header says it in so many words, cells of another kind cast doubt but do not overrule it.
        weight = CONTENT_WEIGHT if by_header < 0.9 or column.kind in (Kind.CODE, Kind.EMAIL) else CONTENT_WEIGHT / 2
        score = max(score, by_header + weight * fits)
    return score if score >= ENOUGH else 0.0


def _take_one_language(headers: Sequence[str], scores: list[list[float]]) -> None:
    """Registers in two languages say everything twice, `name_en` and `name_fr`: one of them is the value."""
    groups: dict[str, list[int]] = {}
    for number, header in enumerate(headers):
        if match := LANGUAGE.fullmatch(header.strip()):
            groups.setdefault(match[1], []).append(number)
    for numbers in groups.values():
        numbers.sort(key=lambda number: not headers[number].lower().rstrip(" )]").endswith("en"))
        for number in numbers[1:]:
            scores[number] = [0.0] * len(scores[number])


def _take_first_of_equals(scores: list[list[float]]) -> None:
    """Of two columns that fit equally well, the one further left is meant."""
    for number, row in enumerate(scores):
        scores[number] = [score - 0.0005 * number if score else 0.0 for score in row]


def _with_name(found: list[Suggestion], profiles: Sequence[Profile]) -> list[Suggestion]:
    """Without a name there is no initiative: if no header claims it, the column that looks most like names is it."""
    if any(suggestion.column == "use_case_name" for suggestion in found):
        return found
    name = columns()["use_case_name"]
    free = [
        (affinity(name, seen), -number)
        for number, (suggestion, seen) in enumerate(zip(found, profiles, strict=True))
        if suggestion.column is None and seen.filled > 0.8 and seen.identifiers < 0.5
    ]
    likeness, number = max(free, default=(0.0, 0))
    if likeness > 0.5:
        found[-number] = Suggestion(found[-number].header, "use_case_name", ENOUGH)
    return found


def _with_units_in_order(found: list[Suggestion], sheet: Sheet) -> list[Suggestion]:
    """Publishers differ on whether an agency belongs to a department or the other way round: the rows tell."""
    places = {suggestion.column: place for place, suggestion in enumerate(found)}
    levels = [places[key] for key in UNIT_LEVELS if key in places]
    keys = [key for key in UNIT_LEVELS if key in places]
    for upper in range(len(levels)):
        for lower in range(upper + 1, len(levels)):
            if _belongs_to(sheet, levels[upper], levels[lower]):
                levels[upper], levels[lower] = levels[lower], levels[upper]
    ordered = dict(zip(levels, keys, strict=True))
    return [
        Suggestion(suggestion.header, ordered.get(place, suggestion.column), suggestion.confidence)
        for place, suggestion in enumerate(found)
    ]


def _belongs_to(sheet: Sheet, part: int, whole: int) -> bool:
    """Whether each value of `part` nearly always comes with the same value of `whole`, of which there are fewer."""
    pairs = Counter((row.cells[part], row.cells[whole]) for row in sheet.rows if row.cells[part] and row.cells[whole])
    parts, wholes = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    usual: dict[str, int] = {}
    for (value, _), count in pairs.items():
        usual[value] = max(count, usual.get(value, 0))
    return len(wholes) < len(parts) * 0.9 and sum(usual.values()) >= 0.95 * pairs.total()
