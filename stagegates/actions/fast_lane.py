"""The risk function confirms a tier before the delegate decides; a sample is audited after (DESIGN §4 and §5)."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..blocks import answers_of_tier, standing_confirmation
from ..models import FastLaneAudit, GateReview, TierConfirmation
from ..permissions import can_audit, can_confirm_tier
from .decide import lock_review

Finding = FastLaneAudit.Finding


@transaction.atomic
def confirm_tier(review: GateReview, *, actor: User, note: str = "", seen: str = "") -> TierConfirmation:
    """Confirm the risk tier of an initiative under review, with the answers that it follows from as they are now.

    `seen` is the tier that the actor saw. Raises PermissionDenied for anybody but a risk reviewer who is no party,
    DomainError for a tier that is not set, that changed meanwhile, or that is confirmed already.
    """
    review = lock_review(review)
    initiative = review.initiative
    if not can_confirm_tier(actor, review):
        raise PermissionDenied("The risk function confirms a tier, never a party to the review.")
    if not review.is_open:
        raise DomainError("This review is closed.")
    if not initiative.risk_tier:
        raise DomainError("The risk tier is not set yet: its questions come first.")
    if seen and seen != initiative.risk_tier:
        raise DomainError(f"The tier changed meanwhile: it is {initiative.get_risk_tier_display().lower()} now.")
    if standing := standing_confirmation(initiative):
        raise DomainError(f"{standing.confirmed_by} confirmed this tier already.")
    confirmation = TierConfirmation.objects.create(
        initiative=initiative,
        review=review,
        tier=initiative.risk_tier,
        answers=answers_of_tier(initiative),
        note=note.strip(),
        confirmed_by=actor,
        confirmed_at=clock.now(),
    )
    publish("tier.confirmed", actor=actor, initiative=initiative, review=review, confirmation=confirmation)
    return confirmation


@transaction.atomic
def record_audit(audit: FastLaneAudit, *, actor: User, finding: str, note: str = "") -> FastLaneAudit:
    """Record what was found when a decision of the fast lane was looked at afterwards.

    Raises PermissionDenied for whoever decided it or is a party, DomainError for one that is not to be audited, that
    was audited before, or whose finding lacks its note.
    """
    locked = FastLaneAudit.objects.select_for_update(of=["self"]).select_related("decision__review__initiative")
    audit = locked.get(pk=audit.pk)
    if not can_audit(actor, audit):
        raise PermissionDenied("The office and the risk function audit, never whoever decided it or a party to it.")
    if not audit.is_marked:
        raise DomainError("This decision is not in the sample.")
    if audit.audited_at:
        raise DomainError("This decision was audited before.")
    if finding not in Finding.values:
        raise DomainError("Choose what was found.", field="finding")
    if finding != Finding.IN_ORDER and not note.strip():
        raise DomainError("Say what you found.", field="note")
    audit.finding, audit.note, audit.audited_by, audit.audited_at = finding, note.strip(), actor, clock.now()
    audit.save(update_fields=["finding", "note", "audited_by", "audited_at"])
    about = {"initiative": audit.decision.initiative_id, "decision": audit.decision_id, "audit": audit}
    publish("fast_lane.audited", actor=actor, **about)
    return audit
