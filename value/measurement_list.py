"""Measurements as an address asks for them: what waits for finance, what it confirmed and rejected."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.db.models import Count, Q
from django.http import QueryDict

from aiso.accounts.models import User
from aiso.web.keyset import AS_MADE, LATEST_FIRST, Page, page_of
from aiso.web.tabs import Tab

from .models import Measurement, MeasurementAnswer, MeasurementQuerySet
from .progress import Progress, progress
from .work import answerable_by

PAGE = 50
CHUNK = 1000
RELATED = ("metric__initiative", "recorded_by", "answer__answered_by", "corrected_by")
UNREAD = ("metric__initiative__search", "metric__initiative__notes", "metric__initiative__summary")
STATES = {
    "mine": "For you",
    "waiting": "Waiting for finance",
    "confirmed": "Confirmed",
    "rejected": "Rejected",
    "corrected": "Corrected",
    "all": "All",
}


def state_of(measurement: Measurement) -> str:
    """`corrected`, `waiting`, `confirmed`, `rejected`, or `outdated`: confirmed against what the metric is no more."""
    if hasattr(measurement, "corrected_by"):
        return "corrected"
    answer: MeasurementAnswer | None = getattr(measurement, "answer", None)
    if answer is None:
        return "waiting"
    if not answer.is_confirmed:
        return "rejected"
    answer.measurement = measurement
    return "confirmed" if answer.holds else "outdated"


def in_state(state: str) -> Q:
    current = Q(corrected_by=None)
    return {
        "waiting": current & Q(answer=None),
        "confirmed": current & Q(answer__is_confirmed=True),
        "rejected": current & Q(answer__is_confirmed=False),
        "corrected": ~current,
    }.get(state, Q(pk__isnull=False))


def fetched(rows: MeasurementQuerySet) -> MeasurementQuerySet:
    """Measurements with what a row of them names."""
    return rows.select_related(*RELATED).defer(*UNREAD)


class MeasurementLine:
    """One measurement as a row shows it."""

    def __init__(self, measurement: Measurement) -> None:
        self.measurement, self.metric = measurement, measurement.metric
        self.state = state_of(measurement)
        self.answer: MeasurementAnswer | None = getattr(measurement, "answer", None)

    @property
    def progress(self) -> Progress | None:
        return progress(self.metric, self.measurement.value)


class MeasurementList:
    """The measurements that a person sees, as an address asks for them. Its page costs three queries."""

    title = "Measurements"
    headers = [
        *("Number", "Initiative", "Metric", "Unit", "Baseline", "Target", "Measured", "Measured on", "Method"),
        *("Evidence", "State", "Recorded by", "Recorded", "Answered by", "Answered", "Reason", "Corrects"),
    ]

    def __init__(self, viewer: User, query: QueryDict) -> None:
        self.viewer = viewer
        self.query = query
        asked = query.get("state", "")
        self.state = asked if asked in STATES else ("mine" if self.counts["mine"] else "waiting")

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many in each state. Two queries."""
        counted = {name: Count("pk", filter=in_state(name)) for name in STATES if name != "mine"}
        found: dict[str, int] = Measurement.objects.visible_to(self.viewer).order_by().aggregate(**counted)
        return {"mine": answerable_by(self.viewer).order_by().count()} | found

    @property
    def tabs(self) -> list[Tab]:
        shown = [name for name in STATES if name != "mine" or self.counts["mine"] or self.state == "mine"]
        return [Tab(STATES[name], f"?state={name}", self.counts[name], name == self.state) for name in shown]

    @property
    def address(self) -> str:
        return f"?state={self.state}"

    @property
    def count(self) -> int:
        return self.counts[self.state]

    @cached_property
    def matching(self) -> MeasurementQuerySet:
        if self.state == "mine":
            return fetched(answerable_by(self.viewer))
        return fetched(Measurement.objects.visible_to(self.viewer).filter(in_state(self.state)))

    @cached_property
    def page(self) -> Page[Measurement]:
        place = {name: self.query.get(name, "") for name in ("after", "before")}
        order = AS_MADE if self.state in ("mine", "waiting") else LATEST_FIRST
        return page_of(self.matching, order, size=PAGE, **place)

    @cached_property
    def rows(self) -> list[MeasurementLine]:
        return [MeasurementLine(each) for each in self.page.rows]

    def lines(self) -> Iterator[list[Any]]:
        """For a file: all that match, the oldest first."""
        for each in self.matching.order_by("pk").iterator(chunk_size=CHUNK):
            metric, answer = each.metric, getattr(each, "answer", None)
            yield [
                *(each.pk, metric.initiative.reference, metric.name, metric.unit, metric.baseline, metric.target),
                *(each.value, each.measured_on, each.method, each.evidence, state_of(each)),
                *(each.recorded_by.name, each.recorded_at),
                *((answer.answered_by.name, answer.answered_at, answer.reason) if answer else ("", None, "")),
                each.corrects_id,
            ]
