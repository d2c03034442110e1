"""The outcome metrics of an initiative: what it is to move, from where to where."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ProtectedError

from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..models import Initiative, OutcomeMetric
from ..permissions import can_edit
from .edit_initiative import Change, check_conflicts, touch
from .write_plan import note_metrics_change


@transaction.atomic
def add_outcome_metric(initiative: Initiative, *, actor: User, reason: str = "", **fields: Any) -> OutcomeMetric:
    """Add a metric. Raises ValidationError for a baseline without date and source, or a name used before.

    Where a decision approved the plan, `reason` says why it changes; without it this raises DomainError.
    """
    _may_measure(initiative, actor)
    note_metrics_change(initiative, actor=actor, reason=reason)
    metric = OutcomeMetric(initiative=initiative, **fields)
    metric.full_clean()
    metric.save()
    touch([initiative.pk])
    publish("metric.added", actor=actor, initiative=initiative, metric=metric)
    return metric


@transaction.atomic
def edit_outcome_metric(
    metric: OutcomeMetric, *, actor: User, was: Mapping[str, Any] | None = None, reason: str = "", **fields: Any
) -> OutcomeMetric:
    """Change a metric's fields.

    Given `was`, the values that the actor saw, raises ConflictError when somebody else changed one of
    them meanwhile. Where a decision approved the plan, `reason` says why it changes; without it this raises
    DomainError.
    """
    metric = OutcomeMetric.objects.select_for_update(of=["self"]).select_related("initiative").get(pk=metric.pk)
    _may_measure(metric.initiative, actor)
    if was is not None:
        changes = {name: Change(was[name], to) for name, to in fields.items()}
        check_conflicts(changes, {name: getattr(metric, name) for name in fields})
    if any(getattr(metric, name) != value for name, value in fields.items()):
        note_metrics_change(metric.initiative, actor=actor, reason=reason)
    for name, value in fields.items():
        setattr(metric, name, value)
    metric.full_clean()
    metric.save(update_fields=[*fields])
    touch([metric.initiative_id])
    publish("metric.edited", actor=actor, initiative=metric.initiative, metric=metric, fields=sorted(fields))
    return metric


@transaction.atomic
def remove_outcome_metric(metric: OutcomeMetric, *, actor: User) -> None:
    """Take a metric away; its history stays. The next version of an approved plan says that it went.

    Raises DomainError for one on which something hangs that stays: measurements, claims, how they are valued, a
    confirmed baseline.
    """
    _may_measure(metric.initiative, actor)
    note_metrics_change(metric.initiative, actor=actor, reason=f"Outcome metric “{metric}” was taken away.")
    touch([metric.initiative_id])
    publish("metric.removed", actor=actor, initiative=metric.initiative, metric=metric)
    try:
        metric.delete()
    except ProtectedError as error:
        # Rows of later apps say for themselves what was done to the metric.
        words = sorted({getattr(each, "done_to_metric", "used") for each in error.protected_objects})
        done = " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
        raise DomainError(f"“{metric}” was {done}, and what was {done} stays. Edit it instead.") from error


def _may_measure(initiative: Initiative, actor: User) -> None:
    if not can_edit(actor, initiative):
        raise PermissionDenied("Its owners and the office set the outcome metrics.")
