"""The measurements of an initiative, by metric, as its tab shows them, with the baseline and the checks of each."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from aiso.accounts.models import User
from portfolio.models import Initiative, OutcomeMetric

from .baselines import Baseline, baselines_of, waiting_for
from .durability import Check, Outcome
from .durability_facts import Then
from .measurement_list import MeasurementLine, fetched
from .models import Measurement


@dataclass(frozen=True)
class MetricLines:
    """One metric with what was measured of it, the latest day first."""

    metric: OutcomeMetric
    lines: list[MeasurementLine]
    baseline: Baseline
    checks: list[Check] = field(default_factory=list)
    # Where finance confirmed it only for days after the last check was due: that day.
    unchecked_since: date | None = None
    may_confirm_baseline: bool = False

    @cached_property
    def latest(self) -> MeasurementLine | None:
        """What counts as its value now: neither corrected nor rejected."""
        return next((line for line in self.lines if line.state not in ("corrected", "rejected")), None)


def measured(initiative: Initiative, person: User) -> list[MetricLines]:
    """Each metric of an initiative. Nine queries at most."""
    lines: dict[int, list[MeasurementLine]] = defaultdict(list)
    rows = fetched(Measurement.objects.filter(metric__initiative=initiative))
    for row in rows.order_by("-measured_on", "-pk"):
        lines[row.metric_id].append(MeasurementLine(row))
    metrics, then = [*initiative.outcome_metrics.all()], Then.now()
    baselines, outcomes = baselines_of(metrics), outcomes_by_metric(initiative, metrics, then)
    to_confirm = {*waiting_for(person).filter(initiative=initiative).values_list("pk", flat=True)}
    return [
        MetricLines(
            metric,
            lines[metric.pk],
            baselines[metric.pk],
            outcomes[metric.pk].checks(then.as_of) if metric.pk in outcomes else [],
            _unchecked_since(outcomes.get(metric.pk)),
            metric.pk in to_confirm,
        )
        for metric in metrics
    ]


def checks_by_metric(
    initiative: Initiative, metrics: Iterable[OutcomeMetric], then: Then | None = None
) -> dict[int, list[Check]]:
    """How the checks of each metric stand, of those that have any; now unless told. Three queries."""
    then = then or Then.now()
    outcomes = outcomes_by_metric(initiative, metrics, then)
    return {metric: checks for metric, found in outcomes.items() if (checks := found.checks(then.as_of))}


def outcomes_by_metric(initiative: Initiative, metrics: Iterable[OutcomeMetric], then: Then) -> dict[int, Outcome]:
    """The outcomes of an initiative that was launched. Three queries."""
    found = then.outcomes({(initiative.pk, metric.pk) for metric in metrics})
    return {metric: outcome for (_, metric), outcome in found.items()}


def _unchecked_since(outcome: Outcome | None) -> date | None:
    return outcome.last_due if outcome and outcome.is_never_checked else None
