"""What was closed and what was learnt, and what is left to switch off."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.accounts.models import BusinessUnit
from aiso.api.fields import person_field, unit_field
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.shapes import Named, Person, named
from aiso.web.keyset import page_of
from portfolio.api.shapes import REFERENCE
from portfolio.models import Stage
from portfolio.permissions import can_see_money, money_seen_among

from ..actions.close import add_lesson, hand_over_thing, settle_thing
from ..closing_lists import NEWEST_FIRST, fetched, in_state, said
from ..decision_lists import DUE_FIRST
from ..models import Closure, DecommissioningTask
from ..models.closing import ClosureQuerySet, DecommissioningTaskQuerySet


class LaterLessonShape(TypedDict):
    """What somebody learnt after the end."""

    text: str
    added_by: Person
    added_at: datetime


class ClosureShape(TypedDict):
    """Why an initiative ended. It never changes; what is learnt later is added."""

    id: int
    initiative: Annotated[str, REFERENCE]
    name: str
    unit: Named
    decision: Annotated[int, "The decision that ended it, with its rationale."]
    reason: Annotated[str, Closure.Reason]
    lessons: str
    later_lessons: list[LaterLessonShape]
    reusable: Annotated[str, "What can be used again, and where it is; empty for nothing."]
    from_stage: Annotated[str, Stage]
    closed_at: datetime
    handed_back: Annotated[Decimal | None, "In the reporting currency; null for those who do not see money."]
    to_decommission: Annotated[int, "Things to see to; 0 where it was not in production."]
    open_to_decommission: int
    late_to_decommission: int


class ClosingsQuery(PageQuery):
    reason = serializers.ChoiceField(choices=Closure.Reason.choices, required=False)
    unit = unit_field(required=False, help_text="With those below it.")
    q = serializers.CharField(max_length=200, required=False, help_text="Words of the lessons or of the name.")
    decommissioning = serializers.ChoiceField(choices=["open", "late"], required=False)


class NewLesson(Body):
    text = serializers.CharField(max_length=10_000)


class Closings(Noun):
    tag = "Decisions"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(ClosureShape, query=ClosingsQuery)
    def list(self, request: Request) -> Response:
        """Why initiatives that one may see were closed, the latest first. Those that were closed before this register
        kept reasons are not among them.
        """
        asked = self.asked
        rows = in_state(said(self._visible(), asked.get("q", "")), asked.get("decommissioning", ""))
        if "reason" in asked:
            rows = rows.filter(reason=asked["reason"])
        if unit := asked.get("unit"):
            rows = rows.filter(initiative__unit__in=BusinessUnit.objects.and_below([unit.pk]))
        page = page_of(rows, NEWEST_FIRST, size=asked["page_size"], **self.place_in(NEWEST_FIRST))
        sees = money_seen_among(self.person, [row.initiative for row in page.rows])
        told = [drawn(row, sees_money=sees(row.initiative)) for row in page.rows]
        return self.paged(page, told, rows.order_by().count)

    @answers(ClosureShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One of them."""
        return self.answer(self._one(id))

    @action(detail=True, methods=["post"])
    @answers(ClosureShape, takes=NewLesson)
    def lessons(self, request: Request, id: int) -> Response:
        """Add what was learnt since. For its owners and the office."""
        add_lesson(get_object_or_404(self._visible(), pk=id), actor=self.person, **self.sent)
        return self.answer(self._one(id))

    def _visible(self) -> ClosureQuerySet:
        return fetched(Closure.objects.visible_to(self.person).with_handed_back())

    def _one(self, pk: int) -> ClosureShape:
        closure = get_object_or_404(self._visible(), pk=pk)
        return drawn(closure, sees_money=can_see_money(self.person, closure.initiative))


class DecommissioningTaskShape(TypedDict):
    """One thing to see to now that a system in use was ended."""

    id: int
    initiative: Annotated[str, REFERENCE]
    closing: int
    what: str
    owner: Person
    due_on: date
    state: Annotated[str, {"enum": ["open", "late", "done", "not_needed"]}]
    note: Annotated[str, "How it was done, or why it is not needed."]
    done_by: Person | None
    done_at: datetime | None


class TasksQuery(PageQuery):
    open = serializers.BooleanField(default=False, help_text="Only what is not settled.")
    mine = serializers.BooleanField(default=False, help_text="Only what one sees to oneself.")
    closing = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class Settled(Body):
    is_needed = serializers.BooleanField(default=True, help_text="False: it is not needed, for the reason in the note.")
    note = serializers.CharField(max_length=10_000, required=False, allow_blank=True, default="")


class HandOver(Body):
    owner = person_field(help_text="Who sees to it from now on.")
    due_on = serializers.DateField()


class DecommissioningTasks(Noun):
    tag = "Decisions"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(DecommissioningTaskShape, query=TasksQuery)
    def list(self, request: Request) -> Response:
        """What is to be switched off, ended, told or kept, the thing due first on top."""
        rows = self._visible()
        rows = rows.open() if self.asked["open"] else rows
        rows = rows.filter(owner=self.person) if self.asked["mine"] else rows
        if closing := self.asked.get("closing"):
            rows = rows.filter(closure=closing)
        return self.page(rows, DUE_FIRST, task_drawn)

    @answers(DecommissioningTaskShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One of them."""
        return self.answer(task_drawn(get_object_or_404(self._visible(), pk=id)))

    @action(detail=True, methods=["post"])
    @answers(DecommissioningTaskShape, takes=Settled)
    def settle(self, request: Request, id: int) -> Response:
        """Say that it is done, or not needed. For whoever sees to it, the owners and the office; it stands."""
        settle_thing(get_object_or_404(self._visible(), pk=id), actor=self.person, **self.sent)
        return self._answered(id)

    @action(detail=True, methods=["post"], url_path="hand-over")
    @answers(DecommissioningTaskShape, takes=HandOver)
    def hand_over(self, request: Request, id: int) -> Response:
        """Give it another owner or another date. For whoever sees to it, the owners and the office."""
        hand_over_thing(get_object_or_404(self._visible(), pk=id), actor=self.person, **self.sent)
        return self._answered(id)

    def _answered(self, pk: int) -> Response:
        # Whoever handed it on may see it no longer.
        return self.answer(task_drawn(DecommissioningTask.objects.select_related(*TASK_RELATED).get(pk=pk)))

    def _visible(self) -> DecommissioningTaskQuerySet:
        return DecommissioningTask.objects.visible_to(self.person).select_related(*TASK_RELATED)


TASK_RELATED = ("initiative", "owner", "done_by")


def drawn(closure: Closure, *, sees_money: bool) -> ClosureShape:
    unit = named(closure.initiative.unit)
    assert unit is not None
    return {
        "id": closure.pk,
        "initiative": closure.initiative.reference,
        "name": closure.initiative.name,
        "unit": unit,
        "decision": closure.decision_id,
        "reason": closure.reason,
        "lessons": closure.lessons,
        "later_lessons": [
            {"text": each.text, "added_by": _person(each.added_by_id, each.added_by), "added_at": each.added_at}
            for each in closure.later.all()
        ],
        "reusable": closure.reusable,
        "from_stage": closure.from_stage,
        "closed_at": closure.decision.decided_at,
        "handed_back": closure.handed_back if sees_money else None,  # type: ignore[attr-defined]
        "to_decommission": closure.things,  # type: ignore[attr-defined]
        "open_to_decommission": closure.things_open,  # type: ignore[attr-defined]
        "late_to_decommission": closure.things_late,  # type: ignore[attr-defined]
    }


def task_drawn(task: DecommissioningTask) -> DecommissioningTaskShape:
    return {
        "id": task.pk,
        "initiative": task.initiative.reference,
        "closing": task.closure_id,
        "what": task.what,
        "owner": _person(task.owner_id, task.owner),
        "due_on": task.due_on,
        "state": task.state,
        "note": task.note,
        "done_by": _person(task.done_by.pk, task.done_by) if task.done_by else None,
        "done_at": task.done_at,
    }


def _person(pk: int, person: object) -> Person:
    return {"id": pk, "name": str(person)}
