from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import IdField
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.shapes import Person
from aiso.web.keyset import AS_MADE
from portfolio.api.below import BelowInitiative
from portfolio.api.shapes import REFERENCE
from portfolio.models import OutcomeMetric

from ..actions.measure import confirm_measurement, record_measurement, reject_measurement
from ..measurement_list import STATES, fetched, in_state, state_of
from ..models import Measurement, MeasurementQuerySet
from ..progress import progress
from ..work import answerable_by


class MeasurementShape(TypedDict):
    """One value of an outcome metric on one day, and what finance said of it."""

    id: int
    initiative: Annotated[str, REFERENCE]
    metric: int
    value: Annotated[Decimal, "In the metric's unit."]
    measured_on: date
    method: str
    evidence: str
    corrects: Annotated[int | None, "The measurement whose place it takes."]
    state: Annotated[str, {"enum": ["waiting", "confirmed", "rejected", "corrected", "outdated"]}]
    gained: Annotated[Decimal | None, "Improvement over the baseline; negative where it got worse."]
    recorded_by: Person
    recorded_at: datetime
    answered_by: Person | None
    answered_at: datetime | None
    reason: Annotated[str, "What finance said."]


class MeasurementsQuery(PageQuery):
    state = serializers.ChoiceField(
        choices=[*STATES], default="all", help_text="`mine` is what waits and you may answer."
    )


class NewMeasurement(Body):
    metric = IdField(OutcomeMetric.objects.all(), help_text="An outcome metric of this initiative.")
    value = serializers.DecimalField(max_digits=18, decimal_places=4)
    measured_on = serializers.DateField()
    method = serializers.CharField(max_length=500)
    evidence = serializers.URLField(max_length=1000, required=False, allow_blank=True)
    corrects = IdField(
        Measurement.objects.all(), required=False, help_text="An earlier measurement of the metric that was wrong."
    )


class Confirmed(Body):
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class Rejected(Body):
    reason = serializers.CharField(max_length=1000)


class InitiativeMeasurements(BelowInitiative):
    tag = "Measurements"

    @answers_page(MeasurementShape)
    def list(self, request: Request, initiative: int) -> Response:
        """What was measured of its outcome metrics."""
        return self.page(fetched(self._rows()), AS_MADE, drawn)

    @answers(MeasurementShape, status=201, takes=NewMeasurement)
    def create(self, request: Request, initiative: int) -> Response:
        """Record what was measured. For its owners and the office."""
        sent: dict[str, Any] = dict(self.sent)
        metric = get_object_or_404(self.initiative().outcome_metrics, pk=sent.pop("metric").pk)
        if corrects := sent.get("corrects"):
            sent["corrects"] = get_object_or_404(self._rows(), pk=corrects.pk)
        made = record_measurement(metric, actor=self.person, **sent)
        shown = fetched(Measurement.objects.all()).get(pk=made.pk)
        return self.answer(drawn(shown), status=201, location=f"/api/v1/measurements/{made.pk}/")

    def _rows(self) -> MeasurementQuerySet:
        return Measurement.objects.filter(metric__initiative=self.initiative())


class Measurements(Noun):
    tag = "Measurements"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(MeasurementShape, query=MeasurementsQuery)
    def list(self, request: Request) -> Response:
        """What was measured, the oldest first."""
        state = self.asked["state"]
        rows = answerable_by(self.person) if state == "mine" else self._visible().filter(in_state(state))
        return self.page(fetched(rows), AS_MADE, drawn)

    @answers(MeasurementShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One measurement."""
        return self.answer(drawn(self._one(id)))

    @action(detail=True, methods=["post"])
    @answers(MeasurementShape, takes=Confirmed)
    def confirm(self, request: Request, id: int) -> Response:
        """Agree that this was measured. For a finance controller who neither measured nor owns it."""
        return self._done(id, lambda it: confirm_measurement(it, actor=self.person, **self.sent))

    @action(detail=True, methods=["post"])
    @answers(MeasurementShape, takes=Rejected)
    def reject(self, request: Request, id: int) -> Response:
        """Say why it cannot be confirmed. For the same."""
        return self._done(id, lambda it: reject_measurement(it, actor=self.person, **self.sent))

    def _done(self, pk: int, deed: Callable[[Measurement], Any]) -> Response:
        deed(self._one(pk))
        return self.answer(drawn(self._one(pk)))

    def _one(self, pk: int) -> Measurement:
        return get_object_or_404(fetched(self._visible()), pk=pk)

    def _visible(self) -> MeasurementQuerySet:
        return Measurement.objects.visible_to(self.person)


def drawn(measurement: Measurement) -> MeasurementShape:
    metric, answer = measurement.metric, getattr(measurement, "answer", None)
    way = progress(metric, measurement.value)
    return {
        "id": measurement.pk,
        "initiative": metric.initiative.reference,
        "metric": metric.pk,
        "value": measurement.value,
        "measured_on": measurement.measured_on,
        "method": measurement.method,
        "evidence": measurement.evidence,
        "corrects": measurement.corrects_id,
        "state": state_of(measurement),
        "gained": way.gained if way else None,
        "recorded_by": {"id": measurement.recorded_by_id, "name": str(measurement.recorded_by)},
        "recorded_at": measurement.recorded_at,
        "answered_by": {"id": answer.answered_by_id, "name": str(answer.answered_by)} if answer else None,
        "answered_at": answer.answered_at if answer else None,
        "reason": answer.reason if answer else "",
    }
