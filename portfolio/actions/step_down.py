"""A class that does worse than it should goes down one level at once; people confirm or lift that afterwards."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..levels import lowered_level
from ..models import AutonomyLevel, DecisionClass, DecisionReading, Initiative, StepDown
from ..permissions import can_answer_step_down
from .keep_decisions import settle_levels


@transaction.atomic
def step_down(
    decision: DecisionClass, *, because: str, actor: User | None = None, reading: DecisionReading | None = None
) -> StepDown | None:
    """Let a class go down one level now. Returns nothing where people keep the decision anyway.

    No permission is checked: a rule of the office asks for it (a rate above its threshold, a severe incident), not a
    person. `actor` is whoever recorded what led to it.
    """
    locked = Initiative.objects.select_for_update().get(pk=decision.initiative_id)
    decision = locked.decision_classes.select_for_update(of=["self"]).get(pk=decision.pk)
    if decision.autonomy == AutonomyLevel.KEEP_HUMAN:
        return None
    step = StepDown.objects.create(
        initiative=locked,
        decision_class=decision,
        from_level=decision.autonomy,
        to_level=lowered_level(decision.autonomy),
        because=because[:500],
        reading=reading,
    )
    settle_levels(locked, [decision], actor=actor)
    publish("autonomy.stepped_down", actor=actor, initiative=locked, decision_class=decision, step=step)
    return step


@transaction.atomic
def answer_step_down(step: StepDown, *, actor: User, answer: str, reason: str) -> StepDown:
    """Confirm that a class stays down, or lift the step, with a reason. A confirmed one may be lifted later.

    Raises PermissionDenied for anybody but its risk owner, their deputies and the office; DomainError without a
    reason, or for one that was answered so, or lifted, before.
    """
    locked = Initiative.objects.select_for_update().get(pk=step.initiative_id)
    step = StepDown.objects.select_for_update(of=["self"]).select_related("decision_class").get(pk=step.pk)
    if not can_answer_step_down(actor, locked):
        raise PermissionDenied("Its risk owner and the office confirm or lift a step down.")
    if answer not in StepDown.Answer.values:
        raise DomainError("Confirm it or lift it.", field="answer")
    if not reason.strip():
        raise DomainError("Say why.", field="reason")
    if step.answer in (answer, StepDown.Answer.LIFTED):
        raise DomainError(f"It was {step.get_answer_display().lower()} before.")
    step.answer, step.reason = answer, reason.strip()[:500]
    step.answered_by, step.answered_at = actor, clock.now()
    step.save(update_fields=["answer", "reason", "answered_by", "answered_at"])
    settle_levels(locked, [step.decision_class], actor=actor)
    publish(f"autonomy.step_{answer}", actor=actor, initiative=locked, decision_class=step.decision_class, step=step)
    return step
