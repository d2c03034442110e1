"""Confirming where an outcome metric stood before."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures
from portfolio.models import Initiative, OutcomeMetric

from ..baselines import latest_confirmation
from ..durability_facts import Then
from ..models import BaselineConfirmation
from ..permissions import BASING, can_confirm_baseline


@transaction.atomic
def confirm_baseline(metric: OutcomeMetric, *, actor: User, note: str = "") -> BaselineConfirmation:
    """Agree that the metric stood there before, as it is now: value, date, source, unit and direction. Made once the
    initiative was in production, the confirmation says so.

    Raises PermissionDenied for owners, deputies, the requester, whoever wrote of the metric and all but finance and the
    office; DomainError where there is no baseline, or it is confirmed.
    """
    initiative = Initiative.objects.select_for_update(of=["self"]).defer("search").get(pk=metric.initiative_id)
    metric = OutcomeMetric.objects.select_for_update(of=["self"]).get(pk=metric.pk)
    metric.initiative = initiative
    if not can_confirm_baseline(actor, metric):
        raise PermissionDenied(BASING)
    if metric.baseline is None:
        raise DomainError("The metric has no baseline. Its owners record one first.")
    if initiative.is_off_register:
        raise DomainError("The initiative is not on the register.")
    earlier = latest_confirmation(metric)
    if earlier and earlier.holds_for(metric):
        day = figures.day(figures.local_date(earlier.confirmed_at))
        raise DomainError(f"{earlier.confirmed_by} confirmed it on {day}.")
    confirmation = BaselineConfirmation.objects.create(
        initiative=initiative,
        metric=metric,
        is_after_launch=initiative.pk in Then.now().launches([initiative.pk]),
        note=note.strip(),
        confirmed_by=actor,
        confirmed_at=clock.now(),
        **{name: getattr(metric, name) for name in BaselineConfirmation.AGAINST},
    )
    publish("baseline.confirmed", actor=actor, initiative=initiative, metric=metric, confirmation=confirmation)
    return confirmation
