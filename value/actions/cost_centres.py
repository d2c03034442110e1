"""Cost centres of the company's accounts, and what their costs belong to."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.models import Initiative

from ..models import CostCentre, CostCentreMapping, SharingRule
from ..permissions import KEEPING_SHARING, can_keep_sharing
from ..posting import why_not_post
from .sharing import hold_sharing


@transaction.atomic
def add_cost_centre(*, actor: User, code: str, name: str) -> CostCentre:
    """Add a cost centre, which belongs to nothing yet. Raises ValidationError for a code that is there already."""
    if not can_keep_sharing(actor):
        raise PermissionDenied(KEEPING_SHARING)
    centre = CostCentre(code=code.strip(), name=name.strip(), made_by=actor, made_at=clock.now())
    centre.full_clean()
    centre.save()
    publish("cost_centre.added", actor=actor, centre=centre)
    return centre


@transaction.atomic
def map_cost_centre(
    centre: CostCentre,
    *,
    actor: User,
    starts_on: date,
    initiative: Initiative | None = None,
    rule: SharingRule | None = None,
) -> CostCentreMapping:
    """Say what its costs belong to from a day on: an initiative, a rule, or, with neither, nothing. What was posted
    stays where it is.

    Raises PermissionDenied for all but finance for the whole company, DomainError for both at once and for an
    initiative that takes no entries.
    """
    if not can_keep_sharing(actor):
        raise PermissionDenied(KEEPING_SHARING)
    hold_sharing()
    if initiative and rule:
        raise DomainError("It belongs to an initiative or to a rule, not to both.", field="rule")
    if initiative and not Initiative.objects.visible_to(actor).filter(pk=initiative.pk).exists():
        raise DomainError("Name an initiative that you see.", field="initiative")
    if initiative and (refusal := why_not_post(initiative)):
        raise DomainError(refusal, field="initiative")
    mapping = CostCentreMapping.objects.create(
        centre=centre, starts_on=starts_on, initiative=initiative, rule=rule, mapped_by=actor, mapped_at=clock.now()
    )
    publish("cost_centre.mapped", actor=actor, centre=centre, mapping=mapping)
    return mapping
