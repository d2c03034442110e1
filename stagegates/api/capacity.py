from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import IdField
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, Query, answers, answers_page
from aiso.api.shapes import Named, Person, named
from aiso.web.keyset import AS_MADE
from portfolio.api.below import BelowInitiative

from ..actions.capacity import answer_specialists, ask_specialists, set_hours, withdraw_specialists
from ..capacity import Board, Row
from ..models import ReviewFunction, SpecialistRequest
from ..models.capacity import MOST_HOURS, SpecialistRequestQuerySet

WITH_NAMES = ("initiative", "function", "asked_by", "answered_by")
REFUSAL = "Its owners and the office ask for specialists."
LOADS = {"enum": ["unknown", "free", "tight", "over"]}


class MonthLoadShape(TypedDict):
    """One function in one month, in hours."""

    month: Annotated[date, "Its first day."]
    there: Annotated[Decimal | None, "Hours there are; null where nobody said."]
    agreed: Decimal
    asked: Annotated[Decimal, "Asked for and not answered yet."]
    load: Annotated[str, "Tight from 80 % of the hours there are.", LOADS]
    initiatives: Annotated[int, "How many ask for them."]


class FunctionLoadShape(TypedDict):
    """What is asked of one function over some months."""

    function: Named
    months: list[MonthLoadShape]


class CapacityShape(TypedDict):
    """Hours asked for against hours there are."""

    results: list[FunctionLoadShape]


class SpecialistRequestShape(TypedDict):
    """Hours a month that an initiative asks of a function's people."""

    id: int
    initiative: Named
    function: Named
    first_month: Annotated[date, "The first day of the month."]
    last_month: Annotated[date, "The first day of the last month."]
    hours: Annotated[Decimal, "Hours a month."]
    purpose: str
    state: Annotated[str, SpecialistRequest.State]
    asked_by: Person
    answered_by: Person | None
    reason: Annotated[str, "Why it was agreed or declined."]


class CapacityQuery(Query):
    first = serializers.DateField(required=False, help_text="A day of the first month; without it, this month.")
    months = serializers.IntegerField(min_value=1, max_value=24, default=6)


class Hours(Body):
    function = IdField(ReviewFunction.objects.active())
    from_month = serializers.DateField(help_text="A day of the month from which they hold.")
    hours = serializers.DecimalField(max_digits=8, decimal_places=1, min_value=Decimal(0), max_value=MOST_HOURS)


class RequestsQuery(PageQuery):
    function = IdField(ReviewFunction.objects.all(), required=False)
    state = serializers.ChoiceField(SpecialistRequest.State.choices, required=False)


class Asked(Body):
    function = IdField(ReviewFunction.objects.active())
    first_month = serializers.DateField(help_text="A day of the first month.")
    last_month = serializers.DateField(help_text="A day of the last month.")
    hours = serializers.DecimalField(max_digits=8, decimal_places=1, min_value=Decimal("0.5"), max_value=MOST_HOURS)
    purpose = serializers.CharField(max_length=300)


class Answer(Body):
    agree = serializers.BooleanField()
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, help_text="Needed to decline.")


class Capacity(Noun):
    tag = "Capacity"

    @answers(CapacityShape, query=CapacityQuery)
    def list(self, request: Request) -> Response:
        """Hours asked for against hours there are, by function and month."""
        board = Board(self.asked.get("first"), self.asked["months"])
        return self.answer({"results": [_row(row) for row in board.rows]})

    @answers(FunctionLoadShape, takes=Hours)
    def create(self, request: Request) -> Response:
        """Say how many hours a month a function has, from a month on. For its people and the office."""
        entry = set_hours(actor=self.person, **self.sent)
        [row] = [row for row in Board(entry.from_month).rows if row.function.pk == entry.function_id]
        return self.answer(_row(row))


class SpecialistRequests(Noun):
    tag = "Capacity"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(SpecialistRequestShape, query=RequestsQuery)
    def list(self, request: Request) -> Response:
        """What initiatives ask of specialists, in the order asked."""
        wanted = {name: self.asked[name] for name in ("function", "state") if self.asked.get(name)}
        return self.page(self._visible().filter(**wanted), AS_MADE, drawn)

    @answers(SpecialistRequestShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One request."""
        return self.answer(drawn(get_object_or_404(self._visible(), pk=id)))

    @action(detail=True, methods=["post"], url_path="answer")
    @answers(SpecialistRequestShape, takes=Answer)
    def answer_request(self, request: Request, id: int) -> Response:
        """Agree or decline. For the function's people, never on one's own request."""
        with self.held(self._visible(), id, drawn) as asked:
            answer_specialists(asked, actor=self.person, **self.sent)
            return self.answer(drawn(self._visible().get(pk=id)))

    @action(detail=True, methods=["post"])
    @answers(SpecialistRequestShape)
    def withdraw(self, request: Request, id: int) -> Response:
        """Give the hours back. For the initiative's owners and the office."""
        with self.held(self._visible(), id, drawn) as asked:
            withdraw_specialists(asked, actor=self.person)
            return self.answer(drawn(self._visible().get(pk=id)))

    def _visible(self) -> SpecialistRequestQuerySet:
        return SpecialistRequest.objects.visible_to(self.person).select_related(*WITH_NAMES)


class SpecialistsOfInitiative(BelowInitiative):
    tag = "Capacity"

    @answers_page(SpecialistRequestShape)
    def list(self, request: Request, initiative: int) -> Response:
        """What it asks of specialists."""
        rows = self.initiative().specialist_requests.select_related(*WITH_NAMES)
        return self.page(rows, AS_MADE, drawn)

    @answers(SpecialistRequestShape, status=201, takes=Asked)
    def create(self, request: Request, initiative: int) -> Response:
        """Ask for hours of a function's people. For its owners and the office."""
        asked = ask_specialists(self.initiative_to_edit(REFUSAL), actor=self.person, **self.sent)
        return self.answer(drawn(asked), status=201, location=f"/api/v1/specialist-requests/{asked.pk}/")


def _row(row: Row) -> FunctionLoadShape:
    months: list[Any] = [
        {
            "month": cell.month,
            "there": cell.there,
            "agreed": cell.agreed,
            "asked": cell.asked,
            "load": cell.state,
            "initiatives": len(cell.initiatives),
        }
        for cell in row.cells
    ]
    return {"function": {"id": row.function.pk, "name": str(row.function)}, "months": months}


def drawn(asked: SpecialistRequest) -> SpecialistRequestShape:
    return {
        "id": asked.pk,
        "initiative": {"id": asked.initiative_id, "name": asked.initiative.name},
        "function": {"id": asked.function_id, "name": str(asked.function)},
        "first_month": asked.first_month,
        "last_month": asked.last_month,
        "hours": asked.hours,
        "purpose": asked.purpose,
        "state": asked.state,
        "asked_by": {"id": asked.asked_by_id, "name": str(asked.asked_by)},
        "answered_by": named(asked.answered_by),
        "reason": asked.reason,
    }
