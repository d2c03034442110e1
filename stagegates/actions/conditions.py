"""What becomes of a condition: its owner calls it met, and somebody who is no party confirms, refuses or waives it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.models import Initiative

from ..models import Condition
from ..permissions import can_meet_condition, can_settle_condition

SETTLING = "Whoever may rule on the review it came from settles it, never its owner or a party to the review."


@transaction.atomic
def meet_condition(condition: Condition, *, actor: User, note: str) -> Condition:
    """Say how it was met. It stays open until somebody confirms that. For its owner."""
    condition = _locked(condition)
    if not can_meet_condition(actor, condition):
        raise PermissionDenied(f"{condition.owner} sees to this condition.")
    _check_open(condition)
    if condition.met_at:
        raise DomainError("It is said to be met already, and waits for whoever confirms it.")
    condition.met_note = _told(note, "note", "Say how it was met.")
    condition.met_at, condition.met_by, condition.refused_because = clock.now(), actor, ""
    return _saved(condition, "met", actor, "met_at", "met_by", "met_note", "refused_because")


@transaction.atomic
def confirm_condition(condition: Condition, *, actor: User) -> Condition:
    """Confirm that a condition is met."""
    condition = _to_settle(condition, actor)
    if not condition.met_at:
        raise DomainError(f"{condition.owner} has not said yet how it was met.")
    condition.confirmed_at, condition.confirmed_by = clock.now(), actor
    return _saved(condition, "confirmed", actor, "confirmed_at", "confirmed_by")


@transaction.atomic
def refuse_condition(condition: Condition, *, actor: User, reason: str) -> Condition:
    """Say that a condition that is said to be met is not. It waits for its owner again."""
    condition = _to_settle(condition, actor)
    if not condition.met_at:
        raise DomainError(f"{condition.owner} has not said yet how it was met.")
    condition.refused_because = _told(reason, "reason", "Say what it lacks.")
    condition.met_at = condition.met_by = None
    return _saved(condition, "refused", actor, "met_at", "met_by", "refused_because")


@transaction.atomic
def waive_condition(condition: Condition, *, actor: User, reason: str) -> Condition:
    """Demand it no longer, with a reason."""
    condition = _to_settle(condition, actor)
    condition.waived_because = _told(reason, "reason", "Say why it is not needed any more.")
    condition.waived_at, condition.waived_by = clock.now(), actor
    return _saved(condition, "waived", actor, "waived_at", "waived_by", "waived_because")


def _to_settle(condition: Condition, actor: User) -> Condition:
    condition = _locked(condition)
    if not can_settle_condition(actor, condition):
        raise PermissionDenied(SETTLING)
    _check_open(condition)
    return condition


def _locked(condition: Condition) -> Condition:
    """The initiative first, as everywhere."""
    Initiative.objects.select_for_update(of=["self"], no_key=True).only("pk").get(pk=condition.initiative_id)
    related = ("initiative", "owner", "decision__review", "decision__body", "sign_off_answer__sign_off__review")
    return Condition.objects.select_for_update(of=["self"]).select_related(*related).get(pk=condition.pk)


def _check_open(condition: Condition) -> None:
    if not condition.is_open:
        raise DomainError(f"This condition is settled already: {condition.state}.")


def _told(text: str, field: str, lacking: str) -> str:
    if not text.strip():
        raise DomainError(lacking, field=field)
    return text.strip()


def _saved(condition: Condition, done: str, actor: User, *fields: str) -> Condition:
    condition.save(update_fields=fields)
    about: dict[str, Any] = {"initiative": condition.initiative_id, "condition": condition}
    publish(f"condition.{done}", actor=actor, **about)
    return condition
