from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import LARGEST_ID, IdField
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, Query, answers, answers_page
from aiso.web.keyset import AS_MADE
from portfolio.models import Workflow

from ..actions.record_adoption import NewReading, WeekRefusedError, record_adoption, record_weeks
from ..adoption import adoption_of
from ..adoption_told import SMALLEST, Told
from ..models import AdoptionReading, AdoptionReadingQuerySet
from ..models.adoption import EARLIEST, MOST_USERS
from ..worth import Window
from .known_at import AsOfField, KnownAtField

# Readings of one body.
MOST_AT_ONCE = 500
WITHHELD = f"Null also where it is withheld: of 1 to {SMALLEST - 1} people."


class AdoptionReadingShape(TypedDict):
    """One week of one workflow. No figure of a group under five people is told."""

    id: int
    workflow: int
    week: Annotated[str, "As ISO names it: 2026-W46."]
    week_ends_on: Annotated[date, "Its last day, a Sunday."]
    target_users: Annotated[int | None, WITHHELD]
    active_users: Annotated[int | None, WITHHELD]
    share: Annotated[Decimal | None, f"Active ÷ target users, with four decimals. {WITHHELD}"]
    repeat_users: Annotated[int | None, WITHHELD]
    opt_outs: Annotated[int | None, WITHHELD]
    satisfaction: Annotated[Decimal | None, f"1 to 5. {WITHHELD}"]
    answered: Annotated[int | None, WITHHELD]
    withheld: Annotated[list[str], "The members that are withheld."]
    source: str
    corrects: Annotated[int | None, "The reading whose place it takes."]
    is_current: Annotated[bool, "Whether none takes its place."]
    reason: Annotated[str, "Why it corrects."]
    recorded_at: datetime


class AdoptionReadingsShape(TypedDict):
    """The readings, in the order in which they were sent."""

    results: list[AdoptionReadingShape]


class AdoptionShape(TypedDict):
    """The adoption of a workflow in a window: sums over the weeks that end in it, without what is withheld."""

    workflow: int
    is_critical: bool
    first: date
    as_of: date
    known_at: datetime | None
    weeks: Annotated[int, "Weeks that end in the window."]
    weeks_read: int
    is_unmeasured: Annotated[bool, "Read for fewer than half the weeks; then no figure is told."]
    is_withheld: Annotated[bool, f"All of it is of groups under {SMALLEST} people."]
    share: Annotated[Decimal | None, "Σ active ÷ Σ target users, with four decimals; null is no data."]
    active: int
    target: int
    repeat_share: Annotated[Decimal | None, "Σ repeat ÷ Σ active users, of readings that tell it."]
    opt_out_share: Annotated[Decimal | None, "Σ opt-outs ÷ Σ target users, of readings that tell it."]
    satisfaction: Annotated[Decimal | None, "The mean of all answers, 1 to 5."]
    answered: int


class ReadingsQuery(PageQuery):
    workflow = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID, help_text="Its id.")
    since = serializers.DateField(required=False, help_text="Only weeks that end on this day or later.")
    corrected = serializers.BooleanField(default=False, help_text="Those too whose place a later one took.")


class AdoptionQuery(Query):
    window = serializers.IntegerField(min_value=7, max_value=3660, default=90, help_text="Days, 90 unless told.")
    as_of = AsOfField()
    known_at = KnownAtField()

    def validate_as_of(self, value: date) -> date:
        if value < EARLIEST:
            raise serializers.ValidationError(f"Nothing is told of days before {EARLIEST}.")
        return value


class NewAdoptionReading(Body):
    workflow = IdField(Workflow.objects.all(), help_text="Of the list of workflows.")
    week_ends_on = serializers.DateField(help_text="The last day of a week that is over: a Sunday.")
    target_users = serializers.IntegerField(min_value=1, max_value=MOST_USERS, help_text="Meant to use it.")
    active_users = serializers.IntegerField(min_value=0, max_value=MOST_USERS, help_text="Those of them who used it.")
    repeat_users = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=MOST_USERS,
        help_text="Of these, not the first time.",
    )
    opt_outs = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=MOST_USERS, help_text="Chose not to use it."
    )
    satisfaction = serializers.DecimalField(
        max_digits=3, decimal_places=2, required=False, allow_null=True, help_text="1 to 5; with `answered`."
    )
    answered = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MOST_USERS)
    source = serializers.CharField(max_length=300, help_text="Where the figures come from.")  # type: ignore[assignment]
    corrects = IdField(
        AdoptionReading.objects.all(), required=False, help_text="The reading of the week that said otherwise."
    )
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, help_text="Of a correction.")


class NewAdoptionReadings(Body):
    readings = NewAdoptionReading(many=True, allow_empty=False, max_length=MOST_AT_ONCE)  # type: ignore[call-arg]


class AdoptionReadings(Noun):
    tag = "Adoption"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(AdoptionReadingShape, query=ReadingsQuery)
    def list(self, request: Request) -> Response:
        """How many used which workflow in which week, in the order in which it was recorded."""
        rows = self._visible() if self.asked["corrected"] else self._visible().current()
        if workflow := self.asked.get("workflow"):
            rows = rows.filter(workflow=workflow)
        if since := self.asked.get("since"):
            rows = rows.filter(week_ends_on__gte=since)
        return self.page(rows, AS_MADE, drawn)

    @answers(AdoptionReadingShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One of them."""
        return self.answer(drawn(get_object_or_404(self._visible(), pk=id)))

    @answers(AdoptionReadingShape, status=201, takes=NewAdoptionReading)
    def create(self, request: Request) -> Response:
        """Record a week. Its workflow and week name it: sent again with the same content it answers with the first
        reading, other content needs `corrects` and `reason`, and so does what somebody else recorded and is withheld.
        For the owners of the workflow's initiatives, the office, and service accounts.
        """
        workflow, asked = _read(self.sent)
        made = record_adoption(workflow, asked, actor=self.person)
        return self.answer(drawn(self._one(made.pk)), status=201, location=f"{request.path}{made.pk}/")

    @action(detail=False, methods=["post"])
    @answers(AdoptionReadingsShape, status=201, takes=NewAdoptionReadings, version=False)
    def bulk(self, request: Request) -> Response:
        """Record up to 500 weeks, all or none, each as if it came alone."""
        try:
            made = record_weeks([_read(each) for each in self.sent["readings"]], actor=self.person)
        except WeekRefusedError as refusal:
            self.rules_point_below = f"/readings/{refusal.row}"
            raise
        found = self._visible().in_bulk([each.pk for each in made])
        return Response({"results": [drawn(found[each.pk]) for each in made]}, 201)

    def _one(self, pk: int) -> AdoptionReading:
        return self._visible().get(pk=pk)

    def _visible(self) -> AdoptionReadingQuerySet:
        return AdoptionReading.objects.visible_to(self.person).with_retold().select_related("corrected_by")


class WorkflowAdoption(Noun):
    tag = "Adoption"

    @answers(AdoptionShape, query=AdoptionQuery)
    def list(self, request: Request, workflow: int) -> Response:
        """How many of its target users used it, over the weeks that end in a window."""
        found = get_object_or_404(Workflow.objects.visible_to(self.person), pk=workflow)
        window = Window.of_days(self.asked["window"], self.asked.get("as_of"))
        known_at = self.asked.get("known_at")
        adoption = adoption_of(found, window, known_at=known_at)
        sums = adoption.measured
        assert window.first
        told: AdoptionShape = {
            "workflow": found.pk,
            "is_critical": found.is_critical,
            "first": window.first,
            "as_of": window.as_of,
            "known_at": known_at,
            "weeks": adoption.weeks,
            "weeks_read": adoption.read,
            "is_unmeasured": adoption.is_unmeasured,
            "is_withheld": adoption.is_withheld,
            "share": _rounded(sums.share, 4),
            "active": sums.active,
            "target": sums.target,
            "repeat_share": _rounded(sums.repeat_share, 4),
            "opt_out_share": _rounded(sums.opt_out_share, 4),
            "satisfaction": _rounded(sums.satisfaction, 2),
            "answered": sums.answered,
        }
        return self.answer(told)


def _read(sent: dict[str, Any]) -> tuple[Workflow, NewReading]:
    """What was sent, as the action takes it."""
    told = dict(sent)
    return told.pop("workflow"), NewReading(**told)


def _rounded(value: Decimal | None, places: int) -> Decimal | None:
    return None if value is None else round(value, places)


def drawn(reading: AdoptionReading) -> AdoptionReadingShape:
    told = Told.of(reading)
    return {
        "id": reading.pk,
        "workflow": reading.workflow_id,
        "week": told.week,
        "week_ends_on": reading.week_ends_on,
        "target_users": told.value("target_users"),
        "active_users": told.value("active_users"),
        "share": _rounded(told.share, 4),
        "repeat_users": told.value("repeat_users"),
        "opt_outs": told.value("opt_outs"),
        "satisfaction": told.value("satisfaction"),
        "answered": told.value("answered"),
        "withheld": sorted(told.hidden),
        "source": reading.source,
        "corrects": reading.corrects_id,
        "is_current": not hasattr(reading, "corrected_by"),
        "reason": reading.reason,
        "recorded_at": reading.recorded_at,
    }
