"""Growing after launch: asked for by an owner, step by step, and decided by the body of its next gate (DESIGN §4)."""

from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.models import DecisionClass, Initiative, Workflow

from ..expansion import done_steps, expansions_of, skipped_before, why_not_expand
from ..models import Expansion
from ..permissions import can_ask_money

ASKING = "Its owners and the office ask for an expansion."
Step = Expansion.Step


@transaction.atomic
def ask_expansion(
    initiative: Initiative,
    *,
    actor: User,
    step: str,
    what: str,
    reason: str,
    decision_class: DecisionClass | None = None,
    volume_after: int | None = None,
    unit: BusinessUnit | None = None,
    workflow: Workflow | None = None,
    amount: Decimal | None = None,
    skip_because: str = "",
) -> Expansion:
    """Ask for one step further. `volume_after` is a week, of `decision_class`, for more volume; `amount` is money that
    is asked for with it. Raises PermissionDenied for all but its owners and the office, DomainError for an initiative
    that is not in production, while another is asked, for what the step lacks, and for steps that are skipped without
    a reason.
    """
    initiative = _held(initiative, actor)
    asked = Expansion(
        initiative=initiative,
        step=step,
        what=what.strip(),
        reason=reason.strip(),
        decision_class=decision_class if step == Step.VOLUME else None,
        volume_after=volume_after if step == Step.VOLUME else None,
        unit=unit if step == Step.UNIT else None,
        workflow=workflow if step == Step.WORKFLOW else None,
        amount=amount or None,
        skip_because=skip_because.strip(),
        asked_by=actor,
        asked_at=clock.now(),
    )
    _check(asked)
    _set_skips(asked)
    asked.save()
    publish("expansion.asked", actor=actor, initiative=initiative, request=asked)
    return asked


def _held(initiative: Initiative, actor: User) -> Initiative:
    """The initiative, locked, where the actor may ask for it and it may grow now."""
    initiative = Initiative.objects.select_for_update(of=["self"]).defer("search").get(pk=initiative.pk)
    if not can_ask_money(actor, initiative):
        raise PermissionDenied(ASKING)
    if refusal := why_not_expand(initiative):
        raise DomainError(refusal)
    return initiative


def _set_skips(asked: Expansion) -> None:
    """The steps before it that were not done. Raises DomainError where there are any and nothing says why."""
    asked.skips = skipped_before(asked.step, done_steps(expansions_of(asked.initiative)))
    if asked.skips and not asked.skip_because:
        told = ", then ".join(each.lower() for each in asked.skipped)
        raise DomainError(f"This skips: {told}. Say why that is right here.", field="skip_because")
    if not asked.skips:
        asked.skip_because = ""


def _check(asked: Expansion) -> None:
    """Raises DomainError for what the step lacks; sets the volume of now."""
    if asked.step not in Step.values:
        raise DomainError("Choose a step.", field="step")
    if not asked.what:
        raise DomainError("Say what it covers.", field="what")
    if not asked.reason:
        raise DomainError("Say why now.", field="reason")
    if asked.amount is not None and asked.amount < 0:
        raise DomainError("Ask for more than 0, or for none.", field="amount")
    match asked.step:
        case Step.VOLUME:
            _check_volume(asked)
        case Step.UNIT if asked.unit is None or asked.unit_id == asked.initiative.unit_id:
            raise DomainError("Choose another team or region than its own.", field="unit")
        case Step.WORKFLOW if asked.workflow is None or asked.workflow_id == asked.initiative.workflow_id:
            raise DomainError("Choose another workflow than its own.", field="workflow")


def _check_volume(asked: Expansion) -> None:
    one = asked.decision_class
    if one is None or one.initiative_id != asked.initiative_id:
        raise DomainError("Choose the decision class whose volume grows.", field="decision_class")
    asked.volume_before = one.volume_per_week or 0
    if asked.volume_after is None or asked.volume_after <= asked.volume_before:
        raise DomainError(
            f"Say how many a week it will be: more than the {asked.volume_before:,} of now.", field="volume_after"
        )
