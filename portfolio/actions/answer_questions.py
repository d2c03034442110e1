"""Answering the questions that set the risk tier and the EU AI Act class, and screening for prohibited uses."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..classes import KINDS_OF_ACT, KINDS_OF_TIER, highest
from ..models import Answer, AnswerOption, Initiative, Question, QuestionSet
from ..models.risk import AiActClass, RiskTier
from ..permissions import can_edit
from .bring_in_questions import hold_version
from .conclude_lanes import conclude_lane
from .edit_initiative import Change, check_conflicts

# Screening needs a reason with every answer but this one.
UNSUSPECTED = "no"
# No code has a colon.
REASON = "reason:"


@dataclass(frozen=True)
class Asked:
    """One question of the set in force with its options by code."""

    question: Question
    options: dict[str, AnswerOption]


@transaction.atomic
def answer_questions(
    initiative: Initiative,
    *,
    actor: User,
    kind: str,
    answers: Mapping[str, str],
    reasons: Mapping[str, str] | None = None,
    was: Mapping[str, str] | None = None,
) -> Initiative:
    """Answer questions of the set in force, by question code and option code, and set what follows.

    `kind` is a QuestionSet.Kind. An empty option code takes an answer back. `reasons` are by question code too;
    an answer whose reason is not given keeps the one that it has. Given `was`, the answers that the actor saw
    (and, by `reason:` and the question code, the reasons), raises ConflictError when somebody else answered
    meanwhile. Raises PermissionDenied when `actor` may not, DomainError for a question or an option that the
    set does not have, and for a prohibited use that is not denied without a reason.
    """
    locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
    if not can_edit(actor, locked):
        raise PermissionDenied("Its owners and the office answer for this initiative.")
    hold_version(kind)
    asked, stored = _asked(kind), _stored_answers(locked, kind)
    if was is not None:
        _check_seen(stored, answers, reasons or {}, was)
    for code in dict.fromkeys([*answers, *(reasons or {})]):
        before = stored.get(code)
        option = answers.get(code, before.option.code if before else "")
        reason = (reasons or {}).get(code, before.reason if before else "").strip()
        _store(locked, actor, kind, asked, code, option, reason)
    conclude(locked, kind)
    conclude_lane(locked)
    publish("initiative.questions_answered", actor=actor, initiative=locked, kind=kind, questions=sorted(answers))
    return locked


def write_answers(
    initiative: Initiative, *, actor: User, kind: str, answers: Mapping[str, str], reasons: Mapping[str, str]
) -> None:
    """Store already permitted answers of a locked initiative, with the tier or class that follows from them.

    Its lane is for the caller to conclude, once for all that changes together.
    """
    hold_version(kind)
    asked = _asked(kind)
    for code, option in answers.items():
        _store(initiative, actor, kind, asked, code, option, reasons.get(code, "").strip() if option else "")
    conclude(initiative, kind)


def current_answers(initiative: Initiative, kind: str) -> dict[str, str]:
    """The codes of the chosen options, by question code, in the version in force."""
    return {code: answer.option.code for code, answer in _stored_answers(initiative, kind).items()}


def split_reasons(given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Answers and reasons, each by question code, of what is given by code and by `reason:` and the code."""
    reasons = {name.removeprefix(REASON): text for name, text in given.items() if name.startswith(REASON)}
    return {name: code for name, code in given.items() if not name.startswith(REASON)}, reasons


def conclude(initiative: Initiative, kind: str) -> None:
    """Write the tier or class, and the question that set it, onto a locked initiative.

    An imported level that no answer ever set stays until an answer sets one.
    """
    if kind in KINDS_OF_TIER:
        level, set_by = highest(_given(initiative, KINDS_OF_TIER), [*RiskTier])
        if set_by or initiative.risk_tier_set_by_id:
            initiative.risk_tier, initiative.risk_tier_set_by = level, set_by
    else:
        level, set_by = highest(_given(initiative, KINDS_OF_ACT), [*AiActClass])
        if set_by or initiative.ai_act_set_by_id:
            initiative.ai_act_class, initiative.ai_act_set_by = level, set_by
    initiative.changed_at = clock.now()
    initiative.save(update_fields=["risk_tier", "risk_tier_set_by", "ai_act_class", "ai_act_set_by", "changed_at"])


def _given(initiative: Initiative, kinds: tuple[QuestionSet.Kind, ...]) -> list[tuple[str, Question]]:
    """What each answer sets, by the question's kind and place."""
    in_force = {each.kind: each.pk for each in QuestionSet.objects.all_in_force().filter(kind__in=kinds)}
    answers = initiative.answers.filter(question__question_set__in=in_force.values())
    order = [in_force.get(kind) for kind in kinds]
    rows = sorted(
        answers.select_related("question", "option"),
        key=lambda answer: (order.index(answer.question.question_set_id), answer.question.position),
    )
    return [(answer.option.sets, answer.question) for answer in rows]


def _asked(kind: str) -> dict[str, Asked]:
    in_force = QuestionSet.objects.in_force(kind)
    asked: dict[str, Asked] = {}
    for option in AnswerOption.objects.filter(question__question_set=in_force).select_related("question"):
        asked.setdefault(option.question.code, Asked(option.question, {})).options[option.code] = option
    return asked


def _stored_answers(initiative: Initiative, kind: str) -> dict[str, Answer]:
    answers = initiative.answers.filter(question__question_set=QuestionSet.objects.in_force(kind))
    return {answer.question.code: answer for answer in answers.select_related("question", "option")}


def _check_seen(
    stored: Mapping[str, Answer], answers: Mapping[str, str], reasons: Mapping[str, str], was: Mapping[str, str]
) -> None:
    wanted = {**answers, **{f"{REASON}{code}": reason for code, reason in reasons.items()}}
    present = {code: answer.option.code for code, answer in stored.items()}
    present |= {f"{REASON}{code}": answer.reason for code, answer in stored.items()}
    changes = {name: Change(was.get(name, ""), to) for name, to in wanted.items()}
    check_conflicts(changes, {name: present.get(name, "") for name in wanted})


def _store(
    initiative: Initiative, actor: User, kind: str, asked: dict[str, Asked], code: str, option: str, reason: str
) -> None:
    if code not in asked or (option and option not in asked[code].options):
        raise DomainError("This question or answer is not in the version in force; open the page again.", field=code)
    if kind == QuestionSet.Kind.PROHIBITED_USE and option not in ("", UNSUSPECTED) and not reason:
        chosen = asked[code].options[option].text
        raise DomainError(f"Say why: “{chosen}” needs a reason for those who look into it.", field=code)
    if reason and not option:
        raise DomainError("Choose an answer, too: a reason alone is not kept.", field=code)
    if not option:
        initiative.answers.filter(question=asked[code].question).delete()
        return
    told = {"option": asked[code].options[option], "answered_by": actor, "answered_at": clock.now(), "reason": reason}
    Answer.objects.update_or_create(
        initiative=initiative, question=asked[code].question, defaults=told | {"is_carried": False}
    )
