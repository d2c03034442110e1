"""The outcome metrics of an initiative: what it is to move, from where to where."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso.accounts.models import User
from aiso.events.outbox import publish

from ..models import Initiative, OutcomeMetric
from ..permissions import can_edit
from .edit_initiative import Change, check_conflicts, touch


@transaction.atomic
def add_outcome_metric(initiative: Initiative, *, actor: User, **fields: Any) -> OutcomeMetric:
    """Add a metric. Raises ValidationError for a baseline without date and source, or a name used before."""
    _may_measure(initiative, actor)
    metric = OutcomeMetric(initiative=initiative, **fields)
    metric.full_clean()
    metric.save()
    touch([initiative.pk])
    publish("metric.added", actor=actor, initiative=initiative, metric=metric)
    return metric


@transaction.atomic
def edit_outcome_metric(
    metric: OutcomeMetric, *, actor: User, was: Mapping[str, Any] | None = None, **fields: Any
) -> OutcomeMetric:
    """Change a metric's fields.

    Given `was`, the values that the actor saw, raises ConflictError when somebody else changed one of
    them meanwhile.
    """
    metric = OutcomeMetric.objects.select_for_update(of=["self"]).select_related("initiative").get(pk=metric.pk)
    _may_measure(metric.initiative, actor)
    if was is not None:
        changes = {name: Change(was[name], to) for name, to in fields.items()}
        check_conflicts(changes, {name: getattr(metric, name) for name in fields})
    for name, value in fields.items():
        setattr(metric, name, value)
    metric.full_clean()
    metric.save(update_fields=[*fields])
    touch([metric.initiative_id])
    publish("metric.edited", actor=actor, initiative=metric.initiative, metric=metric, fields=sorted(fields))
    return metric


@transaction.atomic
def remove_outcome_metric(metric: OutcomeMetric, *, actor: User) -> None:
    """Take a metric away; its history stays."""
    _may_measure(metric.initiative, actor)
    touch([metric.initiative_id])
    publish("metric.removed", actor=actor, initiative=metric.initiative, metric=metric)
    metric.delete()


def _may_measure(initiative: Initiative, actor: User) -> None:
    if not can_edit(actor, initiative):
        raise PermissionDenied("Its owners and the office set the outcome metrics.")
