from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso import clock
from aiso.api.fields import IdField
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.shapes import Person
from aiso.web.keyset import AS_MADE
from portfolio.api.below import BelowInitiative
from portfolio.api.shapes import REFERENCE
from portfolio.models import OutcomeMetric

from ..actions.baselines import confirm_baseline
from ..baselines import Baseline, baselines_of, waiting_for
from ..durability import Check
from ..durability_facts import Then
from ..metric_page import checks_by_metric
from .known_at import AsOfField, KnownAtField

STATES = ["to_come", "due", "overdue", "missed", "waiting", "held", "decayed", "lost"]
PLACES = Decimal("0.0001")


class CheckShape(TypedDict):
    """One time that a confirmed outcome is measured again."""

    months: Annotated[int, "Calendar months after launch."]
    due_on: date
    counts_nothing_from: Annotated[date, "Unless it is measured from the due day on, and before this one."]
    state: Annotated[str, {"enum": STATES}]
    share: Annotated[Decimal | None, "Of the confirmed improvement, what was left; where finance confirmed it."]
    measurement: Annotated[int | None, "What answers it."]
    gained: Annotated[Decimal | None, "The improvement measured, over the baseline that finance confirmed it against."]
    confirmed_gain: Annotated[Decimal | None, "The confirmed improvement that the share is of, over the same baseline."]
    reference_value: Annotated[Decimal | None, "What was measured when that improvement was."]
    reference_on: Annotated[date | None, "The day of it."]


class LastingShape(TypedDict):
    """Whether what finance confirmed of a metric lasts. Without checks there is nothing to measure again."""

    metric: int
    checks: list[CheckShape]


class BaselineShape(TypedDict):
    """Where a metric stood before, and who confirmed it."""

    metric: int
    initiative: Annotated[str, REFERENCE]
    baseline: Decimal | None
    baseline_on: date | None
    baseline_source: str
    unit: str
    state: Annotated[str, {"enum": ["missing", "unconfirmed", "changed", "confirmed"]}]
    confirmed_baseline: Annotated[Decimal | None, "As it was when it was confirmed."]
    confirmed_by: Person | None
    confirmed_at: datetime | None
    is_after_launch: Annotated[bool | None, "Whether it was in production when it was confirmed."]


class LastingQuery(PageQuery):
    as_of = AsOfField(help_text="What happened by then; today unless told.")
    known_at = KnownAtField()


class ConfirmedBaseline(Body):
    metric = IdField(OutcomeMetric.objects.all(), help_text="An outcome metric of this initiative.")
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class DurabilityChecks(BelowInitiative):
    tag = "Measurements"

    @answers_page(LastingShape, query=LastingQuery)
    def list(self, request: Request, initiative: int) -> Response:
        """Whether its confirmed outcomes last: the checks 3, 6 and 12 months after launch, by metric."""
        found = self.initiative()
        rows = found.outcome_metrics.all()
        then = Then(self.asked.get("as_of") or clock.today(), self.asked.get("known_at") or clock.now())
        checks = checks_by_metric(found, rows, then)
        return self.page(rows, AS_MADE, lambda row: {"metric": row.pk, "checks": _drawn(checks.get(row.pk, []))})


class InitiativeBaselines(BelowInitiative):
    tag = "Measurements"

    @answers_page(BaselineShape)
    def list(self, request: Request, initiative: int) -> Response:
        """Where its outcome metrics stood before, and who confirmed it."""
        rows = self.initiative().outcome_metrics.select_related("initiative")
        told = baselines_of(rows)
        return self.page(rows, AS_MADE, lambda row: drawn_baseline(told[row.pk]))

    @answers(BaselineShape, status=201, takes=ConfirmedBaseline)
    def create(self, request: Request, initiative: int) -> Response:
        """Confirm a baseline. For finance and the office: nobody who owns or requested it or wrote of the metric."""
        rows = self.initiative().outcome_metrics.select_related("initiative")
        metric = get_object_or_404(rows, pk=self.sent["metric"].pk)
        confirm_baseline(metric, actor=self.person, note=self.sent.get("note", ""))
        return self.answer(drawn_baseline(baselines_of([metric])[metric.pk]), status=201)


class Baselines(Noun):
    tag = "Measurements"

    @answers_page(BaselineShape)
    def list(self, request: Request) -> Response:
        """Baselines that wait and you may confirm."""
        rows = waiting_for(self.person).select_related("initiative").defer("initiative__search")
        return self.page(rows, AS_MADE, lambda row: drawn_baseline(Baseline(row, None)))


def _drawn(checks: list[Check]) -> list[CheckShape]:
    return [
        {
            "months": each.months,
            "due_on": each.due_on,
            "counts_nothing_from": each.overdue_on,
            "state": each.state,
            "share": None if each.share is None else _rounded(each.share.numerator, each.share.denominator),
            "measurement": each.answered_by.pk if each.answered_by else None,
            "gained": each.gained,
            "confirmed_gain": each.confirmed_gain,
            "reference_value": each.reference.value if each.reference else None,
            "reference_on": each.reference.measured_on if each.reference else None,
        }
        for each in checks
    ]


def _rounded(over: int, under: int) -> Decimal:
    return (Decimal(over) / under).quantize(PLACES)


def drawn_baseline(each: Baseline) -> BaselineShape:
    metric, said = each.metric, each.confirmation
    return {
        "metric": metric.pk,
        "initiative": metric.initiative.reference,
        "baseline": metric.baseline,
        "baseline_on": metric.baseline_on,
        "baseline_source": metric.baseline_source,
        "unit": metric.unit,
        "state": each.state,
        "confirmed_baseline": said.baseline if said else None,
        "confirmed_by": {"id": said.confirmed_by_id, "name": str(said.confirmed_by)} if said else None,
        "confirmed_at": said.confirmed_at if said else None,
        "is_after_launch": said.is_after_launch if said else None,
    }
