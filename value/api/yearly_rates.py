from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, TypedDict

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.nouns import Noun
from aiso.api.operations import Body, answers, answers_page
from aiso.api.shapes import Person
from aiso.web.keyset import AS_MADE

from ..actions.yearly_rate import MOST, record_yearly_rate
from ..models import YearlyRate


class YearlyRateShape(TypedDict):
    """What net present value is discounted by from a day on."""

    id: int
    per_cent: Decimal
    starts_on: date
    source: Annotated[str, "Where it comes from."]
    recorded_by: Person
    recorded_at: datetime


class NewYearlyRate(Body):
    per_cent = serializers.DecimalField(max_digits=5, decimal_places=2, min_value=Decimal(0), max_value=Decimal(MOST))
    starts_on = serializers.DateField()
    source = serializers.CharField(max_length=300)  # type: ignore[assignment]


class YearlyRates(Noun):
    tag = "Ledger"

    @answers_page(YearlyRateShape)
    def list(self, request: Request) -> Response:
        """Rates as they were said; of one day the last word holds, until the next rate begins."""
        rows = YearlyRate.objects.visible_to(self.person).select_related("recorded_by")
        return self.page(rows, AS_MADE, drawn_yearly_rate)

    @answers(YearlyRateShape, status=201, takes=NewYearlyRate)
    def create(self, request: Request) -> Response:
        """Say what is discounted by from a day on. For finance for the whole company."""
        return self.answer(drawn_yearly_rate(record_yearly_rate(actor=self.person, **self.sent)), status=201)


def drawn_yearly_rate(rate: YearlyRate) -> YearlyRateShape:
    return {
        "id": rate.pk,
        "per_cent": rate.per_cent,
        "starts_on": rate.starts_on,
        "source": rate.source,
        "recorded_by": {"id": rate.recorded_by_id, "name": str(rate.recorded_by)},
        "recorded_at": rate.recorded_at,
    }
