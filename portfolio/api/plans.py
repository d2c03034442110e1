from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypedDict

from django.db.models import F, PositiveSmallIntegerField
from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.operations import Body, answers, answers_page
from aiso.api.problems import Refusal
from aiso.api.shapes import Person, named
from aiso.web.keyset import Order

from ..actions.write_plan import DAYS, REFUSAL, Seen, start_plan_version, write_plan
from ..models import Initiative, OutcomeMetric, Plan, PlanKind
from ..models.plan import PlanQuerySet
from ..permissions import can_see_money
from ..plans import MOST_MONTHS, cells_of, figures_of, latest_plan
from .below import BelowInitiative

WITHHELD = "Its plan is money: its owners, finance, the office, executives and auditors see it."
NEWEST_FIRST = Order(F("number"), PositiveSmallIntegerField(), descending=True)


class PlanLineShape(TypedDict):
    """What one kind comes to in one month, in the reporting currency."""

    month: Annotated[date, "Its first day."]
    kind: Annotated[str, PlanKind]
    amount: Decimal


class SumShape(TypedDict):
    """What one kind of benefit or cost comes to. Kinds of benefit are never added up."""

    kind: Annotated[str, PlanKind]
    a_year: Annotated[Decimal, "Its first twelve months, from its first month with an amount."]
    total: Decimal


class MetricCopyShape(TypedDict):
    """An outcome metric as it stood when the version was approved."""

    name: str
    unit: str
    category: Annotated[str, OutcomeMetric.Category]
    baseline: Decimal | None
    target: Decimal | None
    horizon_on: date | None


class PlanShape(TypedDict):
    """One version of the plan of an initiative."""

    number: int
    reason: Annotated[str, "Why the version before it changed; empty for the first."]
    starts_on: Annotated[date | None, "When work begins."]
    in_use_on: date | None
    written_by: Person | None
    written_at: datetime
    changed_at: datetime
    frozen_at: Annotated[datetime | None, "When a decision approved it; it never changes after that."]
    sums: list[SumShape]
    benefit_from: Annotated[date | None, "The first month with a benefit."]
    lines: list[PlanLineShape]
    metrics: Annotated[list[MetricCopyShape], "As approved; empty until then."]


class PlanLineBody(Body):
    month = serializers.DateField(help_text="Its first day.")
    kind = serializers.ChoiceField(PlanKind.choices)
    amount = serializers.DecimalField(
        max_digits=16, decimal_places=2, min_value=0, allow_null=True, help_text="Null takes it away."
    )


class PlanDays(Body):
    starts_on = serializers.DateField(required=False, allow_null=True)
    in_use_on = serializers.DateField(required=False, allow_null=True)


def _lines(**options: Any) -> Any:
    most = MOST_MONTHS * len(PlanKind)
    return serializers.ListSerializer(child=PlanLineBody(), max_length=most, required=False, **options)


class SeenPlan(PlanDays):
    lines = _lines(help_text="What you saw in lines that you change; null for none.")


class PlanChanges(PlanDays):
    """Lines and days that are not named stay, unless `replace` says that there are no others."""

    lines = _lines()
    replace = serializers.BooleanField(default=False, help_text="Take every line away that is not named.")
    reason = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, help_text="Asked once the newest version is approved."
    )
    was = SeenPlan(required=False, help_text="What you saw in what you change: one that is no longer so answers 409.")


class VersionReason(Body):
    reason = serializers.CharField(max_length=2000, help_text="Why the approved plan changes.")


class BelowPlanned(BelowInitiative):
    """A noun of those who see the money."""

    def with_money(self) -> Initiative:
        initiative = self.initiative()
        if not can_see_money(self.person, initiative):
            raise Refusal("forbidden", WITHHELD)
        return initiative

    def versions(self) -> PlanQuerySet:
        plans = Plan.objects.filter(initiative=self.with_money())
        return plans.select_related("written_by").prefetch_related("lines", "metrics")


class PlanOfInitiative(BelowPlanned):
    tag = "Plans"

    @answers(PlanShape)
    def list(self, request: Request, initiative: int) -> Response:
        """The newest version. For those who see its money; 404 while nothing is planned."""
        return self.answer(newest(self.with_money()))

    @action(detail=False, methods=["post"])
    @answers(PlanShape, takes=PlanChanges)
    def write(self, request: Request, initiative: int) -> Response:
        """Change amounts and days. Once it is approved, `reason` makes the next version. For its owners and the office.

        The first writing makes version 1.
        """
        self.initiative_to_edit(REFUSAL)
        with self.held_initiative(newest) as subject:
            sent = dict(self.sent)
            amounts: dict[tuple[date, str], Decimal | None] = {}
            if sent.get("replace") and (plan := latest_plan(subject)):
                amounts = dict.fromkeys(cells_of(plan.lines.all()))
            amounts |= _cells(sent.get("lines", ()))
            days = {name: sent[name] for name in DAYS if name in sent}
            seen = _seen(sent["was"]) if "was" in sent else None
            write_plan(subject, actor=self.person, amounts=amounts, days=days, reason=sent.get("reason", ""), seen=seen)
            return self.answer(newest(subject))


class PlanVersions(BelowPlanned):
    tag = "Plans"
    lookup_url_kwarg = "number"
    lookup_value_converter = "int"

    @answers_page(PlanShape)
    def list(self, request: Request, initiative: int) -> Response:
        """All versions, the newest first. For those who see its money."""
        return self.page(self.versions(), NEWEST_FIRST, drawn)

    @answers(PlanShape)
    def retrieve(self, request: Request, initiative: int, number: int) -> Response:
        """One version."""
        return self.answer(drawn(get_object_or_404(self.versions(), number=number)))

    @answers(PlanShape, status=201, takes=VersionReason)
    def create(self, request: Request, initiative: int) -> Response:
        """Begin the version after an approved one, equal to it so far. For its owners and the office."""
        plan = start_plan_version(self.initiative_to_edit(REFUSAL), actor=self.person, **self.sent)
        return self.answer(drawn(plan), status=201, location=self.address_of(plan.number))


def newest(initiative: Initiative) -> PlanShape:
    """Raises Http404 where nothing is planned yet."""
    plan = latest_plan(initiative)
    if plan is None:
        raise Http404("Nothing is planned yet.")
    return drawn(plan)


def drawn(plan: Plan) -> PlanShape:
    cells = cells_of(plan.lines.all())
    sums = figures_of(cells)
    return {
        "number": plan.number,
        "reason": plan.reason,
        "starts_on": plan.starts_on,
        "in_use_on": plan.in_use_on,
        "written_by": named(plan.written_by),
        "written_at": plan.written_at,
        "changed_at": plan.changed_at,
        "frozen_at": plan.frozen_at,
        "sums": [
            {"kind": kind.value, "a_year": sums.a_year.get(kind, Decimal(0)), "total": sums.totals[kind]}
            for kind in PlanKind
            if kind in sums.totals
        ],
        "benefit_from": sums.benefit_from,
        "lines": [{"month": month, "kind": kind, "amount": amount} for (month, kind), amount in cells.items()],
        "metrics": [
            {
                "name": copy.name,
                "unit": copy.unit,
                "category": copy.category,
                "baseline": copy.baseline,
                "target": copy.target,
                "horizon_on": copy.horizon_on,
            }
            for copy in plan.metrics.all()
        ],
    }


def _cells(lines: Iterable[dict[str, Any]]) -> dict[tuple[date, str], Decimal | None]:
    return {(line["month"], line["kind"]): line["amount"] for line in lines}


def _seen(told: dict[str, Any]) -> Seen:
    return Seen(amounts=_cells(told.get("lines", ())), days={name: told[name] for name in DAYS if name in told})
