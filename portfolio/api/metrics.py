from datetime import date
from decimal import Decimal
from typing import Annotated, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.operations import Body, answers, answers_page
from aiso.web.keyset import AS_MADE

from ..actions.measure_outcomes import add_outcome_metric, edit_outcome_metric, remove_outcome_metric
from ..models import OutcomeMetric
from .below import BelowInitiative

REFUSAL = "Its owners and the office set the outcome metrics."


class MetricShape(TypedDict):
    """A figure that the initiative is to move, from a baseline to a target."""

    id: int
    name: str
    unit: Annotated[str, "What one is, e.g. days, % or stops a month."]
    direction: Annotated[str, OutcomeMetric.Direction]
    category: Annotated[str, OutcomeMetric.Category]
    baseline: Decimal | None
    baseline_on: date | None
    baseline_source: str
    target: Decimal | None
    horizon_on: Annotated[date | None, "When the target is to be met."]
    constraint: Annotated[str, "What must not get worse meanwhile."]


def _figure() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=18, decimal_places=4, required=False, allow_null=True)


def _reason() -> serializers.CharField:
    told = "Why it changes; asked where a decision approved the plan, which holds the metrics."
    return serializers.CharField(max_length=2000, required=False, help_text=told)


class MetricFacts(Body):
    """A baseline needs its date and its source."""

    name = serializers.CharField(max_length=200)
    unit = serializers.CharField(max_length=40)
    direction = serializers.ChoiceField(OutcomeMetric.Direction.choices)
    category = serializers.ChoiceField(
        OutcomeMetric.Category.choices,
        required=False,
        help_text="Where it stands on the scorecard; a business outcome unless told.",
    )
    baseline = _figure()
    baseline_on = serializers.DateField(required=False, allow_null=True)
    baseline_source = serializers.CharField(max_length=300, required=False, allow_blank=True)
    target = _figure()
    horizon_on = serializers.DateField(required=False, allow_null=True)
    constraint = serializers.CharField(max_length=300, required=False, allow_blank=True)


class MetricAdded(MetricFacts):
    reason = _reason()


class MetricChanges(MetricFacts):
    reason = _reason()
    was = MetricFacts(
        required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409."
    )


class Metrics(BelowInitiative):
    tag = "Outcome metrics"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(MetricShape)
    def list(self, request: Request, initiative: int) -> Response:
        """What it is to move."""
        return self.page(self.initiative().outcome_metrics.all(), AS_MADE, drawn)

    @answers(MetricShape)
    def retrieve(self, request: Request, initiative: int, id: int) -> Response:
        """One metric."""
        return self.answer(drawn(get_object_or_404(self.initiative().outcome_metrics, pk=id)))

    @answers(MetricShape, status=201, takes=MetricAdded)
    def create(self, request: Request, initiative: int) -> Response:
        """Add a metric. For its owners and the office."""
        metric = add_outcome_metric(self.initiative_to_edit(REFUSAL), actor=self.person, **self.sent)
        return self.answer(drawn(metric), status=201, location=self.address_of(metric.pk))

    @answers(MetricShape, takes=MetricChanges)
    def partial_update(self, request: Request, initiative: int, id: int) -> Response:
        """Change a metric. For its owners and the office."""
        metrics = self.initiative_to_edit(REFUSAL).outcome_metrics.all()
        with self.held(metrics, id, drawn) as metric:
            sent = dict(self.sent)
            seen, reason = sent.pop("was", {}), sent.pop("reason", "")
            was = {name: seen.get(name, getattr(metric, name)) for name in sent}
            return self.answer(drawn(edit_outcome_metric(metric, actor=self.person, was=was, reason=reason, **sent)))

    @answers(None, status=204)
    def destroy(self, request: Request, initiative: int, id: int) -> Response:
        """Take a metric away; its history stays. For its owners and the office."""
        with self.held(self.initiative_to_edit(REFUSAL).outcome_metrics.all(), id, drawn) as metric:
            remove_outcome_metric(metric, actor=self.person)
        return Response(status=204)


def drawn(metric: OutcomeMetric) -> MetricShape:
    return {
        "id": metric.pk,
        "name": metric.name,
        "unit": metric.unit,
        "direction": metric.direction,
        "category": metric.category,
        "baseline": metric.baseline,
        "baseline_on": metric.baseline_on,
        "baseline_source": metric.baseline_source,
        "target": metric.target,
        "horizon_on": metric.horizon_on,
        "constraint": metric.constraint,
    }
