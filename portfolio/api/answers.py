from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, TypedDict

from django.db import transaction
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.etags import check_unchanged
from aiso.api.operations import Body, answers
from aiso.api.problems import Refusal
from aiso.api.shapes import Person, named_as

from ..actions.answer_questions import answer_questions
from ..models import Initiative, QuestionSet
from ..models.risk import RiskTier
from ..permissions import can_edit
from ..questionnaire import Asked, Questionnaire, Told, questionnaires_of
from .below import BelowInitiative


class OptionShape(TypedDict):
    """One possible answer."""

    code: str
    text: str
    sets: Annotated[str, "The tier or class that it leads to, in words."]


class AnswerShape(TypedDict):
    """What was answered."""

    option: str
    reason: Annotated[str, "Prohibited uses are screened with reasons."]
    answered_by: Person | None
    answered_at: datetime


class QuestionShape(TypedDict):
    """One question with its possible answers and the one that was given."""

    code: str
    text: str
    help_text: str
    options: list[OptionShape]
    answer: AnswerShape | None


class QuestionnaireShape(TypedDict):
    """The questions of one kind in the version in force."""

    kind: Annotated[str, QuestionSet.Kind]
    version: int
    result: Annotated[str | None, "The tier or class that the answers set; the highest of them."]
    set_by: Annotated[str | None, "The code of the question whose answer set it."]
    questions: list[QuestionShape]


class QuestionnaireListShape(TypedDict):
    """The questions that set the risk tier, the prohibited uses, and the questions that set the EU AI Act class."""

    results: list[QuestionnaireShape]


class GivenAnswers(Body):
    answers = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=60),
        help_text="Codes of the chosen options, by code of the question; empty takes an answer back.",
    )
    reasons = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=1000),
        required=False,
        help_text="Why, by code of the question; needed where a prohibited use is not denied.",
    )
    was = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=60),
        required=False,
        help_text="The answers that you saw: one that is no longer so answers 409.",
    )


class Answers(BelowInitiative):
    tag = "Risk questions"
    rules_point_below = "/answers"
    lookup_url_kwarg = "kind"
    lookup_value_converter = "question_kind"

    @answers(QuestionnaireListShape)
    def list(self, request: Request, initiative: int) -> Response:
        """All questionnaires with their answers."""
        return self.answer({"results": [*_drawn(self.initiative()).values()]})

    @answers(QuestionnaireShape)
    def retrieve(self, request: Request, initiative: int, kind: str) -> Response:
        """The questions of one kind with their answers."""
        return self.answer(_drawn(self.initiative())[kind])

    @answers(QuestionnaireShape, takes=GivenAnswers)
    def partial_update(self, request: Request, initiative: int, kind: str) -> Response:
        """Answer questions; others stay as they are. For its owners and the office."""
        with transaction.atomic():
            subject = Initiative.objects.select_for_update().get(pk=self.initiative().pk)
            if not can_edit(self.person, subject):
                raise Refusal("forbidden", "Its owners and the office answer for this initiative.")
            check_unchanged(request, _drawn(subject)[kind])
            given: Mapping[str, str] = self.sent.get("answers", {})
            seen: Mapping[str, str] | None = self.sent.get("was")
            why: Mapping[str, str] | None = self.sent.get("reasons")
            answered = answer_questions(subject, actor=self.person, kind=kind, answers=given, reasons=why, was=seen)
            return self.answer(_drawn(answered)[kind])


def _drawn(initiative: Initiative) -> dict[str, QuestionnaireShape]:
    sheets = questionnaires_of(initiative, Told())
    return {sheet.kind: _sheet(sheet, _result(initiative, sheet)) for sheet in sheets}


def _result(initiative: Initiative, sheet: Questionnaire) -> str:
    if sheet.kind == QuestionSet.Kind.AI_ACT:
        return initiative.ai_act_class
    if sheet.kind == QuestionSet.Kind.PROHIBITED_USE:
        return RiskTier.PROHIBITED if sheet.set_by else ""
    return initiative.risk_tier


def _sheet(sheet: Questionnaire, result: str) -> QuestionnaireShape:
    return {
        "kind": sheet.kind,
        "version": sheet.version,
        "result": result or None,
        "set_by": sheet.set_by.code if sheet.set_by else None,
        "questions": [_question(asked) for asked in sheet.questions],
    }


def _question(asked: Asked) -> QuestionShape:
    answer: AnswerShape | None = None
    if asked.answer:
        by = asked.answer.answered_by
        answer = {
            "option": asked.answer.option.code,
            "reason": asked.answer.reason,
            "answered_by": named_as(by.pk, by.name) if by else None,
            "answered_at": asked.answer.answered_at,
        }
    options: list[OptionShape] = [{"code": each.code, "text": each.text, "sets": each.sets} for each in asked.options]
    return {
        "code": asked.code,
        "text": asked.text,
        "help_text": asked.help_text,
        "options": options,
        "answer": answer,
    }
