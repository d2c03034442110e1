"""Letting a review pass without one of its requirements: a recorded deviation, shown wherever the review is."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.actions.edit_initiative import touch

from ..models import GateReview, Requirement
from ..permissions import can_waive
from ..standing import standings_of
from .sign_offs import refresh_sign_offs
from .submit_review import lock_review


@transaction.atomic
def waive_requirement(requirement: Requirement, *, actor: User, reason: str) -> Requirement:
    """Let the review pass without it. Raises PermissionDenied for anybody but the office, and for a party to the
    review; DomainError without a reason, and for what is met or waived.
    """
    locked, review = _locked(requirement, actor)
    if not reason.strip():
        raise DomainError("Say why it can pass without this.", field="reason")
    if locked.waived_because:
        raise DomainError("It was waived before.")
    if any(each.is_met for each in standings_of([review])[review.pk] if each.requirement.code == locked.code):
        raise DomainError("It is met; there is nothing to waive.")
    locked.waived_by, locked.waived_because = actor, reason.strip()
    locked.save(update_fields=["waived_by", "waived_because"])
    refresh_sign_offs(review, actor=actor)
    touch([review.initiative_id])
    publish("requirement.waived", actor=actor, initiative=review.initiative, review=review, requirement=locked)
    return locked


@transaction.atomic
def ask_again(requirement: Requirement, *, actor: User) -> Requirement:
    """Take a waiver back: the review asks for it again."""
    locked, review = _locked(requirement, actor)
    if not locked.waived_because:
        raise DomainError("It was not waived.")
    locked.waived_by, locked.waived_because = None, ""
    locked.save(update_fields=["waived_by", "waived_because"])
    refresh_sign_offs(review, actor=actor)
    touch([review.initiative_id])
    publish("requirement.asked_again", actor=actor, initiative=review.initiative, review=review, requirement=locked)
    return locked


def _locked(requirement: Requirement, actor: User) -> tuple[Requirement, GateReview]:
    review = lock_review(requirement.review)
    if not can_waive(actor, review):
        raise PermissionDenied("The office waives requirements, and nobody of it who is a party to the review.")
    return review.requirements.select_for_update().get(pk=requirement.pk), review
