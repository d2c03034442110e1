"""A figure over windows that follow one another, as a small line with gaps where there is no data."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT, EDGE = 120, 32, 3


@dataclass(frozen=True)
class Spark:
    """`path` is the line; `points` stand where both neighbours are gaps; `target` is the height of the dashed line."""

    path: str
    points: str
    target: str


def spark_of(values: Sequence[Decimal | None], target: Decimal | None) -> Spark | None:
    """None where nothing is told of any window."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    shown = [*known, target] if target is not None else known
    low, high = min(shown), max(shown)
    places = [None if value is None else _point(place, len(values), value, low, high) for place, value in _of(values)]
    return Spark(_path(places), _alone(places), _height(target, low, high) if target is not None else "")


def _of(values: Sequence[Decimal | None]) -> list[tuple[int, Decimal | None]]:
    return [*enumerate(values)]


def _point(place: int, count: int, value: Decimal, low: Decimal, high: Decimal) -> str:
    return f"{place * WIDTH / max(count - 1, 1):.1f} {_height(value, low, high)}"


def _height(value: Decimal, low: Decimal, high: Decimal) -> str:
    """In the middle where there is but one height."""
    part = float((value - low) / (high - low)) if high > low else 0.5
    return f"{HEIGHT - EDGE - part * (HEIGHT - 2 * EDGE):.1f}"


def _path(places: Sequence[str | None]) -> str:
    """A stroke begins anew after each gap."""
    strokes = [
        f"{'L' if before else 'M'}{place}"
        for before, place in zip([None, *places], places, strict=False)
        if place is not None
    ]
    return "".join(strokes)


def _alone(places: Sequence[str | None]) -> str:
    """A point whose neighbours are gaps is a stroke without length, which a round cap shows."""
    around = zip([None, *places], places, [*places[1:], None], strict=False)
    return "".join(f"M{place}h0" for before, place, after in around if place and not before and not after)
