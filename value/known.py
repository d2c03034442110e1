"""The known fact that value adds to the gates: a metric improved, and finance agrees (DESIGN §4, value fit)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.urls import reverse

from aiso.web import figures
from portfolio.models import Initiative, OutcomeMetric
from stagegates.known import Known, KnownFact, register_known

from .models import Measurement
from .progress import progress

FACT = "measured-improvement"


def register_facts() -> None:
    register_known(KnownFact(FACT, "An outcome metric improved, confirmed by finance", improvements))


def improvements(rows: Sequence[Initiative]) -> dict[int, Known]:
    """Whether the latest measurement of a metric is better than its baseline, and confirmed. Two queries."""
    ids = [row.pk for row in rows]
    metrics: dict[int, list[OutcomeMetric]] = defaultdict(list)
    for metric in OutcomeMetric.objects.filter(initiative__in=ids).order_by("pk"):
        metrics[metric.initiative_id].append(metric)
    latest = latest_of(metric.pk for found in metrics.values() for metric in found)
    return {row.pk: _known(row, metrics[row.pk], latest) for row in rows}


def latest_of(metrics: Iterable[int]) -> dict[int, Measurement]:
    """By metric, the measurement of its latest day that nothing corrects and finance did not reject, with its answer.
    One query.
    """
    rows = Measurement.objects.current().filter(metric__in=[*metrics]).exclude(answer__is_confirmed=False)
    found = rows.order_by("metric_id", "-measured_on", "-pk").distinct("metric_id").select_related("metric", "answer")
    return {row.metric_id: row for row in found}


def _known(row: Initiative, metrics: list[OutcomeMetric], latest: dict[int, Measurement]) -> Known:
    tab = f"{reverse('value:initiative_measurements', args=[row.reference])}#tab"
    if not metrics:
        url = reverse("portfolio:metric_add", args=[row.reference])
        return Known(False, "No outcome metric yet", url, "Add", in_dialog=True)
    measured = [latest[metric.pk] for metric in metrics if metric.pk in latest]
    if not measured:
        return Known(False, f"Nothing is measured yet: {metrics[0].name}", tab, "Measure")
    told = [_told(each) for each in measured]
    for is_met, says in sorted(told, reverse=True):
        return Known(is_met, says, tab, "See measurements")
    raise AssertionError("there is at least one")


def _told(measurement: Measurement) -> tuple[bool, str]:
    metric, answer = measurement.metric, getattr(measurement, "answer", None)
    gained = progress(metric, measurement.value)
    says = f"{metric.name}: {figures.measured(measurement.value)} on {figures.day(measurement.measured_on)}"
    if gained is None:
        return False, f"{says}, and no baseline to compare with"
    says = f"{says}, from {figures.measured(metric.baseline)}"
    if not gained.is_better:
        return False, f"{says}: no improvement"
    if answer is None:
        return False, f"{says}; waits for finance"
    if not answer.holds:
        return False, f"{says}; the metric changed since finance confirmed it"
    return True, f"{says}; confirmed by finance"
