"""The way of an initiative through stages and gates, as the full stage component draws it."""

from dataclasses import dataclass, field
from datetime import date

from .markup import STAGES

GATES = {
    "discovery": "Workflow fit",
    "build": "Data fit",
    "pilot": "Autonomy fit",
    "limited_rollout": "Production fit",
    "scale": "Value fit",
}


@dataclass
class Gate:
    """The gate in front of a stage. `state` is passed, skipped, next or ahead."""

    name: str
    state: str
    passed_on: date | None = None
    needs: str = ""
    due: date | None = None


@dataclass
class Step:
    """One stage with the gate that leads to the following one. `state` is done, now or ahead."""

    stage: str
    label: str
    state: str
    days: int | None = None
    gate: Gate | None = field(default=None)


def stage_track(
    current: str, entered: dict[str, date], today: date, *, needs: str = "", due: date | None = None
) -> list[Step]:
    """The six stages with days spent and gates passed.

    `entered` holds the day on which each stage was first entered, as far as known; `needs` tells what the
    next gate still wants, `due` when it is due. A stage that was never entered but lies behind was skipped.
    """
    order = [*STAGES]
    here = order.index(current) if current in order else -1
    steps = []
    for place, stage in enumerate(order):
        state = "now" if place == here else "done" if place < here else "ahead"
        steps.append(Step(stage, STAGES[stage], state, days=_days_in(stage, order[place + 1 :], entered, today, here)))
    for place, following in enumerate(order[1:]):
        steps[place].gate = _gate(following, place, here, entered, needs, due)
    return steps


def _days_in(stage: str, later: list[str], entered: dict[str, date], today: date, here: int) -> int | None:
    """Days from entering the stage to entering the next one that was entered, or to today."""
    order = [*STAGES]
    if stage not in entered or order.index(stage) > here:
        return None
    following = [entered[name] for name in later if name in entered and order.index(name) <= here]
    end = min((day for day in following if day >= entered[stage]), default=today)
    return (end - entered[stage]).days


def _gate(following: str, place: int, here: int, entered: dict[str, date], needs: str, due: date | None) -> Gate:
    name = GATES[following]
    if place < here:
        return Gate(name, "passed" if following in entered else "skipped", passed_on=entered.get(following))
    if place == here:
        return Gate(name, "next", needs=needs, due=due)
    return Gate(name, "ahead")
