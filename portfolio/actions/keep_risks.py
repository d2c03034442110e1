"""Risks: raised with an owner and a day, changed, treated, closed, and opened again."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.conflicts import changes_to_make
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures

from ..models import Initiative, Risk
from ..models.register_risk import BASES
from ..permissions import sees
from ..risk_permissions import WHO_CHANGES, WHO_KEEPS, can_change_risk, can_keep_risks
from .accept_risks import check_goes_on, check_not_closed, end_when_closed, locked_risk, void_when_raised
from .edit_initiative import touch

# What people write of a risk.
FACTS = (
    *("title", "cause", "event", "effect", "likelihood", "impact", "treatment", "measures", "owner", "due_on"),
    *("residual_likelihood", "residual_impact"),
)
# Years ahead of which a day is a slip of the keyboard.
MOST_YEARS = 10
# Those that make its scores.
LEVELS = frozenset(name for fields in BASES.values() for name in fields)


@transaction.atomic
def raise_risk(initiative: Initiative, *, actor: User, **facts: Any) -> Risk:
    """Say what may happen, how bad it would be, what is done about it, and by whom until when.

    `facts` are those of FACTS. What is left is what was before, unless told. Raises DomainError for an initiative
    that has ended, for a day that is past or too far away, for an owner who could not see it, for a title of several
    lines, and for a risk that stands there already.
    """
    locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
    if not can_keep_risks(actor, locked):
        raise PermissionDenied(WHO_KEEPS)
    check_goes_on(locked)
    _check_owner(facts["owner"], locked)
    _check_day(facts["due_on"])
    facts = {"residual_likelihood": facts["likelihood"], "residual_impact": facts["impact"]} | _trimmed(facts)
    _check_title(facts["title"])
    _check_new(locked, facts["title"], facts["cause"])
    risk = Risk(initiative=locked, raised_by=actor, raised_at=clock.now(), assessed_by=actor, **facts)
    _store(risk)
    publish("risk.raised", actor=actor, initiative=locked, risk=risk, owner=risk.owner)
    return risk


@transaction.atomic
def change_risk(risk: Risk, *, actor: User, seen: Mapping[str, Any] | None = None, **wanted: Any) -> Risk:
    """Change what a risk is. A score above the accepted one voids the acceptance.

    ConflictError tells who changed what was `seen`. Raises DomainError for a closed risk and for one of what has ended.
    """
    risk = locked_risk(risk)
    if not can_change_risk(actor, risk):
        raise PermissionDenied(WHO_CHANGES)
    check_not_closed(risk)
    check_goes_on(risk.initiative)
    changed = changes_to_make(risk, seen=seen or {}, wanted=_trimmed(wanted))
    if not changed:
        return risk
    _check_changed(changed, risk)
    for field, value in changed.items():
        setattr(risk, field, value)
    if LEVELS & changed.keys():
        risk.assessed_by = actor
    voided = void_when_raised(risk, actor=actor)
    _store(risk)
    about: dict[str, Any] = {"initiative": risk.initiative, "risk": risk, "owner": risk.owner}
    publish("risk.changed", actor=actor, fields=sorted(changed), **about)
    if voided:
        publish("risk.acceptance_voided", actor=actor, accepted_by=voided.accepted_by, **about)
    return risk


def treat_risk(risk: Risk, *, actor: User, reason: str) -> Risk:
    """Say that the treatment is in place, so that what is left is what counts."""
    return _move(risk, Risk.Status.TREATED, actor=actor, reason=reason)


def close_risk(risk: Risk, *, actor: User, reason: str) -> Risk:
    """Say why it is a risk no longer. An acceptance ends with it."""
    return _move(risk, Risk.Status.CLOSED, actor=actor, reason=reason)


def reopen_risk(risk: Risk, *, actor: User, reason: str) -> Risk:
    """Say why it has to be dealt with again."""
    return _move(risk, Risk.Status.OPEN, actor=actor, reason=reason)


EVENTS = {Risk.Status.TREATED: "risk.treated", Risk.Status.CLOSED: "risk.closed", Risk.Status.OPEN: "risk.reopened"}


@transaction.atomic
def _move(risk: Risk, status: Risk.Status, *, actor: User, reason: str) -> Risk:
    """Raises DomainError where it has that status already, for a closed one or one that nobody accepted called treated,
    for anything but closing on what has ended, and without a reason.
    """
    risk = locked_risk(risk)
    if not can_change_risk(actor, risk):
        raise PermissionDenied(WHO_CHANGES)
    if risk.status == status:
        raise DomainError(f"This risk is {status.label.lower()} already.")
    if status != Risk.Status.CLOSED:
        check_goes_on(risk.initiative)
    if status == Risk.Status.TREATED:
        _check_treated(risk)
    if not reason.strip():
        raise DomainError("Say why.", field="reason")
    risk.status, risk.reason, risk.status_by, risk.status_at = status, reason.strip(), actor, clock.now()
    if status == Risk.Status.CLOSED:
        end_when_closed(risk, actor=actor)
    _store(risk)
    publish(EVENTS[status], actor=actor, initiative=risk.initiative, risk=risk, owner=risk.owner)
    return risk


def _store(risk: Risk) -> None:
    risk.full_clean()
    risk.save()
    touch([risk.initiative_id])


def _trimmed(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in facts.items()}


def _check_changed(changed: Mapping[str, Any], risk: Risk) -> None:
    if "title" in changed:
        _check_title(changed["title"])
    if "owner" in changed:
        _check_new_owner(changed["owner"], risk)
    if "due_on" in changed:
        _check_day(changed["due_on"])


def _check_title(title: str) -> None:
    if any(unicodedata.category(mark) in ("Cc", "Zl", "Zp") for mark in title):
        raise DomainError("A title is one line, without control characters.", field="title")


def _check_new(initiative: Initiative, title: str, cause: str) -> None:
    """A form sent twice raises one risk; a closed one of the same words may come back."""
    same = Risk.objects.filter(initiative=initiative, title__iexact=title, cause__iexact=cause)
    if found := same.exclude(status=Risk.Status.CLOSED).first():
        told = f"“{found}” with the same cause stands here already, raised by {found.raised_by}. Edit that one."
        raise DomainError(told, field="title")


def _check_treated(risk: Risk) -> None:
    check_not_closed(risk)
    if risk.treatment == Risk.Treatment.ACCEPT and not risk.is_accepted:
        raise DomainError(
            "Its treatment is to accept it, and no acceptance holds. It is treated once somebody accepts what is left."
        )


def _check_new_owner(owner: User, risk: Risk) -> None:
    _check_owner(owner, risk.initiative)
    if risk.is_accepted and risk.acceptance and risk.acceptance.accepted_by_id == owner.pk:
        raise DomainError(f"{owner} accepted this risk, so somebody else owns it.", field="owner")


def _check_owner(owner: User, initiative: Initiative) -> None:
    """Somebody who is here, is a person, may act and sees the initiative."""
    if owner.is_service_account or not owner.is_active:
        raise DomainError(f"{owner} cannot own a risk. Choose an active person.", field="owner")
    if not sees(owner, initiative):
        raise DomainError(f"{owner} may not see this initiative. Choose somebody who does.", field="owner")


def _check_day(due_on: date) -> None:
    if due_on < clock.today():
        raise DomainError("This day is past. Choose today or later.", field="due_on")
    if due_on > (last := clock.months_later(clock.today(), 12 * MOST_YEARS)):
        told = f"Choose a day up to {figures.day(last)}, {MOST_YEARS} years from today."
        raise DomainError(told, field="due_on")
