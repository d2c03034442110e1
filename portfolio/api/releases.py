from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypedDict

from django.db import transaction
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import IdField
from aiso.api.operations import Body, answers, answers_page
from aiso.api.shapes import Named, Person, named
from aiso.web.keyset import AS_MADE

from ..actions.record_releases import (
    add_criterion,
    change_criterion,
    change_release,
    mark_released,
    record_release,
    record_result,
    remove_criterion,
)
from ..models import Initiative, Release, ReleaseCriterion
from ..releases import Verdict, line_of, standing_of
from .below import BelowInitiative


class StandingShape(TypedDict):
    """How a release stands against what it has to meet."""

    is_met: Annotated[bool, "There are criteria, and all that must be met are."]
    met: int
    not_met: int
    not_measured: int
    stopping: Annotated[list[str], "The required criteria that are not met, by name."]


class ReleaseShape(TypedDict):
    """A release to users. What it has to meet is at `releases/{id}/criteria/`."""

    id: int
    name: Annotated[str, "The version."]
    scope: Annotated[str, "For whom."]
    planned_on: date | None
    volume_share: Annotated[Decimal | None, "Per cent of all cases that it handles."]
    rollback: Annotated[str, "How it is taken back."]
    notes: str
    recorded_by: Person
    recorded_at: datetime
    released_on: Annotated[date | None, "Null while it is not out."]
    released_by: Named | None
    despite: Annotated[str, "The risk owner's reason where not all was met."]
    standing: StandingShape


class CriterionShape(TypedDict):
    """One thing that a release has to meet, and what was measured."""

    id: int
    name: str
    category: Annotated[str, ReleaseCriterion.Category]
    demand: Annotated[str, ReleaseCriterion.Demand]
    threshold: Annotated[Decimal | None, "Exactly the threshold meets it. Null where a yes is asked."]
    unit: str
    is_required: Annotated[bool, "Not met, it stops the release."]
    result: Decimal | None
    answer: Annotated[bool | None, "The result where a yes is asked."]
    measured_on: date | None
    evidence: str
    verdict: Annotated[str, {"enum": [*Verdict]}]


def _figure() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=18, decimal_places=4, required=False, allow_null=True)


class ReleaseFacts(Body):
    name = serializers.CharField(max_length=120)
    scope = serializers.CharField(max_length=300)
    planned_on = serializers.DateField(required=False, allow_null=True)
    volume_share = serializers.DecimalField(
        max_digits=5,
        decimal_places=2,
        min_value=Decimal(0),
        max_value=Decimal(100),
        required=False,
        allow_null=True,
    )
    rollback = serializers.CharField(max_length=500, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=5000, required=False, allow_blank=True)


class NewRelease(ReleaseFacts):
    like = IdField(Release.objects.all(), required=False, help_text="Begin with the criteria of this earlier one.")


class ReleaseChanges(ReleaseFacts):
    was = ReleaseFacts(
        required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409."
    )


class ReleaseOut(Body):
    released_on = serializers.DateField(required=False, help_text="Today unless told.")
    despite = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, help_text="Why, where not all was met; the risk owner's."
    )


class CriterionFacts(Body):
    name = serializers.CharField(max_length=200)
    category = serializers.ChoiceField(ReleaseCriterion.Category.choices)
    demand = serializers.ChoiceField(ReleaseCriterion.Demand.choices)
    threshold = _figure()
    unit = serializers.CharField(max_length=40, required=False, allow_blank=True)
    is_required = serializers.BooleanField(required=False)


class CriterionChanges(CriterionFacts):
    was = CriterionFacts(
        required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409."
    )


class CriterionResult(Body):
    result = _figure()
    answer = serializers.BooleanField(required=False, allow_null=True, default=None)
    measured_on = serializers.DateField(required=False, help_text="Today unless told.")
    evidence = serializers.URLField(max_length=1000, required=False, allow_blank=True)


class Releases(BelowInitiative):
    tag = "Releases"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(ReleaseShape)
    def list(self, request: Request, initiative: int) -> Response:
        """Its releases, planned and out."""
        return self.page(self._rows(), AS_MADE, drawn)

    @answers(ReleaseShape)
    def retrieve(self, request: Request, initiative: int, id: int) -> Response:
        """One release."""
        return self.answer(drawn(get_object_or_404(self._rows(), pk=id)))

    @answers(ReleaseShape, status=201, takes=NewRelease)
    def create(self, request: Request, initiative: int) -> Response:
        """Record a release. For its owners and the office."""
        made = record_release(self.initiative(), actor=self.person, **self.sent)
        return self.answer(drawn(made), status=201, location=self.address_of(made.pk))

    @answers(ReleaseShape, takes=ReleaseChanges)
    def partial_update(self, request: Request, initiative: int, id: int) -> Response:
        """Change a release that is not out. For its owners and the office."""
        sent = dict(self.sent)
        return self._done(id, change_release, seen=sent.pop("was", {}), **sent)

    @action(detail=True, methods=["post"])
    @answers(ReleaseShape, takes=ReleaseOut)
    def release(self, request: Request, initiative: int, id: int) -> Response:
        """Say that it is out. For its owners and the office; where not all is met, for the risk owner with a reason."""
        return self._done(id, mark_released, **self.sent)

    def _done(self, pk: int, deed: Any, **how: Any) -> Response:
        with transaction.atomic():
            # The initiative is locked first, as actions do.
            Initiative.objects.select_for_update().get(pk=self.initiative().pk)
            with self.held(self._rows(), pk, drawn) as release:
                return self.answer(drawn(deed(release, actor=self.person, **how)))

    def _rows(self) -> Any:
        rows = Release.objects.filter(initiative=self.initiative()).prefetch_related("criteria")
        return rows.select_related("initiative", "recorded_by", "released_by")


class Criteria(BelowInitiative):
    tag = "Releases"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(CriterionShape)
    def list(self, request: Request, initiative: int, release: int) -> Response:
        """What a release has to meet, and what was measured."""
        return self.page(self._release().criteria.all(), AS_MADE, criterion_drawn)

    @answers(CriterionShape)
    def retrieve(self, request: Request, initiative: int, release: int, id: int) -> Response:
        """One criterion."""
        return self.answer(criterion_drawn(get_object_or_404(self._release().criteria, pk=id)))

    @answers(CriterionShape, status=201, takes=CriterionFacts)
    def create(self, request: Request, initiative: int, release: int) -> Response:
        """Say what it has to meet. For its owners and the office."""
        added = add_criterion(self._release(), actor=self.person, **self.sent)
        return self.answer(criterion_drawn(added), status=201, location=self.address_of(added.pk))

    @answers(CriterionShape, takes=CriterionChanges)
    def partial_update(self, request: Request, initiative: int, release: int, id: int) -> Response:
        """Change what has to be met, while the release is not out. For its owners and the office."""
        sent = dict(self.sent)
        return self._done(id, change_criterion, seen=sent.pop("was", {}), **sent)

    @action(detail=True, methods=["post"])
    @answers(CriterionShape, takes=CriterionResult)
    def result(self, request: Request, initiative: int, release: int, id: int) -> Response:
        """Say what was measured; with neither figure nor answer, take it back. For its owners and the office."""
        return self._done(id, record_result, **self.sent)

    @answers(None, status=204)
    def destroy(self, request: Request, initiative: int, release: int, id: int) -> Response:
        """Take a criterion off a release that is not out. For its owners and the office."""
        remove_criterion(get_object_or_404(self._criteria(), pk=id), actor=self.person)
        return Response(status=204)

    def _done(self, pk: int, deed: Any, **how: Any) -> Response:
        with transaction.atomic():
            Initiative.objects.select_for_update().get(pk=self.initiative().pk)
            with self.held(self._criteria(), pk, criterion_drawn) as criterion:
                return self.answer(criterion_drawn(deed(criterion, actor=self.person, **how)))

    def _release(self) -> Release:
        rows = Release.objects.filter(initiative=self.initiative()).select_related("initiative")
        return get_object_or_404(rows, pk=self.kwargs["release"])

    def _criteria(self) -> Any:
        return self._release().criteria.select_related("release__initiative")


def drawn(release: Release) -> ReleaseShape:
    standing = standing_of(release)
    return {
        "id": release.pk,
        "name": release.name,
        "scope": release.scope,
        "planned_on": release.planned_on,
        "volume_share": release.volume_share,
        "rollback": release.rollback,
        "notes": release.notes,
        "recorded_by": {"id": release.recorded_by_id, "name": str(release.recorded_by)},
        "recorded_at": release.recorded_at,
        "released_on": release.released_on,
        "released_by": named(release.released_by),
        "despite": release.despite,
        "standing": {
            "is_met": standing.is_met,
            "met": standing.met,
            "not_met": standing.not_met,
            "not_measured": standing.not_measured,
            "stopping": [line.criterion.name for line in standing.stopping],
        },
    }


def criterion_drawn(criterion: ReleaseCriterion) -> CriterionShape:
    return {
        "id": criterion.pk,
        "name": criterion.name,
        "category": criterion.category,
        "demand": criterion.demand,
        "threshold": criterion.threshold,
        "unit": criterion.unit,
        "is_required": criterion.is_required,
        "result": criterion.result,
        "answer": criterion.answer,
        "measured_on": criterion.measured_on,
        "evidence": criterion.evidence,
        "verdict": line_of(criterion).verdict.value,
    }
