"""What a line says in words: its figure, how it moved, and why it stands as it does."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from aiso.web import figures

from ..models.scorecard import OF_ADOPTION, SHARES, Source
from ..weeks import week_name
from .judged import Line, Status, goal_of, is_too_few
from .limits import Goals

LABELS = {
    Status.OFF_TARGET: "Off target",
    Status.STALE: "Not measured for long",
    Status.NO_DATA: "No data",
    Status.BETTER: "Getting better",
    Status.WAITING: "Waits for finance",
    Status.ON_TARGET: "On target",
    Status.NO_TARGET: "No target",
}
# Tone and icon of `status`: never colour alone.
LOOKS = {
    Status.OFF_TARGET: ("late", "alert-triangle"),
    Status.STALE: ("risk", "clock"),
    Status.NO_DATA: ("idle", "circle-dashed"),
    Status.BETTER: ("risk", "trending-up"),
    Status.WAITING: ("info", "clock"),
    Status.ON_TARGET: ("ok", "circle-check"),
    Status.NO_TARGET: ("idle", "target-arrow"),
}
NAMES = {
    Source.ACTIVE: "Active users of {}",
    Source.REPEAT: "Repeat use of {}",
    Source.OPT_OUTS: "Opt-outs from {}",
    Source.SATISFACTION: "Satisfaction with {}",
    Source.OVERRIDES: "{}: decided otherwise by people",
    Source.ERRORS: "{}: turned out wrong",
    Source.VOLUME: "{}: decisions a week",
}

UNITS = {
    Source.ACTIVE: "% of target users",
    Source.REPEAT: "% of active users",
    Source.OPT_OUTS: "% of target users",
    Source.SATISFACTION: "of 5",
    Source.OVERRIDES: "% of decisions",
    Source.ERRORS: "% of decisions",
    Source.VOLUME: "decisions a week",
}


def unit_of(line: Line) -> str:
    return line.unit if line.source == Source.METRIC else UNITS[Source(line.source)]


def listed(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def named(line: Line) -> str:
    return line.name if line.source == Source.METRIC else NAMES[Source(line.source)].format(line.name)


def told(line: Line, value: Decimal | None) -> str:
    """A figure of the line: shares in per cent, satisfaction with its decimals, else as it was measured."""
    if value is None:
        return "–"
    if line.source in SHARES:
        return figures.percent(value, 1)
    if line.source == Source.VOLUME:
        return figures.number(value)
    return figures.measured(round(value, 4) if line.source == Source.METRIC else round(value, 2))


def moved(line: Line) -> tuple[str, str]:
    """How it moved since the value before, as a tone and in words."""
    gained = line.gained
    if gained is None:
        return "idle", "nothing to compare with" if line.latest is not None else ""
    since = "at the baseline" if line.previous is None else _on(line, line.previous_on)
    before = f"{told(line, line.before)} {since}"
    if gained == 0:
        return "idle", f"as {before}"
    return ("ok", f"better than {before}") if gained > 0 else ("late", f"worse than {before}")


def when(line: Line, day: date | None) -> str:
    """A day; of adoption its week."""
    if day is None:
        return ""
    return week_name(day) if _weekly(line) else figures.day(day)


def why(line: Line, status: Status, goals: Goals) -> str:
    """The reason of a status, as a sentence."""
    goal, up = goal_of(line, goals), line.direction == "up"
    value, wanted = told(line, line.latest), told(line, goal)
    if status == Status.NO_DATA:
        return _nothing(line, goals)
    if status == Status.STALE:
        weeks, days = figures.plural(goals.read_weeks, "week"), figures.plural(goals.measured_days, "day")
        return f"{value} is of {when(line, line.latest_on)}, older than {weeks if _weekly(line) else days}."
    if status == Status.NO_TARGET:
        return f"{value}, and no target to hold it against."
    least = "at least" if up else "at most"
    reached = f"{value} {'reaches' if status in (Status.ON_TARGET, Status.WAITING) else 'misses'} {least} {wanted}"
    if status == Status.WAITING:
        return f"{reached}, and finance has not confirmed it yet."
    if status == Status.BETTER:
        return f"{reached}, but it is {moved(line)[1]}."
    _, how = moved(line)
    return f"{reached}; {how}." if status == Status.OFF_TARGET and line.gained is not None else f"{reached}."


def _nothing(line: Line, goals: Goals) -> str:
    if line.latest is not None and is_too_few(line, goals):
        few = figures.plural(line.counted or 0, "decision")
        return f"{few} are too few to tell a rate: it takes {figures.number(goals.decisions.least_volume)}."
    if line.is_withheld:
        return "Its groups are under five people, of whom nothing is shown."
    return "Nothing is measured yet." if line.source == Source.METRIC else "Nothing was read yet."


def _on(line: Line, day: date | None) -> str:
    return f"{'in' if _weekly(line) else 'on'} {when(line, day)}"


def _weekly(line: Line) -> bool:
    return line.source in OF_ADOPTION
