"""A request's answers, read: which steps are done, what is missing, and what the answers mean so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q

from .actions.answer_questions import UNSUSPECTED
from .classes import KINDS_OF_TIER, highest
from .forms.intake import REASON, SAME_AS, STEPS, TIER, USE
from .forms.intake_decisions import DECISIONS, DecisionsForm
from .forms.intake_step import StepForm
from .lane import LaneFacts, LaneResult, lane_of
from .lane_facts import decision_facts
from .lane_threshold import lane_threshold
from .models import DecisionClass, Question, QuestionSet, Tool
from .models.risk import RiskTier
from .questionnaire import questions_in_force

# The step where each condition of the lane is answered.
ANSWERED_IN = {
    "tier": "risk",
    "decisions": "decisions",
    "regulated": "decisions",
    "autonomy": "decisions",
    "impact": "risk",
    "employees": "work",
    "data": "data",
    "customers": "work",
    "tools": "tools",
    "money": "money",
}
TRUTH = {"yes": True, "no": False, "": None}


@dataclass(frozen=True)
class Missing:
    """One answer that keeps the request from being submitted, and where it is given."""

    step: str
    field: str
    label: str
    told: str


class Sheet:
    """The answers of one request. Reads the questions in force once."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers

    @cached_property
    def asked(self) -> list[Question]:
        """The risk questions and the prohibited uses, as they are in force."""
        asked = [each for each in questions_in_force() if each.question_set.kind in KINDS_OF_TIER]
        return sorted(asked, key=lambda each: (KINDS_OF_TIER.index(each.question_set.kind), each.position))

    @cached_property
    def forms(self) -> dict[str, StepForm]:
        return {step.slug: step(self.answers, asked=self.asked if step.slug == "risk" else ()) for step in STEPS}

    def is_done(self, slug: str) -> bool:
        """Whether a step was begun and lacks nothing."""
        form = self.forms[slug]
        return form.is_begun(self.answers) and form.is_valid()

    @cached_property
    def missing(self) -> list[Missing]:
        return [
            Missing(form.slug, name, _label(form, name), str(messages[0]))
            for form in self.forms.values()
            for name, messages in form.errors.items()
        ]

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @cached_property
    def cleaned(self) -> dict[str, Any]:
        """Every answer that can be used, by question."""
        told: dict[str, Any] = {}
        for form in self.forms.values():
            form.is_valid()
            told |= form.cleaned_data
        return told

    @cached_property
    def risk_tier(self) -> tuple[str, Question | None]:
        """The highest answer so far and the question that gave it; empty while questions are open."""
        given = [(sets, question) for question in self.asked if (sets := self._sets(question))]
        tier, question = highest(given, [*RiskTier])
        answered = all(self.answers.get(name_of(each)) for each in self.asked)
        # A higher answer may still come, a lower one than this cannot.
        return (tier, question) if answered or tier not in ("", RiskTier.LOW) else ("", None)

    @property
    def prohibited(self) -> list[Question]:
        """Prohibited uses that were answered with yes: they stop the request."""
        return [question for question in self.asked if self._sets(question) == RiskTier.PROHIBITED]

    @property
    def unsure(self) -> list[Question]:
        """Prohibited uses that the requester could not rule out: the office settles them."""
        uses = [question for question in self.asked if _is_use(question)]
        open_ = [question for question in uses if self.answers.get(name_of(question)) not in (None, "", UNSUSPECTED)]
        return [question for question in open_ if question not in self.prohibited]

    @cached_property
    def decisions(self) -> list[DecisionClass]:
        """The rows of the table that say how they weigh, as decision classes that are not stored."""
        form = self.forms[DECISIONS]
        assert isinstance(form, DecisionsForm)
        told = [row.cleaned_data for row in form.filled if row.is_valid() or row.cleaned_data]
        return [DecisionClass(**row) for row in told if {"cost_of_error", "reversibility"} <= row.keys()]

    @cached_property
    def lane(self) -> LaneResult:
        told = self.cleaned
        return lane_of(
            LaneFacts(
                risk_tier=self.risk_tier[0],
                decisions=[decision_facts(each) for each in self.decisions],
                is_rights_impacting=self.flag("is_rights_impacting"),
                is_safety_impacting=self.flag("is_safety_impacting"),
                employee_effect=told.get("employee_effect", ""),
                data_sensitivity=told.get("data_sensitivity", ""),
                is_customer_facing=self.flag("is_customer_facing"),
                unapproved_tools=self._unapproved_tools(),
                requested_amount=told.get("requested_amount"),
                threshold=lane_threshold(),
            )
        )

    def flag(self, name: str) -> bool | None:
        """A yes or no; taken from the risk question that asks the same where that is in force. None is open."""
        code = SAME_AS.get(name, "")
        if question := next((each for each in self.asked if each.code == code and not _is_use(each)), None):
            sets = self._sets(question)
            return sets != RiskTier.LOW if sets else None
        return TRUTH[self.cleaned.get(name, "")]

    def _unapproved_tools(self) -> list[str] | None:
        """The chosen tools that are not approved; None while nobody was asked."""
        chosen = [tool.pk for tool in self.cleaned.get("tools") or ()]
        named = self.cleaned.get("other_tools") or []
        if not (chosen or named):
            return [] if self.cleaned.get("no_tools") else None
        known = Q(pk__in=chosen) | Q(name__in=named)
        unapproved = Tool.objects.unapproved().filter(known).values_list("name", flat=True) if chosen or named else ()
        listed = {*Tool.objects.filter(name__in=named).values_list("name", flat=True)} if named else {*named}
        return [*unapproved, *(name for name in named if name not in listed)]

    def _sets(self, question: Question) -> str:
        """The tier that the answer to a question sets; empty for none."""
        chosen = self.answers.get(name_of(question))
        return next((option.sets for option in question.options.all() if option.code == chosen), "")

    def screened(self, kind: str) -> tuple[dict[str, str], dict[str, str]]:
        """The option codes chosen for the questions of a kind, and the reasons, each by question code."""
        questions = [question for question in self.asked if question.question_set.kind == kind]
        chosen = {each.code: str(self.answers.get(name_of(each)) or "") for each in questions}
        return chosen, {each.code: str(self.answers.get(f"{name_of(each)}{REASON}") or "") for each in questions}


def _is_use(question: Question) -> bool:
    return question.question_set.kind == QuestionSet.Kind.PROHIBITED_USE


def name_of(question: Question) -> str:
    """What the answer to a risk question or a prohibited use is kept under."""
    return f"{USE if _is_use(question) else TIER}{question.code}"


def _label(form: StepForm, name: str) -> str:
    return str(form.fields[name].label) if name in form.fields else form.title
