"""Measuring an outcome metric, and finance's word on it."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures
from portfolio.models import Initiative, OutcomeMetric

from ..models import Measurement, MeasurementAnswer
from ..permissions import CONFIRMING, MEASURING, can_answer_measurement, can_measure


@transaction.atomic
def record_measurement(
    metric: OutcomeMetric,
    *,
    actor: User,
    value: Decimal,
    measured_on: date,
    method: str,
    evidence: str = "",
    corrects: Measurement | None = None,
) -> Measurement:
    """Say what was measured on a day, in the metric's unit. With `corrects`, it takes the place of an earlier one of
    the same metric, which stays on record; finance answers it anew.

    Raises DomainError for a day to come, a day before the baseline's, no method, and a second correction of one.
    """
    metric = _locked(metric)
    if not can_measure(actor, metric.initiative):
        raise PermissionDenied(MEASURING)
    _check_day(metric, measured_on)
    if not method.strip():
        raise DomainError("Say how it was measured, so that somebody else can repeat it.", field="method")
    if corrects is not None:
        _check_correction(metric, corrects)
    measurement = Measurement(
        initiative=metric.initiative,
        metric=metric,
        value=value,
        measured_on=measured_on,
        method=method.strip(),
        evidence=evidence,
        corrects=corrects,
        recorded_by=actor,
        recorded_at=clock.now(),
    )
    measurement.full_clean()
    measurement.save()
    _tell("recorded", actor, measurement)
    return measurement


@transaction.atomic
def confirm_measurement(measurement: Measurement, *, actor: User, note: str = "") -> MeasurementAnswer:
    """Finance agrees that this was measured, against the baseline that the metric has now.

    Raises DomainError where the metric has no baseline, and for one that is answered or corrected already.
    """
    measurement = _waiting(measurement, actor)
    metric = measurement.metric
    if metric.baseline is None:
        raise DomainError("The metric has no baseline to compare with. Its owners record one first.")
    return _answer(measurement, actor, is_confirmed=True, reason=note.strip())


@transaction.atomic
def reject_measurement(measurement: Measurement, *, actor: User, reason: str) -> MeasurementAnswer:
    """Finance does not agree, and says why. The owner may correct it."""
    measurement = _waiting(measurement, actor)
    if not reason.strip():
        raise DomainError("Say why, so that the owner can mend it.", field="reason")
    return _answer(measurement, actor, is_confirmed=False, reason=reason.strip())


def _answer(measurement: Measurement, actor: User, *, is_confirmed: bool, reason: str) -> MeasurementAnswer:
    against = {name: getattr(measurement.metric, name) for name in MeasurementAnswer.AGAINST}
    answer = MeasurementAnswer(
        initiative=measurement.metric.initiative,
        measurement=measurement,
        is_confirmed=is_confirmed,
        reason=reason,
        answered_by=actor,
        answered_at=clock.now(),
        **against,
    )
    answer.save()
    _tell("confirmed" if is_confirmed else "rejected", actor, measurement)
    return answer


def _locked(metric: OutcomeMetric) -> OutcomeMetric:
    """The initiative first, as all actions do."""
    Initiative.objects.select_for_update().get(pk=metric.initiative_id)
    rows = OutcomeMetric.objects.select_for_update(of=["self"]).select_related("initiative")
    return rows.get(pk=metric.pk)


def _waiting(measurement: Measurement, actor: User) -> Measurement:
    metric = _locked(measurement.metric)
    measurement = Measurement.objects.select_related("answer__answered_by", "corrected_by").get(pk=measurement.pk)
    measurement.metric = metric
    if not can_answer_measurement(actor, measurement):
        raise PermissionDenied(CONFIRMING)
    answer = getattr(measurement, "answer", None)
    if answer is not None:
        word = "confirmed" if answer.is_confirmed else "rejected"
        raise DomainError(f"{answer.answered_by} {word} it on {figures.day(figures.local_date(answer.answered_at))}.")
    if hasattr(measurement, "corrected_by"):
        raise DomainError("A later measurement corrects this one. Answer that.")
    return measurement


def _check_day(metric: OutcomeMetric, measured_on: date) -> None:
    if measured_on > clock.today():
        raise DomainError("This day is to come. Say when it was measured.", field="measured_on")
    if metric.baseline_on and measured_on < metric.baseline_on:
        told = f"The baseline is of {figures.day(metric.baseline_on)}: what was measured before it shows no change."
        raise DomainError(told, field="measured_on")


def _check_correction(metric: OutcomeMetric, corrects: Measurement) -> None:
    if corrects.metric_id != metric.pk:
        raise DomainError("A measurement corrects one of the same metric.", field="corrects")
    if Measurement.objects.filter(corrects=corrects).exists():
        raise DomainError("It was corrected already. Correct the later one.", field="corrects")


def _tell(done: str, actor: User, measurement: Measurement) -> None:
    publish(
        f"measurement.{done}",
        actor=actor,
        initiative=measurement.metric.initiative_id,
        metric=measurement.metric_id,
        measurement=measurement,
    )
