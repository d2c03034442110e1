"""Measurements of the demonstration: outcomes that moved, some confirmed by finance, some waiting, one rejected."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import OutcomeMetric

from ..actions.measure import confirm_measurement, record_measurement, reject_measurement
from ..models import Measurement
from ..permissions import can_answer_measurement

# Days before today, share of the way from baseline to target.
READINGS = ((120, "0.15"), (60, "0.40"), (14, "0.62"))
METHOD = "Monthly report of the unit’s controlling, mean over the month, same counting as the baseline."
WHY_REJECTED = "The month has only eleven working days; take the mean over a full month."
MOST = 8


def tell_of_measurements(people: Mapping[str, User]) -> None:
    """Measure the metrics that have baseline, target and owner; the last reading of every other one waits."""
    finance = people["finance-controller"]
    metrics = OutcomeMetric.objects.filter(
        baseline__isnull=False, target__isnull=False, initiative__business_owner__is_active=True
    )
    for number, metric in enumerate(metrics.select_related("initiative__business_owner").order_by("pk")[:MOST]):
        for place, (days, share) in enumerate(READINGS):
            measured = _measure(metric, days, Decimal(share))
            if measured is None or not can_answer_measurement(finance, measured):
                continue
            if place < len(READINGS) - 1:
                confirm_measurement(measured, actor=finance)
            elif number % 4 == 1:
                reject_measurement(measured, actor=finance, reason=WHY_REJECTED)
            elif number % 4 == 2:
                confirm_measurement(measured, actor=finance)


def _measure(metric: OutcomeMetric, days: int, share: Decimal) -> Measurement | None:
    day, owner = clock.today() - timedelta(days=days), metric.initiative.business_owner
    if owner is None or metric.baseline is None or metric.target is None or metric.baseline_on is None:
        return None
    if day < metric.baseline_on:
        return None
    value = (metric.baseline + (metric.target - metric.baseline) * share).quantize(Decimal("0.1"))
    return record_measurement(metric, actor=owner, value=value, measured_on=day, method=METHOD)
