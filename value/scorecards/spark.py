"""The last values of a line as a small drawing, with its target, on a scale of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

WIDTH, HEIGHT, EDGE = 120, 28, 3


@dataclass(frozen=True)
class Spark:
    """`told` says in words what it shows; `goal` is where the target lies, None where there is none."""

    told: str
    lines: list[str] = field(default_factory=list)
    dots: list[tuple[float, float]] = field(default_factory=list)
    goal: float | None = None
    width: int = WIDTH
    height: int = HEIGHT


def spark_of(values: Sequence[tuple[date, Decimal | None]], goal: Decimal | None, told: str) -> Spark:
    """`values` oldest first; one without a value is a gap. Its days lie as far apart as they are."""
    known = [value for _, value in values if value is not None]
    if not known:
        return Spark(told)
    scale = [*known, *([goal] if goal is not None else [])]
    low, high = min(scale), max(scale)
    first, last = values[0][0].toordinal(), values[-1][0].toordinal()
    stretches: list[list[tuple[float, float]]] = [[]]
    for day, value in values:
        if value is None:
            stretches.append([])
        else:
            stretches[-1].append((_across(day.toordinal(), first, last), _up(value, low, high)))
    return Spark(
        told,
        [" ".join(f"{x},{y}" for x, y in each) for each in stretches if len(each) > 1],
        [point for each in stretches for point in each],
        None if goal is None else _up(goal, low, high),
    )


def _across(day: int, first: int, last: int) -> float:
    # One value alone stands at the end, where the latest is.
    return round(EDGE + (WIDTH - 2 * EDGE) * ((day - first) / (last - first) if last > first else 1), 1)


def _up(value: Decimal, low: Decimal, high: Decimal) -> float:
    return round(EDGE + (HEIGHT - 2 * EDGE) * (1 - (float((value - low) / (high - low)) if high > low else 0.5)), 1)
