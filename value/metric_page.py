"""The measurements of an initiative, by metric, as its tab shows them."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from portfolio.models import Initiative, OutcomeMetric

from .measurement_list import MeasurementLine, fetched
from .models import Measurement


@dataclass(frozen=True)
class MetricLines:
    """One metric with what was measured of it, the latest day first."""

    metric: OutcomeMetric
    lines: list[MeasurementLine]

    @cached_property
    def latest(self) -> MeasurementLine | None:
        """What counts as its value now: neither corrected nor rejected."""
        return next((line for line in self.lines if line.state not in ("corrected", "rejected")), None)


def measured(initiative: Initiative) -> list[MetricLines]:
    """Each metric of an initiative. Two queries."""
    lines: dict[int, list[MeasurementLine]] = defaultdict(list)
    rows = fetched(Measurement.objects.filter(metric__initiative=initiative))
    for row in rows.order_by("-measured_on", "-pk"):
        lines[row.metric_id].append(MeasurementLine(row))
    return [MetricLines(metric, lines[metric.pk]) for metric in initiative.outcome_metrics.all()]
