"""Files of measurements: read, checked, and recorded row by row, nothing twice."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.inventory_columns import read_cells
from portfolio.models import Initiative, OutcomeMetric
from portfolio.permissions import changes_nothing, owned_among
from portfolio.row_files import (
    CREATED,
    REJECTED,
    UNCHANGED,
    UPDATED,
    check_columns,
    hold_unlanded,
    initiatives_named,
    keep_outcomes,
    read_rows,
)

from ..measurement_columns import MEASUREMENT_COLUMNS
from ..models import Measurement, MeasurementFile
from ..permissions import MEASURING
from .measure import record_measurement

# Rows of one file: they land while the person waits.
MOST_ROWS = 500
type Key = tuple[int, str]


@dataclass(frozen=True)
class PlannedMeasurement:
    """What would become of one row; `corrects` is the one of the same day that it takes the place of."""

    number: int
    outcome: str
    reason: str = ""
    metric: OutcomeMetric | None = None
    told: dict[str, Any] | None = None
    corrects: Measurement | None = None

    @property
    def initiative(self) -> Initiative | None:
        return self.metric.initiative if self.metric else None


def may_upload(user: User) -> bool:
    """Any person who may change anything; each row is held against its own initiative. Programs own none."""
    return not changes_nothing(user) and not user.is_service_account


@transaction.atomic
def upload_measurements(content: bytes, *, file_name: str, actor: User) -> MeasurementFile:
    """Read a file and keep its rows. Nothing is recorded yet. Raises PermissionDenied for those who only read,
    DomainError for a file that cannot be read, is too long, or lacks a column that every row needs.
    """
    if not may_upload(actor):
        raise PermissionDenied(MEASURING)
    read = read_rows(content, MEASUREMENT_COLUMNS, file_name=file_name, most=MOST_ROWS)
    check_columns(MEASUREMENT_COLUMNS, read["mapping"], "A file of measurements")
    file = MeasurementFile.objects.create(uploaded_by=actor, **read)
    publish("measurements.uploaded", actor=actor, file=file)
    return file


def planned_measurements(file: MeasurementFile, viewer: User) -> list[PlannedMeasurement]:
    """What would become of each row if it landed now. Six queries.

    The same value of the same day is there already; another value of that day corrects the one that stands.
    """
    read = [(number, *read_cells(MEASUREMENT_COLUMNS, file.mapping, cells)) for number, cells in file.rows]
    ground = _Ground.of(viewer, {str(told.get("initiative", "")) for _, told, _ in read})
    return [ground.planned(number, told, wrong) for number, told, wrong in read]


def land_measurements(file: MeasurementFile, *, actor: User) -> MeasurementFile:
    """Record the rows that are right, each by the action that a page uses; the others stay with their reasons.

    Raises PermissionDenied for anybody but its uploader, DomainError where it landed before.
    """
    with transaction.atomic():
        file = hold_unlanded(file, actor=actor, may=may_upload)
        outcomes = keep_outcomes(file, [_landed(row, actor) for row in planned_measurements(file, actor)])
        publish("measurements.landed", actor=actor, file=file, outcomes=outcomes)
    return file


def _landed(row: PlannedMeasurement, actor: User) -> list[str]:
    if row.metric is None or row.told is None or row.outcome not in (CREATED, UPDATED):
        return [row.outcome, row.reason]
    try:
        with transaction.atomic():
            record_measurement(row.metric, actor=actor, corrects=row.corrects, **row.told)
    except DomainError as error:
        return [REJECTED, str(error)]
    return [row.outcome, ""]


@dataclass(frozen=True)
class _Ground:
    """What rows are held against: the initiatives they name, their metrics, and what was measured of those."""

    named: dict[str, Initiative]
    may_edit: Any
    metrics: dict[Key, OutcomeMetric]
    known: dict[tuple[int, Any], Measurement]
    seen: set[tuple[int, Any]]

    @classmethod
    def of(cls, viewer: User, names: set[str]) -> "_Ground":
        named = initiatives_named(Initiative.objects.visible_to(viewer).defer("search"), names)
        metrics = {
            (each.initiative_id, each.name.casefold()): each
            for each in OutcomeMetric.objects.filter(initiative__in=named.values()).select_related("initiative")
        }
        rows = Measurement.objects.current().filter(metric__in=metrics.values()).order_by("pk")
        known = {(each.metric_id, each.measured_on): each for each in rows}
        return cls(named, owned_among(viewer, named.values()), metrics, known, set())

    def planned(self, number: int, told: dict[str, Any], wrong: list[str]) -> PlannedMeasurement:
        name, called = str(told.pop("initiative", "")), str(told.pop("metric", ""))
        initiative = self.named.get(name)
        if initiative is None and name:
            wrong = [f"No initiative that you see is “{name[:80]}”. Give its reference, e.g. AI-0042.", *wrong]
        elif initiative is not None and not self.may_edit(initiative):
            wrong = [MEASURING, *wrong]
        metric = self.metrics.get((initiative.pk, called.casefold())) if initiative else None
        if initiative is not None and metric is None and called:
            wrong = [*wrong, f"{initiative.reference} has no outcome metric “{called[:80]}”."]
        if wrong or metric is None:
            return PlannedMeasurement(number, REJECTED, " ".join(wrong))
        return self._of_a_day(number, metric, told)

    def _of_a_day(self, number: int, metric: OutcomeMetric, told: dict[str, Any]) -> PlannedMeasurement:
        day = (metric.pk, told["measured_on"])
        if day in self.seen:
            return PlannedMeasurement(number, REJECTED, "This metric and day stand in the file twice.", metric)
        self.seen.add(day)
        standing = self.known.get(day)
        if standing is None:
            return PlannedMeasurement(number, CREATED, "", metric, told)
        is_same = all(getattr(standing, name) == value for name, value in told.items())
        outcome = UNCHANGED if is_same else UPDATED
        return PlannedMeasurement(number, outcome, "", metric, told, standing)
