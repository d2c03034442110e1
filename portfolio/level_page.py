"""The page of one decision's level: what set it, who must answer what, and how the decision went."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms

from aiso import clock
from aiso.accounts.models import User

from .actions.choose_level import consents_of
from .autonomy_limits import autonomy_limits
from .decisions import Line, lines_of
from .forms.level import AnswerForm, EndForm, LevelForm, ReadingForm
from .lane_facts import calibrated
from .level_bodies import body_name
from .levels import Effective, chosen_of, effective_of, lacking
from .models import DecisionClass, DecisionReading, LevelChoice, StepDown
from .permissions import can_agree_as_legal, can_answer_step_down, can_edit

# Rows of one kind in sight; the API has all.
MOST = 60


@dataclass(frozen=True)
class ReadingLine:
    reading: DecisionReading
    above: str

    @property
    def told(self) -> str:
        """What of it lies above its threshold, as a sentence begins."""
        return self.above[:1].upper() + self.above[1:]


class LevelPage:
    """One decision as one person sees it. A form that was refused stands in place of the empty one."""

    def __init__(self, decision: DecisionClass, viewer: User, refused: dict[str, forms.Form] | None = None) -> None:
        self.decision, self.initiative, self.viewer = decision, decision.initiative, viewer
        self.refused = refused or {}

    @cached_property
    def effective(self) -> Effective:
        return effective_of(self.decision)

    @cached_property
    def line(self) -> Line:
        return lines_of([self.decision], autonomy_limits())[0]

    @cached_property
    def choices(self) -> list[LevelChoice]:
        related = ("initiative", "chosen_by", "risk_agreed_by", "legal_agreed_by", "body_agreed_by")
        return [*self.decision.choices.select_related(*related)[:MOST]]

    @property
    def in_force(self) -> LevelChoice | None:
        return next((each for each in self.choices if each.ended_at is None and each.agreed_at), None)

    @property
    def waiting(self) -> LevelChoice | None:
        return next((each for each in self.choices if each.is_waiting), None)

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """What the waiting choice still lacks."""
        return lacking(chosen_of(self.waiting), calibrated(self.decision), clock.today()) if self.waiting else ()

    @cached_property
    def steps(self) -> list[StepDown]:
        return [*self.decision.step_downs.select_related("answered_by")[:MOST]]

    @cached_property
    def readings(self) -> list[ReadingLine]:
        assert self.line.limits
        current = self.decision.readings.current().select_related("recorded_by", "supersedes")[:MOST]
        return [ReadingLine(each, self.line.limits.passed_by(each)) for each in current]

    @cached_property
    def may_edit(self) -> bool:
        return can_edit(self.viewer, self.initiative)

    @cached_property
    def may_answer(self) -> bool:
        return can_answer_step_down(self.viewer, self.initiative)

    @cached_property
    def may_agree(self) -> bool:
        """Whether the waiting level waits for the viewer."""
        waiting = self.waiting
        if waiting is None:
            return False
        return any(getattr(waiting, f"{each}_agreed_at") is None for each in self.consenting)

    @property
    def consents(self) -> bool:
        """Whether the viewer is one of those whose consent a bolder level needs."""
        asked = self.waiting or next(iter(self.choices), None)
        return asked is not None and bool(consents_of(self.viewer, asked))

    @cached_property
    def consenting(self) -> list[str]:
        """As whom the viewer may consent to the level that waits."""
        return consents_of(self.viewer, self.waiting) if self.waiting else []

    @cached_property
    def body(self) -> str:
        """What people call the body of the level that waits."""
        return body_name(self.waiting) if self.waiting else ""

    @cached_property
    def body_in_force(self) -> str:
        return body_name(self.in_force) if self.in_force else ""

    @cached_property
    def is_legal(self) -> bool:
        return can_agree_as_legal(self.viewer, self.initiative)

    @property
    def may_end(self) -> bool:
        """Whether the viewer may take back what holds, or refuse what waits."""
        return self.may_edit or self.is_legal or self.consents

    @property
    def level_form(self) -> forms.Form:
        return self.refused.get("level") or LevelForm()

    @property
    def end_form(self) -> forms.Form:
        return self.refused.get("end") or EndForm()

    @property
    def reading_form(self) -> forms.Form:
        return self.refused.get("reading") or ReadingForm()

    @property
    def answer_form(self) -> forms.Form:
        return self.refused.get("answer") or AnswerForm()

    @property
    def status(self) -> int:
        return 422 if self.refused else 200

    def context(self) -> dict[str, Any]:
        return {"page": self, "decision": self.decision, "initiative": self.initiative}
