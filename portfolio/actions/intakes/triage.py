"""Triage: the office accepts a request, asks for more, declines it, or joins it to an initiative that is there."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ...models import Initiative, Intake, IntakeQuestion
from ...models.risk import RiskTier
from ...models.stage import Stage
from ...permissions import can_answer_intake, can_triage
from ...screening import unsettled_uses
from .standing import leave_register
from .writing import lock_intake

WITH_OFFICE = (Intake.State.SUBMITTED, Intake.State.ASKED)


@transaction.atomic
def accept_intake(intake: Intake, *, actor: User, rationale: str = "") -> Intake:
    """Let the initiative go on to its first gate. Raises DomainError while a prohibited use is not ruled out."""
    locked = _for_triage(intake, actor)
    assert locked.initiative is not None
    if locked.initiative.risk_tier == RiskTier.PROHIBITED:
        raise DomainError("This is a prohibited use. Decline it, or correct the answers that say so.")
    if unsettled := unsettled_uses(locked.initiative).first():
        raise DomainError(f"Rule out the prohibited use first; ask the requester: {unsettled.text}")
    _decide(locked, actor, Intake.State.ACCEPTED, rationale)
    publish("intake.accepted", actor=actor, intake=locked)
    return locked


@transaction.atomic
def ask_requester(intake: Intake, *, actor: User, text: str) -> IntakeQuestion:
    """Hand a request back to its requester with a question; they may change their answers until they reply."""
    locked = _for_triage(intake, actor, Intake.State.SUBMITTED)
    if not text.strip():
        raise DomainError("Write what you want to know.", field="text")
    question = locked.questions.create(text=text.strip(), asked_by=actor, asked_at=clock.now())
    locked.state, locked.changed_at = Intake.State.ASKED, clock.now()
    locked.save(update_fields=["state", "changed_at"])
    publish("intake.asked", actor=actor, intake=locked, question=question)
    return question


@transaction.atomic
def decline_intake(intake: Intake, *, actor: User, rationale: str) -> Intake:
    """Say no, and why. The initiative leaves the register and stays for the record (DESIGN §4)."""
    locked = _for_triage(intake, actor)
    if not rationale.strip():
        raise DomainError("Say why; the requester reads it.", field="rationale")
    _decide(locked, actor, Intake.State.DECLINED, rationale)
    leave_register(locked)
    publish("intake.declined", actor=actor, intake=locked)
    return locked


@transaction.atomic
def join_intake(intake: Intake, *, actor: User, to: Initiative, rationale: str = "") -> Intake:
    """Let an initiative that is there serve the request, too: by its requester while they write, else by the office.

    Raises PermissionDenied when `actor` may not, DomainError for an initiative that has ended or left the
    register, for the request's own, or for one that the actor cannot see.
    """
    locked = lock_intake(intake)
    if locked.is_open and can_answer_intake(actor, locked):
        pass
    else:
        locked = _for_triage(intake, actor)
    other = Initiative.objects.visible_to(actor).on_register().filter(pk=to.pk).first()
    if other is None or other.pk == locked.initiative_id:
        raise DomainError("Choose another initiative that is on the register.", field="to")
    if other.stage in (Stage.CLOSED, Stage.MERGED):
        raise DomainError(f"{other.reference} has ended; choose one that goes on.", field="to")
    locked.joined_to = other
    _decide(locked, actor, Intake.State.JOINED, rationale)
    leave_register(locked)
    publish("intake.joined", actor=actor, intake=locked, initiative=other)
    return locked


def _for_triage(intake: Intake, actor: User, *states: Intake.State) -> Intake:
    locked = lock_intake(intake)
    if not can_triage(actor, locked) or locked.state == Intake.State.DRAFT:
        raise PermissionDenied("The office triages requests; nobody triages their own.")
    if locked.state not in (states or WITH_OFFICE):
        raise DomainError(f"This request is not open for that: {locked.get_state_display().lower()}.")
    return locked


def _decide(intake: Intake, actor: User, state: Intake.State, rationale: str) -> None:
    if intake.submitted_answers is not None:
        # What was typed since and not handed over was no part of what is decided on.
        intake.answers = intake.submitted_answers
    intake.state, intake.rationale = state, rationale.strip()
    intake.decided_by, intake.decided_at = actor, clock.now()
    intake.changed_at = intake.decided_at
    intake.save(update_fields=["state", "rationale", "decided_by", "decided_at", "changed_at", "joined_to", "answers"])
