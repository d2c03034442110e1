"""The stage changes that a file's dates amount to: the opening position of an imported initiative.

A position ends in the stage that the file names. Days that contradict it, each other or the calendar are left
out with a reason, for a history that is short is better than one that is wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .dates import DateReading, Precision

PATH = ("intake", "discovery", "build", "pilot", "limited_rollout", "scale")
IN_USE = ("pilot", "limited_rollout", "scale")
# The column of each step on the way, in the order of time.
STEPS = (
    "date_initiated",
    "date_development_began",
    "date_pilot_began",
    "operational_date",
    "date_retired",
    "stage_since",
)
LONGEST = {Precision.YEAR: 366, Precision.QUARTER: 92, Precision.MONTH: 31, Precision.DAY: 1}


@dataclass(frozen=True)
class Position:
    """The stages entered, each with its day, and by column why a day was left out."""

    changes: tuple[tuple[str, date], ...]
    left_out: dict[str, str]
    day_is_known: bool = True


def opening_position(stage: str, days: Mapping[str, DateReading], *, as_of: date, today: date) -> Position:
    """The way to `stage` as far as `days` tell it; the last step, if its day is unknown, is taken on `as_of`."""
    final = stage or _told_by(days)
    changes: list[tuple[str, date]] = []
    left_out: dict[str, str] = {}
    for column in STEPS:
        reading = days.get(column)
        if reading is None or reading.value is None:
            continue
        entered = _entered(column, final)
        if entered is None:
            left_out[column] = f"the stage is {_label(final)}, so this day does not fit"
            continue
        earliest = changes[-1][1] if changes else date.min
        day, reason = _placed(reading, earliest, today)
        if reason or day is None:
            left_out[column] = reason
        elif not changes or changes[-1][0] != entered:
            changes.append((entered, day))
    is_known = bool(changes) and changes[-1][0] == final
    if not is_known:
        changes.append((final, max([as_of, *(day for _, day in changes)])))
    return Position(tuple(changes), left_out, is_known)


def _told_by(days: Mapping[str, DateReading]) -> str:
    """The stage that the days alone speak for."""
    told = [column for column in STEPS if (reading := days.get(column)) and reading.value]
    return {
        "date_initiated": "discovery",
        "date_development_began": "build",
        "date_pilot_began": "pilot",
        "operational_date": "scale",
        "date_retired": "closed",
    }.get(told[-1] if told else "", "intake")


def _entered(column: str, final: str) -> str | None:
    """The stage that was entered on a column's day, or None where the final stage speaks against it."""
    reached = PATH.index(final) if final in PATH else len(PATH)
    match column:
        case "stage_since":
            return final
        case "date_retired":
            return final if final == "closed" else None
        case "operational_date":
            if final in IN_USE:
                return final
            return "scale" if reached == len(PATH) else None
        case "date_initiated":
            return "discovery" if reached > 0 else "intake"
    stage = "build" if column == "date_development_began" else "pilot"
    return stage if reached >= PATH.index(stage) else None


def _placed(reading: DateReading, earliest: date, today: date) -> tuple[date | None, str]:
    """The day of a step that comes no sooner than the one before it, or why it cannot be had."""
    day = reading.value
    assert day is not None
    assert reading.precision is not None
    if day > today:
        return None, "it lies in the future"
    if day < earliest:
        # A month or a year that began before may still hold the step.
        last = day + timedelta(days=LONGEST[reading.precision] - 1)
        if last < earliest:
            return None, "it is earlier than the step before it"
        day = earliest
    return day, ""


def _label(stage: str) -> str:
    return stage.replace("_", " ")
