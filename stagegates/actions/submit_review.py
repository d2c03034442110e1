"""What becomes of a review before it is decided: its ask edited, submitted, or withdrawn."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.conflicts import refuse_conflicts
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures
from aiso.workdays import due_after
from portfolio.actions.edit_initiative import same, touch
from portfolio.lane_threshold import lane_threshold
from portfolio.models import Initiative, Lane
from portfolio.models.risk import RiskTier

from ..clocks import clocks_in_force
from ..deciding import body_of
from ..models import GateReview
from ..permissions import can_open_review
from ..standing import standings_of
from .demand_plan import demand_plan
from .renew_review import renew_requirements

EDITABLE = ("ask", "amount")


@transaction.atomic
def edit_review(review: GateReview, *, actor: User, seen: Mapping[str, Any] | None = None, **fields: Any) -> GateReview:
    """Change what is asked, or the money asked for, until it is submitted.

    Given `seen`, the values that the actor saw, raises ConflictError when somebody else changed one meanwhile.
    """
    review = lock_review(review)
    _may(actor, review, "Its owners and the office say what a review asks for.")
    if review.is_ready:
        raise DomainError("It was submitted. Withdraw it to ask for something else.")
    wanted = {name: value for name, value in fields.items() if name in EDITABLE}
    if seen is not None:
        present = {name: getattr(review, name) for name in wanted}
        refuse_conflicts(seen={name: seen.get(name) for name in wanted}, present=present, wanted=wanted, same=same)
    changed = [name for name, value in wanted.items() if not same(getattr(review, name), value)]
    if changed:
        for name in changed:
            setattr(review, name, wanted[name])
        review.clean_fields(exclude=[each.name for each in GateReview._meta.fields if each.name not in changed])
        review.save(update_fields=changed)
        if "amount" in changed:
            demand_plan(review)
        publish("review.edited", actor=actor, initiative=review.initiative, review=review, fields=sorted(changed))
    return review


@transaction.atomic
def submit_review(review: GateReview, *, actor: User) -> GateReview:
    """Hand a review to whoever decides. A delegate's clock starts with it (DESIGN §4).

    Raises DomainError while a requirement is neither met nor waived, when the fast lane no longer holds, and for a
    service account: a person stands behind what is submitted.
    """
    review = lock_review(review)
    _may(actor, review, "Its owners and the office submit a review.")
    if actor.is_service_account:
        raise PermissionDenied("A person submits a review, with their own name.")
    if review.is_ready:
        raise DomainError("It was submitted before.")
    renew_requirements(review, actor=actor)
    demand_plan(review)
    _check_inputs(review)
    _check_settled(review)
    review.submitted_by, review.submitted_at = actor, clock.now()
    review.decide_by, review.body = _decide_by(review), body_of(review)
    review.save(update_fields=["submitted_by", "submitted_at", "decide_by", "body"])
    touch([review.initiative_id])
    publish("review.submitted", actor=actor, initiative=review.initiative, review=review)
    return review


@transaction.atomic
def withdraw_review(review: GateReview, *, actor: User, reason: str) -> GateReview:
    """Take a review back before it is decided. Its evidence stays and counts at the next attempt."""
    review = lock_review(review)
    _may(actor, review, "Its owners and the office withdraw a review.")
    if not reason.strip():
        raise DomainError("Say why it is withdrawn.", field="reason")
    review.closed_at, review.was_withdrawn = clock.now(), True
    with pghistory.context(reason=reason.strip()):
        review.save(update_fields=["closed_at", "was_withdrawn"])
    touch([review.initiative_id])
    publish("review.withdrawn", actor=actor, initiative=review.initiative, review=review, reason=reason.strip())
    return review


def lock_review(review: GateReview) -> GateReview:
    """The review and its initiative, held until the end of the transaction. Raises DomainError for a closed one."""
    # The initiative first, as everywhere: whoever edits it or opens a review holds it, too.
    Initiative.objects.select_for_update(of=["self"]).only("pk").get(pk=review.initiative_id)
    locked = GateReview.objects.select_for_update(of=["self"]).select_related("initiative").get(pk=review.pk)
    if not locked.is_open:
        raise DomainError("This review was withdrawn." if locked.was_withdrawn else "This review is decided.")
    return locked


def _may(actor: User, review: GateReview, refusal: str) -> None:
    if not can_open_review(actor, review.initiative):
        raise PermissionDenied(refusal)


def _check_inputs(review: GateReview) -> None:
    """What the review began with must still hold (DESIGN §4)."""
    initiative = review.initiative
    if initiative.risk_tier == RiskTier.PROHIBITED:
        raise DomainError("A prohibited use stops it. No gate can be passed while that stands.")
    if review.lane == Lane.FAST and initiative.lane != Lane.FAST:
        raise DomainError("The fast lane no longer holds. Withdraw this review and open the next gate’s.")
    if review.lane == Lane.FAST and (review.amount or 0) >= (threshold := lane_threshold()):
        told = figures.exact_money(threshold)
        raise DomainError(f"The fast lane is for less than {told}. Ask for less, or take the full lane.")


def _check_settled(review: GateReview) -> None:
    lacking = [each.requirement.text for each in standings_of([review])[review.pk] if not each.is_settled]
    if lacking:
        told = figures.plural(len(lacking), "requirement is", "requirements are")
        raise DomainError(f"{told} not met: {'; '.join(lacking)}.")


def _decide_by(review: GateReview) -> date | None:
    if review.lane != Lane.FAST or review.submitted_at is None:
        return None
    return due_after(review.submitted_at, clocks_in_force().delegate_days)
