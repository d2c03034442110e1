"""How a sign-off's clock stands, in words: 2 of 5 working days left."""

from dataclasses import dataclass
from datetime import date

from aiso import clock, workdays
from aiso.web import figures

from .models import SignOff

# Working days left from which a clock is at risk.
SOON = 1
# What a function says by each verdict, with the tone and icon of `markup.status`.
SAID = {
    "approve": ("ok", "Approves", "check"),
    "conditions": ("risk", "Approves with conditions", "list-check"),
    "object": ("late", "Objects", "hand-stop"),
    "not_applicable": ("idle", "Not applicable", "circle-minus"),
}


@dataclass(frozen=True)
class Standing:
    """Where a sign-off stands, with the tone and icon of `markup.status`, and what its clock says."""

    tone: str
    word: str
    icon: str
    told: str = ""


def standing_of(sign_off: SignOff, *, is_stopped: bool, is_outdated: bool = False) -> Standing:
    """`is_stopped`: a question is open. `is_outdated`: what it rests on is known to have changed just now."""
    answer = sign_off.answer
    if answer and sign_off.state == SignOff.State.ANSWERED and not is_outdated:
        tone, said, icon = SAID[answer.verdict]
        return Standing(tone, said, icon, f"{answer.answered_by}, {figures.day(answer.answered_at)}")
    word = "Outdated" if answer else "To answer"
    if sign_off.started_at is None:
        return Standing("risk" if answer else "idle", word if answer else "Waiting for evidence", "hourglass")
    if sign_off.due_on is None and is_stopped:
        return Standing("info", word if answer else "Asked the owners", "player-pause", "stopped by a question")
    if sign_off.due_on is None:
        return Standing("risk" if answer else "info", word, "clock")  # its clock begins with the next look at it
    return _running(sign_off, sign_off.due_on, word)


def _running(sign_off: SignOff, due_on: date, word: str) -> Standing:
    left = workdays.working_days_between(clock.today(), due_on)
    if due_on < clock.today():
        days = figures.plural(max(1, -left), "working day")
        return Standing("late", word, "clock-exclamation", f"{days} late")
    told = f"{left} of {figures.plural(sign_off.clock_days, 'working day')} left" if left else "due today"
    return Standing("risk" if left <= SOON or sign_off.answer else "info", word, "clock", told)
