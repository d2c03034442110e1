"""What the ledger stands on: the metric catalogue, exchange rates, closed months, and which outcome metric is which."""

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
from portfolio.models import OutcomeMetric

from ..actions.catalogue import add_catalogue_metric, approve_unit_value, edit_catalogue_metric, match_metric
from ..actions.months import close_month
from ..actions.rates import record_rate
from ..comparing import Compared, compared
from ..models import BenefitType, CatalogueMetric, ClosedMonth, ExchangeRate, UnitValue


class CatalogueMetricShape(TypedDict):
    """A metric by which initiatives compare."""

    id: int
    name: str
    unit: str
    direction: Annotated[str, OutcomeMetric.Direction]
    category: Annotated[str, OutcomeMetric.Category]
    about: Annotated[str, "What counts as one."]
    is_active: bool


class UnitValueShape(TypedDict):
    """What finance says one unit is worth, in the reporting currency. The latest whose day has come holds."""

    id: int
    amount: Decimal
    benefit_type: Annotated[str, BenefitType]
    starts_on: date
    ends_on: Annotated[date | None, "Its last day; null until the next."]
    method: str
    evidence: str
    approved_by: Person
    approved_at: datetime


class RateShape(TypedDict):
    """The rate of one currency in one month."""

    id: int
    currency: str
    month: Annotated[date, "Its first day."]
    rate: Annotated[Decimal, "What one of it is in the reporting currency."]
    source: str
    recorded_by: Person
    recorded_at: datetime


class ClosedMonthShape(TypedDict):
    """A month that was closed, and with it all before."""

    id: int
    month: Annotated[date, "Its first day."]
    closed_by: Person
    closed_at: datetime


class MetricMatchShape(TypedDict):
    """What an outcome metric is in the catalogue."""

    metric: int
    entry: Annotated[int | None, "The metric of the catalogue."]
    is_comparable: Annotated[bool, "Whether it is one, and both count the same way."]
    suggested: Annotated[int | None, "Where it is none: what is most like it."]


class NewCatalogueMetric(Body):
    name = serializers.CharField(max_length=200)
    unit = serializers.CharField(max_length=40, help_text="It stays.")
    direction = serializers.ChoiceField(OutcomeMetric.Direction.choices, help_text="It stays.")
    category = serializers.ChoiceField(
        OutcomeMetric.Category.choices, required=False, help_text="A business outcome unless told."
    )
    about = serializers.CharField(max_length=500, required=False, allow_blank=True)


class CatalogueChanges(Body):
    name = serializers.CharField(max_length=200, required=False)
    category = serializers.ChoiceField(OutcomeMetric.Category.choices, required=False)
    about = serializers.CharField(max_length=500, required=False, allow_blank=True)
    is_active = serializers.BooleanField(required=False)


class NewUnitValue(Body):
    amount = serializers.DecimalField(max_digits=16, decimal_places=4, min_value=Decimal("0.0001"))
    benefit_type = serializers.ChoiceField(BenefitType.choices)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False)
    method = serializers.CharField(max_length=500)
    evidence = serializers.CharField(max_length=300)


class NewRate(Body):
    currency = serializers.RegexField("^[A-Z]{3}$")
    month = serializers.DateField(help_text="Any day of it.")
    rate = serializers.DecimalField(max_digits=18, decimal_places=8, min_value=Decimal("0.00000001"))
    source = serializers.CharField(max_length=300)  # type: ignore[assignment]


class MonthToClose(Body):
    month = serializers.DateField(help_text="Any day of it.")


class Matched(Body):
    metric = IdField(OutcomeMetric.objects.all(), help_text="An outcome metric of this initiative.")
    entry = IdField(
        CatalogueMetric.objects.all(), required=False, allow_null=True, help_text="Null: it is none of the catalogue."
    )


class RatesQuery(PageQuery):
    currency = serializers.RegexField("^[A-Z]{3}$", required=False)


class CatalogueMetrics(Noun):
    tag = "Metric catalogue"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(CatalogueMetricShape)
    def list(self, request: Request) -> Response:
        """Metrics by which initiatives compare, in the order in which they came."""
        return self.page(CatalogueMetric.objects.visible_to(self.person), AS_MADE, drawn_metric)

    @answers(CatalogueMetricShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One metric."""
        return self.answer(drawn_metric(self._one(id)))

    @answers(CatalogueMetricShape, status=201, takes=NewCatalogueMetric)
    def create(self, request: Request) -> Response:
        """Add a metric. For the office and finance for the whole company."""
        made = add_catalogue_metric(actor=self.person, **self.sent)
        return self.answer(drawn_metric(made), status=201, location=f"{request.path}{made.pk}/")

    @answers(CatalogueMetricShape, takes=CatalogueChanges)
    def partial_update(self, request: Request, id: int) -> Response:
        """Change its name, what counts, or whether it can be chosen. For the same."""
        with self.held(CatalogueMetric.objects.visible_to(self.person), id, drawn_metric) as metric:
            told = {name: getattr(metric, name) for name in ("name", "category", "about", "is_active")} | self.sent
            return self.answer(drawn_metric(edit_catalogue_metric(metric, actor=self.person, **told)))

    @action(detail=True, methods=["get"])
    @answers_page(UnitValueShape)
    def values(self, request: Request, id: int) -> Response:
        """What finance said one unit is worth, the oldest first."""
        return self.page(self._one(id).values.select_related("approved_by"), AS_MADE, drawn_value)

    @action(detail=True, methods=["post"], url_path="approve-value")
    @answers(UnitValueShape, status=201, takes=NewUnitValue)
    def approve_value(self, request: Request, id: int) -> Response:
        """Say what one unit is worth from a day on. For finance for the whole company."""
        made = approve_unit_value(self._one(id), actor=self.person, **self.sent)
        return self.answer(drawn_value(made), status=201)

    def _one(self, pk: int) -> CatalogueMetric:
        found: CatalogueMetric = get_object_or_404(CatalogueMetric.objects.visible_to(self.person), pk=pk)
        return found


class ExchangeRates(Noun):
    tag = "Ledger"

    @answers_page(RateShape, query=RatesQuery)
    def list(self, request: Request) -> Response:
        """Rates as they were recorded; of one currency and month the last word holds."""
        wanted = {"currency": self.asked["currency"]} if self.asked.get("currency") else {}
        rows = ExchangeRate.objects.visible_to(self.person).filter(**wanted)
        return self.page(rows.select_related("recorded_by"), AS_MADE, drawn_rate)

    @answers(RateShape, status=201, takes=NewRate)
    def create(self, request: Request) -> Response:
        """Say what a currency was in a month. For finance for the whole company."""
        return self.answer(drawn_rate(record_rate(actor=self.person, **self.sent)), status=201)


class ClosedMonths(Noun):
    tag = "Ledger"

    @answers_page(ClosedMonthShape)
    def list(self, request: Request) -> Response:
        """Months that finance closed, the oldest first."""
        rows = ClosedMonth.objects.visible_to(self.person).select_related("closed_by")
        return self.page(rows, AS_MADE, drawn_month)

    @answers(ClosedMonthShape, status=201, takes=MonthToClose)
    def create(self, request: Request) -> Response:
        """Close a month, and with it all before, for good. For finance for the whole company."""
        return self.answer(drawn_month(close_month(self.sent["month"], actor=self.person)), status=201)


class ComparedMetrics(BelowInitiative):
    tag = "Metric catalogue"

    @answers_page(MetricMatchShape)
    def list(self, request: Request, initiative: int) -> Response:
        """What its outcome metrics are in the catalogue."""
        rows = self.initiative().outcome_metrics.all()
        told = {each.metric.pk: each for each in compared(rows)}
        return self.page(rows, AS_MADE, lambda row: drawn_compared(told[row.pk]))

    @answers(MetricMatchShape, takes=Matched)
    def create(self, request: Request, initiative: int) -> Response:
        """Say which metric of the catalogue an outcome metric is. For its owners and the office."""
        metric = get_object_or_404(self.initiative().outcome_metrics, pk=self.sent["metric"].pk)
        match_metric(metric, self.sent.get("entry"), actor=self.person)
        return self.answer(drawn_compared(compared([metric])[0]))


def _person(person: Any) -> Person:
    return {"id": person.pk, "name": str(person)}


def drawn_metric(metric: CatalogueMetric) -> CatalogueMetricShape:
    return {
        "id": metric.pk,
        "name": metric.name,
        "unit": metric.unit,
        "direction": metric.direction,
        "category": metric.category,
        "about": metric.about,
        "is_active": metric.is_active,
    }


def drawn_value(value: UnitValue) -> UnitValueShape:
    return {
        "id": value.pk,
        "amount": value.amount,
        "benefit_type": value.benefit_type,
        "starts_on": value.starts_on,
        "ends_on": value.ends_on,
        "method": value.method,
        "evidence": value.evidence,
        "approved_by": _person(value.approved_by),
        "approved_at": value.approved_at,
    }


def drawn_rate(rate: ExchangeRate) -> RateShape:
    return {
        "id": rate.pk,
        "currency": rate.currency,
        "month": rate.month,
        "rate": rate.rate,
        "source": rate.source,
        "recorded_by": _person(rate.recorded_by),
        "recorded_at": rate.recorded_at,
    }


def drawn_month(closed: ClosedMonth) -> ClosedMonthShape:
    return {
        "id": closed.pk,
        "month": closed.month,
        "closed_by": _person(closed.closed_by),
        "closed_at": closed.closed_at,
    }


def drawn_compared(each: Compared) -> MetricMatchShape:
    return {
        "metric": each.metric.pk,
        "entry": each.link.entry_id if each.link else None,
        "is_comparable": each.is_comparable,
        "suggested": each.suggested.pk if each.suggested else None,
    }
