"""The level that holds for a decision class: calibrated, then chosen, then lowered by steps down (DESIGN §5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from aiso import clock
from aiso.web import figures

from .autonomy import Autonomy
from .lane_facts import calibrated
from .models import AutonomyLevel, DecisionClass, LevelChoice

# The most cautious first.
LEVELS = [*AutonomyLevel]
EVIDENCE, RISK, LEGAL, BODY, END, LISTED = (
    "evidence",
    "the risk owner’s consent",
    "legal’s consent",
    "the consent of the approval body",
    "an expiry date",
    "a decision that is off the not yet automated list",
)


@dataclass(frozen=True)
class Chosen:
    """A level that people chose in place of the calibrated one."""

    level: AutonomyLevel
    has_evidence: bool = False
    is_risk_agreed: bool = False
    is_legal_agreed: bool = False
    until: date | None = None
    is_body_agreed: bool = False


@dataclass(frozen=True)
class Effective:
    """The level that holds, what it came from, and each step to it in a sentence."""

    level: AutonomyLevel
    calibrated: Autonomy
    chosen: Chosen | None
    lacks: tuple[str, ...]
    steps: int
    reasons: tuple[str, ...]

    @property
    def is_chosen(self) -> bool:
        """Whether the level chosen counts."""
        return self.chosen is not None and not self.lacks

    @property
    def is_bolder(self) -> bool:
        return self.is_chosen and self.chosen is not None and is_bolder(self.chosen.level, self.calibrated.level)

    @property
    def reason(self) -> str:
        return ". ".join(self.reasons)


def is_bolder(level: str, than: str) -> bool:
    return LEVELS.index(AutonomyLevel(level)) > LEVELS.index(AutonomyLevel(than))


def lowered_level(level: str, steps: int = 1) -> AutonomyLevel:
    """The level so many steps down; nothing lies below keep human."""
    place = max(0, LEVELS.index(AutonomyLevel(level)) - steps)
    return AutonomyLevel(LEVELS[place])


def lacking(chosen: Chosen, autonomy: Autonomy, today: date) -> tuple[str, ...]:
    """What a chosen level still needs before it counts. A level that is not bolder needs nothing.

    One whose last day is past lacks its time: it never counts again.
    """
    if chosen.until is not None and chosen.until < today:
        return ("time: its last day is past",)
    if not is_bolder(chosen.level, autonomy.level):
        return ()
    is_barred = autonomy.is_blocked or autonomy.is_regulated
    needs = {
        EVIDENCE: chosen.has_evidence,
        RISK: chosen.is_risk_agreed,
        LEGAL: chosen.is_legal_agreed or not is_barred,
        BODY: chosen.is_body_agreed or not is_barred,
        END: chosen.until is not None or not is_barred,
        # Who lists it says that it must not be automated yet; the list would lie otherwise.
        LISTED: not autonomy.is_not_yet_automated,
    }
    return tuple(need for need, is_there in needs.items() if not is_there)


def effective_level(autonomy: Autonomy, *, chosen: Chosen | None, steps: int, today: date) -> Effective:
    """The calibrated level, else the one chosen where nothing is lacking, minus a level for each step down."""
    lacks = lacking(chosen, autonomy, today) if chosen else ()
    level = chosen.level if chosen and not lacks else autonomy.level
    return Effective(
        lowered_level(level, steps), autonomy, chosen, lacks, steps, _reasons(autonomy, chosen, lacks, steps)
    )


def effective_of(decision: DecisionClass) -> Effective:
    """The level of a stored or new class as of today, from its choice in force and its steps down. Two queries."""
    choice = decision.choices.in_force().first() if decision.pk else None
    steps = decision.step_downs.standing().count() if decision.pk else 0
    chosen = chosen_of(choice) if choice else None
    return effective_level(calibrated(decision), chosen=chosen, steps=steps, today=clock.today())


def shown_level(decision: DecisionClass) -> Effective:
    """The same as it was stored, from the class alone: for lists. A choice that does not hold is not in it."""
    autonomy = calibrated(decision)
    chosen = None
    if decision.chosen_level:
        chosen = Chosen(AutonomyLevel(decision.chosen_level), True, True, True, decision.chosen_until, True)
    level = AutonomyLevel(decision.autonomy) if decision.autonomy else autonomy.level
    reasons = _reasons(autonomy, chosen, (), decision.steps_down)
    return Effective(level, autonomy, chosen, (), decision.steps_down, reasons)


def store_level(decision: DecisionClass) -> bool:
    """Put the level that holds now onto a class that its caller saves. Returns whether anything is different."""
    found = effective_of(decision)
    chosen = found.chosen if found.is_chosen else None
    now = {
        "autonomy": found.level,
        "chosen_level": chosen.level if chosen else "",
        "chosen_until": chosen.until if chosen else None,
        "steps_down": found.steps,
    }
    is_different = any(getattr(decision, name) != value for name, value in now.items())
    for name, value in now.items():
        setattr(decision, name, value)
    return is_different


def chosen_of(choice: LevelChoice) -> Chosen:
    return Chosen(
        AutonomyLevel(choice.level),
        has_evidence=bool(choice.evidence.strip()),
        is_risk_agreed=choice.risk_agreed_at is not None,
        is_legal_agreed=choice.legal_agreed_at is not None,
        is_body_agreed=choice.body_agreed_at is not None,
        until=choice.until,
    )


def highest_level(decisions: Iterable[DecisionClass]) -> AutonomyLevel | None:
    """The boldest level among them; none where nothing is decided."""
    levels = [AutonomyLevel(decision.autonomy) for decision in decisions]
    return max(levels, key=LEVELS.index, default=None)


def _reasons(autonomy: Autonomy, chosen: Chosen | None, lacks: tuple[str, ...], steps: int) -> tuple[str, ...]:
    told = [autonomy.reason]
    if chosen:
        told.append(_told(chosen, autonomy, lacks))
    if steps:
        told.append(f"Stepped down {figures.plural(steps, 'level')}")
    return tuple(told)


def _told(chosen: Chosen, autonomy: Autonomy, lacks: tuple[str, ...]) -> str:
    name = chosen.level.label.lower()
    if lacks:
        return f"{name.capitalize()} was chosen and does not hold: it lacks {' and '.join(lacks)}"
    if chosen.level == autonomy.level:
        return f"{name.capitalize()} was chosen, as the tests say"
    how = "bolder" if is_bolder(chosen.level, autonomy.level) else "more cautious"
    until = f", until {figures.day(chosen.until)}" if chosen.until else ""
    return f"{name.capitalize()} was chosen, {how} than the tests say{until}"
