"""What is left of a risk is accepted until a day, and the acceptance withdrawn, or voided by a higher score."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures

from ..models import Initiative, Risk, RiskAcceptance, RiskAcceptanceEnd
from ..models.register_risk import EXPIRES_SOON
from ..models.stage import ENDED
from ..risk_appetite import risk_appetite
from ..risk_permissions import WHO_ACCEPTS, WHO_WITHDRAWS, can_accept_risk, can_withdraw_acceptance
from .edit_initiative import touch

# Months that a risk is accepted at most, before somebody looks at it again.
LONGEST = 12


@transaction.atomic
def accept_risk(risk: Risk, *, actor: User, reason: str, until: date) -> RiskAcceptance:
    """Accept what is left of a risk until a day, twelve months from now at most.

    Raises DomainError for a closed risk, for a day that is past or too far away, without a reason, and while the
    risk is accepted already; in its last 14 days an acceptance may be renewed.
    """
    risk, appetite = locked_risk(risk), risk_appetite()
    if not can_accept_risk(actor, risk, appetite=appetite):
        raise PermissionDenied(WHO_ACCEPTS)
    _check_acceptable(risk)
    _check_until(until)
    if not reason.strip():
        raise DomainError("Say why what is left may stay.", field="reason")
    acceptance = RiskAcceptance(
        initiative=risk.initiative,
        risk=risk,
        reason=reason.strip(),
        until=until,
        score=risk.score,
        residual_score=risk.residual_score,
        appetite=appetite,
        accepted_by=actor,
        accepted_at=clock.now(),
    )
    acceptance.full_clean()
    acceptance.save()
    _point(risk, acceptance)
    publish("risk.accepted", actor=actor, initiative=risk.initiative, risk=risk, owner=risk.owner)
    return acceptance


@transaction.atomic
def withdraw_acceptance(risk: Risk, *, actor: User, reason: str) -> RiskAcceptanceEnd:
    """Take an acceptance back before its day. Raises DomainError where there is none that holds."""
    risk = locked_risk(risk)
    if not can_withdraw_acceptance(actor, risk):
        raise PermissionDenied(WHO_WITHDRAWS)
    if not risk.is_accepted:
        raise DomainError("This risk is not accepted.")
    if not reason.strip():
        raise DomainError("Say why it is withdrawn.", field="reason")
    end = _end(risk, RiskAcceptanceEnd.Kind.WITHDRAWN, actor=actor, reason=reason.strip())
    _point(risk, None)
    about: dict[str, Any] = {"initiative": risk.initiative, "risk": risk, "owner": risk.owner}
    publish("risk.acceptance_withdrawn", actor=actor, accepted_by=end.acceptance.accepted_by, **about)
    return end


def void_when_raised(risk: Risk, *, actor: User) -> RiskAcceptance | None:
    """End the acceptance of a locked risk whose score is now above what was accepted; returns the one that ended.

    The caller saves the risk.
    """
    held = risk.acceptance
    if held is None or (risk.score <= held.score and risk.residual_score <= held.residual_score):
        return None
    told = f"Accepted at {held.score}, {held.residual_score} after treatment"
    reason = f"{told}; now {risk.score}, {risk.residual_score} after treatment."
    _end(risk, RiskAcceptanceEnd.Kind.RAISED, actor=actor, reason=reason)
    return held


def end_when_closed(risk: Risk, *, actor: User) -> None:
    """End the acceptance of a locked risk that is closed; opened again, it is accepted anew. The caller saves it."""
    if risk.acceptance is not None:
        _end(risk, RiskAcceptanceEnd.Kind.CLOSED, actor=actor, reason=risk.reason)


def _end(risk: Risk, kind: RiskAcceptanceEnd.Kind, *, actor: User, reason: str) -> RiskAcceptanceEnd:
    assert risk.acceptance is not None  # its callers looked
    end = RiskAcceptanceEnd(
        initiative=risk.initiative,
        risk=risk,
        acceptance=risk.acceptance,
        kind=kind,
        reason=reason,
        ended_by=actor,
        ended_at=clock.now(),
    )
    end.full_clean()
    end.save()
    risk.acceptance = None
    return end


def _point(risk: Risk, acceptance: RiskAcceptance | None) -> None:
    risk.acceptance = acceptance
    risk.save(update_fields=["acceptance"])
    touch([risk.initiative_id])


def locked_risk(risk: Risk) -> Risk:
    """The initiative first, as every deed below it."""
    Initiative.objects.select_for_update().get(pk=risk.initiative_id)
    rows = Risk.objects.select_for_update(of=["self"])
    return rows.select_related("initiative", "owner", "raised_by", "acceptance__accepted_by").get(pk=risk.pk)


def check_not_closed(risk: Risk) -> None:
    if risk.is_closed:
        raise DomainError("This risk is closed. Reopen it first.")


def check_goes_on(initiative: Initiative) -> None:
    if initiative.stage in ENDED or initiative.is_off_register:
        raise DomainError("This initiative has ended; it has no risks any more.")


def _check_acceptable(risk: Risk) -> None:
    check_not_closed(risk)
    check_goes_on(risk.initiative)
    held = risk.last_acceptance
    if held is not None and risk.is_accepted and not held.is_expiring:
        raise DomainError(
            f"It is accepted until {figures.day(held.until)} already. Withdraw that first, or renew it in its last "
            f"{EXPIRES_SOON} days."
        )


def _check_until(until: date) -> None:
    today = clock.today()
    if until < today:
        raise DomainError("This day is past. Choose today or later.", field="until")
    if until > (last := clock.months_later(today, LONGEST)):
        raise DomainError(f"Accept it until {figures.day(last)} at most, {LONGEST} months from today.", field="until")
