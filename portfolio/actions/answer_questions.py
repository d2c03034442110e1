"""Answering the questions that set the risk tier and the EU AI Act class."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..classes import highest
from ..models import Answer, AnswerOption, Initiative, QuestionSet
from ..models.risk import AiActClass, RiskTier
from ..permissions import can_edit


@transaction.atomic
def answer_questions(initiative: Initiative, *, actor: User, kind: str, answers: Mapping[str, str]) -> Initiative:
    """Answer questions of the set in force, by question code and option code, and set what follows.

    `kind` is a QuestionSet.Kind. An empty option code takes an answer back. Raises PermissionDenied
    when `actor` may not, DomainError for a question or an option that the set does not have.
    """
    locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
    if not can_edit(actor, locked):
        raise PermissionDenied("Its owners and the office answer for this initiative.")
    options = _options(kind)
    for question, option in answers.items():
        _store(locked, actor, options, question, option)
    _conclude(locked, kind)
    publish("initiative.questions_answered", actor=actor, initiative=locked, kind=kind, questions=sorted(answers))
    return locked


def _options(kind: str) -> dict[str, dict[str, AnswerOption]]:
    questions: dict[str, dict[str, AnswerOption]] = {}
    in_force = QuestionSet.objects.in_force(kind)
    for option in AnswerOption.objects.filter(question__question_set=in_force).select_related("question"):
        questions.setdefault(option.question.code, {})[option.code] = option
    return questions


def _store(
    initiative: Initiative, actor: User, options: dict[str, dict[str, AnswerOption]], question: str, code: str
) -> None:
    if question not in options or (code and code not in options[question]):
        raise DomainError(
            "This question or answer is not in the version in force; open the page again.", field=question
        )
    asked = next(iter(options[question].values())).question
    if not code:
        initiative.answers.filter(question=asked).delete()
        return
    told = {"option": options[question][code], "answered_by": actor, "answered_at": clock.now()}
    Answer.objects.update_or_create(initiative=initiative, question=asked, defaults=told)


def _conclude(initiative: Initiative, kind: str) -> None:
    """Write the tier or class, and the question that set it, onto the initiative."""
    in_force = QuestionSet.objects.in_force(kind)
    answers = initiative.answers.filter(question__question_set=in_force).select_related("question", "option")
    given = [(answer.option.sets, answer.question) for answer in answers]
    if kind == QuestionSet.Kind.RISK_TIER:
        initiative.risk_tier, initiative.risk_tier_set_by = highest(given, [*RiskTier])
    else:
        initiative.ai_act_class, initiative.ai_act_set_by = highest(given, [*AiActClass])
    initiative.changed_at = clock.now()
    initiative.save(update_fields=["risk_tier", "risk_tier_set_by", "ai_act_class", "ai_act_set_by", "changed_at"])
