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
from .conclude_lanes import conclude_lane
from .edit_initiative import Change, check_conflicts


@transaction.atomic
def answer_questions(
    initiative: Initiative,
    *,
    actor: User,
    kind: str,
    answers: Mapping[str, str],
    was: Mapping[str, str] | None = None,
) -> Initiative:
    """Answer questions of the set in force, by question code and option code, and set what follows.

    `kind` is a QuestionSet.Kind. An empty option code takes an answer back. Given `was`, the answers that
    the actor saw, raises ConflictError when somebody else answered meanwhile. Raises PermissionDenied when
    `actor` may not, DomainError for a question or an option that the set does not have.
    """
    locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
    if not can_edit(actor, locked):
        raise PermissionDenied("Its owners and the office answer for this initiative.")
    options = _options(kind)
    if was is not None:
        present = current_answers(locked, kind)
        changes = {question: Change(was.get(question, ""), to) for question, to in answers.items()}
        check_conflicts(changes, {question: present.get(question, "") for question in answers})
    for question, option in answers.items():
        _store(locked, actor, options, question, option)
    _conclude(locked, kind)
    publish("initiative.questions_answered", actor=actor, initiative=locked, kind=kind, questions=sorted(answers))
    return locked


def current_answers(initiative: Initiative, kind: str) -> dict[str, str]:
    """The codes of the chosen options, by question code, in the version in force."""
    answers = initiative.answers.filter(question__question_set=QuestionSet.objects.in_force(kind))
    return dict(answers.values_list("question__code", "option__code"))


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
    conclude_lane(initiative)
