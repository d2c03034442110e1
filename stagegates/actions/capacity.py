"""Saying how many hours a function has, asking for some of them, and answering."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.models import Initiative
from portfolio.models.stage import ENDED
from portfolio.permissions import can_edit

from ..capacity import month_of
from ..models import FunctionHours, ReviewFunction, SpecialistRequest
from ..permissions import can_answer_request, can_set_hours

# Months that one request may reach over.
LONGEST = 24
State = SpecialistRequest.State


@transaction.atomic
def set_hours(function: ReviewFunction, *, actor: User, from_month: date, hours: Decimal) -> FunctionHours:
    """Say how many hours a month a function has from a month on. Saying it again for that month replaces it.

    Raises PermissionDenied for all but its people and the office, ValidationError for hours that cannot be.
    """
    function = ReviewFunction.objects.select_for_update().get(pk=function.pk)
    if not can_set_hours(actor, function):
        raise PermissionDenied(f"People of {function} and the office say how many hours it has.")
    month = month_of(from_month)
    entry = function.hours.filter(from_month=month).first() or FunctionHours(function=function, from_month=month)
    if entry.pk and entry.hours == hours:
        return entry
    entry.hours, entry.set_by, entry.set_at = hours, actor, clock.now()
    entry.full_clean()
    entry.save()
    publish("capacity.set", actor=actor, function=function, from_month=month.isoformat(), hours=str(hours))
    return entry


@transaction.atomic
def ask_specialists(
    initiative: Initiative,
    *,
    actor: User,
    function: ReviewFunction,
    first_month: date,
    last_month: date,
    hours: Decimal,
    purpose: str,
) -> SpecialistRequest:
    """Ask for hours a month of a function's people, from a month to another, both included.

    Raises PermissionDenied for all but owners and the office; DomainError for an initiative that ended, a function
    that is no longer in use, months that are over or too many, or without a purpose.
    """
    initiative = Initiative.objects.select_for_update(of=["self"]).get(pk=initiative.pk)
    if not can_edit(actor, initiative):
        raise PermissionDenied("Its owners and the office ask for specialists.")
    first, last = month_of(first_month), month_of(last_month)
    _check(initiative, function, first, last, purpose)
    request = SpecialistRequest(
        initiative=initiative,
        function=function,
        first_month=first,
        last_month=last,
        hours=hours,
        purpose=purpose.strip(),
        asked_by=actor,
    )
    request.full_clean()
    request.save()
    publish("specialists.asked", actor=actor, request=request, initiative=initiative, function=function)
    return request


@transaction.atomic
def answer_specialists(request: SpecialistRequest, *, actor: User, agree: bool, reason: str = "") -> SpecialistRequest:
    """Agree to a request or decline it; declining needs a reason.

    Raises PermissionDenied for all but the function's people, and for one's own request; DomainError when it was
    answered or withdrawn before, or without a reason.
    """
    request = _locked(request)
    if not can_answer_request(actor, request):
        raise PermissionDenied(f"People of {request.function} answer; nobody agrees to their own request.")
    if request.state != State.ASKED:
        raise DomainError(f"This request is {request.get_state_display().lower()} already.")
    if not agree and not reason.strip():
        raise DomainError("Say why; the owners read it.", field="reason")
    request.state = State.AGREED if agree else State.DECLINED
    request.answered_by, request.answered_at, request.reason = actor, clock.now(), reason.strip()
    request.save(update_fields=["state", "answered_by", "answered_at", "reason"])
    about = {"request": request, "initiative": request.initiative, "function": request.function}
    publish("specialists.answered", actor=actor, agreed=agree, **about)
    return request


@transaction.atomic
def withdraw_specialists(request: SpecialistRequest, *, actor: User) -> SpecialistRequest:
    """Give hours back that are no longer needed, agreed to or not. Raises DomainError when none are asked for."""
    request = _locked(request)
    if not can_edit(actor, request.initiative):
        raise PermissionDenied("Its owners and the office give hours back.")
    if request.state not in (State.ASKED, State.AGREED):
        raise DomainError(f"This request is {request.get_state_display().lower()} already.")
    request.state = State.WITHDRAWN
    request.save(update_fields=["state"])
    about = {"request": request, "initiative": request.initiative, "function": request.function}
    publish("specialists.withdrawn", actor=actor, **about)
    return request


def _check(initiative: Initiative, function: ReviewFunction, first: date, last: date, purpose: str) -> None:
    if initiative.stage in ENDED or initiative.is_off_register:
        raise DomainError(f"{initiative.reference} has ended, so it needs nobody.")
    if not function.is_active:
        raise DomainError(f"{function} is no longer in use. Choose another.", field="function")
    if last < first:
        raise DomainError("The last month lies before the first.", field="last_month")
    if last < month_of(clock.today()):
        raise DomainError("These months are over.", field="last_month")
    if (last.year - first.year) * 12 + last.month - first.month >= LONGEST:
        raise DomainError(f"Ask for {LONGEST} months at most.", field="last_month")
    if not purpose.strip():
        raise DomainError("Say what for; whoever answers reads it.", field="purpose")


def _locked(request: SpecialistRequest) -> SpecialistRequest:
    """Two people who answer at once: the second waits, then finds it answered."""
    rows = SpecialistRequest.objects.select_for_update(of=["self"])
    return rows.select_related("initiative", "function").get(pk=request.pk)
