"""The share of target users who used a workflow, week by week, as a line with gaps where nothing is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from aiso.web import figures

from .weeks import week_name

WIDTH, HEIGHT, EDGE = 120, 28, 3


@dataclass(frozen=True)
class Trend:
    """A small line from 0 to 100 %; `told` says in words what it shows."""

    told: str
    # The points of each stretch without a gap, and every point, so that a week between two gaps shows as one.
    lines: list[str]
    dots: list[tuple[float, float]]
    width: int = WIDTH
    height: int = HEIGHT
    # Where 100 % and 0 % lie.
    edge: int = EDGE
    floor: int = HEIGHT - EDGE


def trend_of(weeks: Sequence[date], shares: Mapping[date, Decimal | None]) -> Trend:
    """`weeks` oldest first; a week that `shares` lacks, or has without a share, is a gap."""
    stretches: list[list[tuple[float, float]]] = [[]]
    for place, week in enumerate(weeks):
        share = shares.get(week)
        if share is None:
            stretches.append([])
        else:
            stretches[-1].append(_point(place, len(weeks), share))
    lines = [" ".join(f"{x},{y}" for x, y in each) for each in stretches if len(each) > 1]
    dots = [point for each in stretches for point in each]
    return Trend(_told(weeks, shares), lines, dots)


def _point(place: int, count: int, share: Decimal) -> tuple[float, float]:
    x = EDGE + (WIDTH - 2 * EDGE) * place / max(count - 1, 1)
    y = EDGE + (HEIGHT - 2 * EDGE) * (1 - float(share))
    return round(x, 1), round(y, 1)


def _told(weeks: Sequence[date], shares: Mapping[date, Decimal | None]) -> str:
    shown = [(week, share) for week in weeks if (share := shares.get(week)) is not None]
    if not shown:
        return f"Nothing is told of the last {len(weeks)} weeks"
    (first, then), (last, now) = shown[0], shown[-1]
    told = f"{figures.percent(now)} in {week_name(last)}"
    if first != last:
        told = f"From {figures.percent(then)} in {week_name(first)} to {told}"
    gaps = len(weeks) - len(shown)
    return f"{told}; {figures.plural(gaps, 'week')} without a figure" if gaps else told
