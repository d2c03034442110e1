from datetime import date, datetime
from typing import Annotated, Literal, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.operations import Body, answers, answers_page
from aiso.api.shapes import Person, named
from aiso.web.keyset import LATEST_FIRST
from portfolio.api.below import BelowInitiative

from ..actions.monitor import record_monitoring
from ..models import MonitoringTask
from ..models.monitoring import MonitoringTaskQuerySet
from .duties import AskingRuleShape


class MonitoringShape(TypedDict):
    """One look at a system in use: due, done, or not asked for any more."""

    id: int
    state: Literal["due", "late", "done", "dropped"]
    due_on: date
    months: Annotated[int, "Months between two looks."]
    asked_by: AskingRuleShape
    finding: Annotated[str | None, "Null until it is done.", MonitoringTask.Finding]
    note: str
    done_by: Person | None
    done_at: datetime | None
    dropped_because: str


class Look(Body):
    finding = serializers.ChoiceField(MonitoringTask.Finding.choices, help_text="What was found.")
    note = serializers.CharField(
        max_length=4000, required=False, allow_blank=True, help_text="Needed for what is not as expected."
    )


class Monitoring(BelowInitiative):
    tag = "Governance"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(MonitoringShape)
    def list(self, request: Request, initiative: int) -> Response:
        """The look that is due and those before it, the latest first."""
        return self.page(self._rows(), LATEST_FIRST, drawn)

    @answers(MonitoringShape)
    def retrieve(self, request: Request, initiative: int, id: int) -> Response:
        """One look."""
        return self.answer(drawn(get_object_or_404(self._rows(), pk=id)))

    @action(detail=True, methods=["post"])
    @answers(MonitoringShape, takes=Look)
    def record(self, request: Request, initiative: int, id: int) -> Response:
        """Record what was found; the next look is scheduled. For its owners, their deputies and the office."""
        found = get_object_or_404(self._rows(), pk=id)
        record_monitoring(found, actor=self.person, **self.sent)
        return self.answer(drawn(get_object_or_404(self._rows(), pk=id)))

    def _rows(self) -> MonitoringTaskQuerySet:
        return (
            MonitoringTask.objects.filter(initiative=self.initiative()).select_related("done_by", "version").order_by()
        )


def drawn(task: MonitoringTask) -> MonitoringShape:
    return {
        "id": task.pk,
        "state": _state(task),
        "due_on": task.due_on,
        "months": task.months,
        "asked_by": {"name": task.rule_name, "kind": task.version.kind, "version": task.version.number or 0},
        "finding": task.finding or None,
        "note": task.note,
        "done_by": named(task.done_by),
        "done_at": task.done_at,
        "dropped_because": task.dropped_because,
    }


def _state(task: MonitoringTask) -> Literal["due", "late", "done", "dropped"]:
    if task.done_at is not None:
        return "done"
    if task.dropped_at is not None:
        return "dropped"
    return "late" if task.is_late else "due"
