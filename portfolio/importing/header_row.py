"""Where a table's header is: below banners and notes, in one row or in two with merged cells."""

from collections.abc import Sequence
from dataclasses import dataclass

from .headers import best_score
from .workbook import Span

LOOKED_AT = 25  # filled rows from the top among which the header is sought
KNOWN = 0.6  # a cell that fits a standard column this well counts as a header we know
PASSED_OVER = 0.4  # what it speaks against a row that a wide one stands above it, as nothing but banners should
HIGHEST = 6.5  # the score of a row that is a header in every respect
LONGEST_HEADER = 400
LONGEST_GROUP = 40  # characters of a group's title that may become part of a header


@dataclass(frozen=True)
class Header:
    """The header's last row, from 0, and a label for each column; `known` counts those we know."""

    row: int
    labels: tuple[str, ...]
    known: int


def find_header(cells: Sequence[Sequence[str]], merged: Sequence[Span] = ()) -> Header | None:
    """The row that looks most like a header by its words, its width and what stands below."""
    filled = [number for number, row in enumerate(cells) if any(cell.strip() for cell in row)][:LOOKED_AT]
    if not filled:
        return None
    usual = _usual_width([cells[number] for number in filled])
    best, best_score_yet, wide_above = filled[0], float("-inf"), 0
    for number in filled:
        if best_score_yet > HIGHEST - PASSED_OVER * wide_above:
            break
        score = _score(cells, number, usual) - PASSED_OVER * wide_above
        if score > best_score_yet:
            best, best_score_yet = number, score
        wide_above += _width(cells[number]) > 0.6 * usual
    return _joined(cells, best, _spans(merged, cells))


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    widths = sorted(_width(row) for row in rows)
    return max(1, widths[len(widths) * 3 // 4])


def _width(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _score(cells: Sequence[Sequence[str]], number: int, usual: int) -> float:
    said = [cell.strip() for cell in cells[number] if cell.strip()]
    if len(said) < min(2, usual):
        return -1.0
    known = sum(len(cell) <= LONGEST_HEADER and best_score(cell) >= KNOWN for cell in said) / max(len(said), usual)
    worded = sum(_is_worded(cell) for cell in said) / len(said)
    distinct = len(set(said)) / len(said)
    wide = min(1.0, len(said) / usual)
    return 3 * known + 1.5 * wide + worded + distinct - 2 * _repeats(cells, number)


def _is_worded(cell: str) -> bool:
    return (
        len(cell) <= LONGEST_HEADER and any(mark.isalpha() for mark in cell) and "://" not in cell and "@" not in cell
    )


def _repeats(cells: Sequence[Sequence[str]], number: int) -> float:
    """Which share of the row's cells comes again further down in its column, as data does and headers do not.

    A header that is repeated on each page comes again as a whole; that does not count.
    """
    said = [(place, cell.strip()) for place, cell in enumerate(cells[number]) if cell.strip()]
    below = [row for row in cells[number + 1 : number + 200] if row != cells[number]]
    again = sum(any(place < len(row) and row[place].strip() == cell for row in below) for place, cell in said)
    return again / len(said)


def _spans(merged: Sequence[Span], cells: Sequence[Sequence[str]]) -> dict[tuple[int, int], str]:
    """The text of a merged span for each of its cells but the first."""
    covered = {}
    for top, left, bottom, right in merged:
        if top >= len(cells) or left >= len(cells[top]):
            continue
        for row in range(top, min(bottom, top + LOOKED_AT) + 1):
            for column in range(left, right + 1):
                covered[row, column] = cells[top][left].strip()
    return covered


def _joined(cells: Sequence[Sequence[str]], best: int, spans: dict[tuple[int, int], str]) -> Header:
    """The header with the row above or below it, where the two are one header cut in two."""
    for top in (best - 1, best):
        if 0 <= top < len(cells) - 1 and _is_pair(cells, top):
            return _header(top + 1, _pair_labels(cells, top, spans))
    return _header(best, [cell.strip() for cell in cells[best]])


def _header(row: int, labels: Sequence[str]) -> Header:
    return Header(row, tuple(labels), sum(bool(label) and best_score(label) >= KNOWN for label in labels))


def _is_pair(cells: Sequence[Sequence[str]], top: int) -> bool:
    """Whether two rows make one header: each has labels where the other is empty, and groups reach over parts."""
    width = max(len(cells[top]), len(cells[top + 1]))
    upper, lower = _padded(cells[top], width), _padded(cells[top + 1], width)
    if not all(_is_worded(cell) for cell in (*upper, *lower) if cell):
        return False
    only_upper = sum(bool(a) and not b for a, b in zip(upper, lower, strict=True))
    only_lower = sum(bool(b) and not a for a, b in zip(upper, lower, strict=True))
    heads = [place for place in range(width) if upper[place] and lower[place]]
    # Where both rows say something, the upper must be a group: the next cell is a further part of it.
    grouped = all(place + 1 < width and not upper[place + 1] and lower[place + 1] for place in heads)
    return only_upper > 0 and only_lower > 0 and bool(heads) and grouped


def _padded(row: Sequence[str], width: int) -> list[str]:
    return [cell.strip() for cell in row] + [""] * (width - len(row))


def _pair_labels(cells: Sequence[Sequence[str]], top: int, spans: dict[tuple[int, int], str]) -> list[str]:
    width = max(len(cells[top]), len(cells[top + 1]))
    upper, lower = _padded(cells[top], width), _padded(cells[top + 1], width)
    labels, group = [], ""
    for place in range(width):
        group = upper[place] or spans.get((top, place), "") or (group if lower[place] else "")
        labels.append(_label(group, upper[place], lower[place], lower.count(lower[place]) > 1))
    return labels


def _label(group: str, upper: str, lower: str, is_repeated: bool) -> str:
    """A part's label, with its group's where that tells more: *Business* under *Owner* is *Owner: Business*."""
    if not lower:
        return upper
    whole = f"{group}: {lower}"
    if not group or (len(group) > LONGEST_GROUP and not is_repeated):
        return lower
    return whole if is_repeated or best_score(whole) >= best_score(lower) else lower
