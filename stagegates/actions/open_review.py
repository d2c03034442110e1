"""Opening a gate review: its checklist is built once, under the rules that hold on that day."""

from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.actions.edit_initiative import touch
from portfolio.models import Initiative, Stage
from portfolio.models.risk import RiskTier
from portfolio.models.stage import ENDED

from ..askings import Asking, askings_of, gates_ahead_of, is_shown_again, lane_to
from ..checklist import Required
from ..models import GateReview, Requirement
from ..permissions import can_open_review
from ..rules import Gate, gates_in_force, matrix_in_force, rights_in_force
from ..situations import situations_of
from .demand_plan import demand_plan
from .sign_offs import begin_sign_offs


@transaction.atomic
def open_review(initiative: Initiative, *, actor: User, ask: str = "", amount: Decimal | None = None) -> GateReview:
    """Open the review of the next gate; in the fast lane before pilot one for all gates up to it (DESIGN §4).

    `amount` is money asked for, in the reporting currency. Raises PermissionDenied when `actor` may not, and
    DomainError where nothing can be opened: one is open, no gate comes, or the risk is not classified.
    """
    locked = Initiative.objects.select_for_update(of=["self"]).defer("search").get(pk=initiative.pk)
    if not can_open_review(actor, locked):
        raise PermissionDenied("Its owners and the office open gate reviews.")
    gates = gates_in_force()
    asked = gates_ahead_of([locked])[locked.pk]
    if refusal := why_not_open(locked, asked) or _open_already(locked):
        raise DomainError(refusal)
    matrix = matrix_in_force()
    asking = askings_of({locked.pk: asked}, situations_of([locked]), gates, matrix)[locked.pk]
    review = GateReview(
        initiative=locked,
        gates=[gate.code for gate in asked],
        attempt=_attempt(locked, asked),
        lane=lane_to(asked[-1].moves_to, locked),
        to_stage=asked[-1].moves_to,
        gates_version=gates.version,
        matrix_version=matrix.version,
        rights_version=rights_in_force().version,
        ask=ask.strip(),
        amount=amount,
        opened_by=actor,
    )
    review.full_clean(exclude=["body", "submitted_by"])
    review.save()
    _build(review, asking)
    demand_plan(review)
    begin_sign_offs(review, asking.sign_offs, actor=actor)
    touch([locked.pk])
    publish("review.opened", actor=actor, initiative=locked, review=review)
    return review


def why_not_open(initiative: Initiative, asked: tuple[Gate, ...]) -> str:
    """Why no review of the gates asked can be opened now, in a sentence; empty when one can."""
    if initiative.is_off_register:
        return "It is not on the register: its request was not taken up."
    if initiative.stage in ENDED:
        return f"It is {initiative.get_stage_display().lower()}: no gate comes any more."
    if initiative.stage == Stage.PAUSED:
        return "It is paused. A decision to resume comes first."
    if not asked or is_shown_again(initiative, asked):
        return f"It is in {initiative.get_stage_display().lower()} already, where the last gate leads."
    if initiative.risk_tier == RiskTier.PROHIBITED:
        return "A prohibited use stops it. No gate can be passed while that stands."
    if not initiative.risk_tier:
        return "Answer the questions on the risk tier first: what the gate asks follows from it."
    return ""


def _open_already(initiative: Initiative) -> str:
    review = GateReview.objects.open().filter(initiative=initiative).first()
    return f"A review is open already: {review.title.lower()}, attempt {review.attempt}." if review else ""


def _attempt(initiative: Initiative, asked: tuple[Gate, ...]) -> int:
    """Counted for the last gate asked."""
    return GateReview.objects.filter(initiative=initiative, gates__contains=[asked[-1].code]).count() + 1


def _build(review: GateReview, asking: Asking) -> None:
    """Store the checklist, gate by gate in the order of the gates."""
    Requirement.objects.bulk_create(requirement_of(review, line, order) for order, line in enumerate(asking.required))


def requirement_of(review: GateReview, line: Required, order: int) -> Requirement:
    """A line of a checklist as a review stores it."""
    return Requirement(
        review=review,
        code=line.code,
        gate=line.gate,
        text=line.text,
        help_text=line.help_text,
        evidence=line.evidence,
        subject=line.subject,
        functions=line.functions,
        valid_months=line.valid_months,
        asked_by=[by.stored() for by in line.asked_by],
        order=order,
    )
