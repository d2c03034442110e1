"""Keeping the catalogue of metrics: what there is, what finance says one unit is worth, and which outcome metric is
which.
"""

from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.models import Initiative, OutcomeMetric

from ..models import CatalogueLink, CatalogueMetric, UnitValue
from ..models.catalogue import counts_alike
from ..permissions import KEEPING, LINKING, VALUING, can_keep_catalogue, can_link, is_finance


@transaction.atomic
def add_catalogue_metric(
    *, actor: User, name: str, unit: str, direction: str, about: str = "", category: str = ""
) -> CatalogueMetric:
    """Add a metric by which initiatives compare, a business outcome unless told. Raises ValidationError for a name that
    is there already.
    """
    if not can_keep_catalogue(actor):
        raise PermissionDenied(KEEPING)
    metric = CatalogueMetric(name=name.strip(), unit=unit.strip(), direction=direction, about=about.strip())
    metric.category = category or metric.category
    metric.full_clean()
    metric.save()
    publish("catalogue.added", actor=actor, metric=metric)
    return metric


@transaction.atomic
def edit_catalogue_metric(
    metric: CatalogueMetric, *, actor: User, name: str, about: str, is_active: bool, category: str = ""
) -> CatalogueMetric:
    """Change what it is called, what counts, where it stands on scorecards (as before unless told), and whether it can
    be chosen. Unit and direction stay.
    """
    if not can_keep_catalogue(actor):
        raise PermissionDenied(KEEPING)
    metric = CatalogueMetric.objects.select_for_update().get(pk=metric.pk)
    metric.name, metric.about, metric.is_active = name.strip(), about.strip(), is_active
    metric.category = category or metric.category
    metric.full_clean()
    metric.save(update_fields=["name", "category", "about", "is_active"])
    publish("catalogue.edited", actor=actor, metric=metric)
    return metric


@transaction.atomic
def approve_unit_value(
    metric: CatalogueMetric,
    *,
    actor: User,
    amount: Decimal,
    benefit_type: str,
    starts_on: date,
    method: str,
    evidence: str,
    ends_on: date | None = None,
) -> UnitValue:
    """Say, as finance, what one unit is worth from a day on, in the reporting currency. The latest word holds; what was
    posted keeps the value that it was posted by.

    Raises PermissionDenied for all but finance for the whole company, DomainError for a metric out of use.
    """
    if not is_finance(actor):
        raise PermissionDenied(VALUING)
    metric = CatalogueMetric.objects.select_for_update().get(pk=metric.pk)
    if not metric.is_active:
        raise DomainError("This metric is out of use.")
    value = UnitValue(
        metric=metric,
        amount=amount,
        benefit_type=benefit_type,
        starts_on=starts_on,
        ends_on=ends_on,
        method=method.strip(),
        evidence=evidence.strip(),
        approved_by=actor,
        approved_at=clock.now(),
    )
    value.full_clean()
    value.save()
    publish("catalogue.valued", actor=actor, metric=metric, value=value)
    return value


@transaction.atomic
def match_metric(metric: OutcomeMetric, entry: CatalogueMetric | None, *, actor: User) -> CatalogueLink | None:
    """Say which metric of the catalogue an outcome metric is; None says that it is none, and so not comparable.

    Raises PermissionDenied for all but owners and office, DomainError where both count differently.
    """
    Initiative.objects.select_for_update(of=["self"]).defer("search").get(pk=metric.initiative_id)
    metric = OutcomeMetric.objects.select_related("initiative").get(pk=metric.pk)
    if not can_link(actor, metric.initiative):
        raise PermissionDenied(LINKING)
    if entry is None:
        CatalogueLink.objects.filter(metric=metric).delete()
        publish("metric.unmatched", actor=actor, initiative=metric.initiative, metric=metric)
        return None
    if not entry.is_active:
        raise DomainError("This metric of the catalogue is out of use.", field="entry")
    if not counts_alike(metric, entry):
        told = f"It counts {metric.unit}, {metric.get_direction_display().lower()}"
        other = f"the catalogue’s {entry.unit}, {entry.get_direction_display().lower()}"
        raise DomainError(f"{told}; {other}. Make them the same first.", field="entry")
    link, _ = CatalogueLink.objects.update_or_create(
        metric=metric, defaults={"entry": entry, "linked_by": actor, "linked_at": clock.now()}
    )
    publish("metric.matched", actor=actor, initiative=metric.initiative, metric=metric, entry=entry)
    return link
