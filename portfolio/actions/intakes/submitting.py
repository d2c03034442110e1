"""Submitting a request: it becomes an initiative in stage intake, and the office is told."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ...intake_sheet import Sheet
from ...models import Intake
from ...permissions import can_answer_intake
from .landing import found_initiative, update_initiative
from .writing import lock_intake


@transaction.atomic
def submit_intake(intake: Intake, *, actor: User) -> Intake:
    """Hand a draft to the office. Raises DomainError, naming it, for what is missing, or for a prohibited use."""
    locked = _own(intake, actor)
    if locked.state != Intake.State.DRAFT:
        raise DomainError("This request was submitted already.")
    sheet = _complete(locked)
    locked.initiative = found_initiative(locked, sheet)
    _hand_over(locked)
    publish("intake.submitted", actor=actor, intake=locked)
    publish("initiative.registered", actor=actor, initiatives=[locked.initiative.pk])
    return locked


@transaction.atomic
def reply_to_question(intake: Intake, *, actor: User, text: str) -> Intake:
    """Answer what the office asked, with the changed answers, and hand the request back to it."""
    locked = _own(intake, actor)
    if locked.state != Intake.State.ASKED:
        raise DomainError("The office has no open question on this request.")
    if not text.strip():
        raise DomainError("Write a reply, if only what you changed.", field="text")
    sheet = _complete(locked)
    update_initiative(locked, sheet, before=Sheet(locked.submitted_answers or {}))
    question = locked.questions.open().select_for_update().get()
    question.answer, question.answered_at = text.strip(), clock.now()
    question.save(update_fields=["answer", "answered_at"])
    _hand_over(locked)
    publish("intake.replied", actor=actor, intake=locked, question=question)
    assert locked.initiative is not None
    publish("initiative.edited", actor=actor, initiative=locked.initiative, fields=[])
    return locked


def _own(intake: Intake, actor: User) -> Intake:
    locked = lock_intake(intake)
    if not can_answer_intake(actor, locked):
        raise PermissionDenied("Only its requester submits a request.")
    return locked


def _complete(intake: Intake) -> Sheet:
    sheet = Sheet(intake.answers)
    if sheet.prohibited:
        raise DomainError(
            f"This would be a prohibited use: {sheet.prohibited[0].text} Change what it does, or withdraw the request."
        )
    if sheet.missing:
        first = sheet.missing[0]
        more = f" and {len(sheet.missing) - 1} more" if len(sheet.missing) > 1 else ""
        raise DomainError(f"Some answers are missing: {first.label}{more}.", field=first.field)
    return sheet


def _hand_over(intake: Intake) -> None:
    intake.state, intake.submitted_answers = Intake.State.SUBMITTED, intake.answers
    intake.changed_at = clock.now()
    intake.submitted_at = intake.submitted_at or intake.changed_at
    intake.save()
