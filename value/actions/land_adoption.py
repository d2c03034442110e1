"""Files of adoption readings: read, checked, and landed week by week, nothing twice."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.inventory_columns import read_cells
from portfolio.models import Workflow
from portfolio.permissions import changes_nothing
from portfolio.row_files import (
    CREATED,
    REJECTED,
    UNCHANGED,
    UPDATED,
    check_columns,
    hold_unlanded,
    keep_outcomes,
    read_rows,
)

from ..adoption_columns import ADOPTION_COLUMNS, WITHHELD
from ..adoption_told import UNDER, Told, withheld
from ..models import AdoptionFile, AdoptionReading
from ..permissions import ADOPTING, adoption_recorded_by
from ..weeks import week_name
from .record_adoption import (
    READ_BEFORE,
    NewReading,
    Week,
    current_readings,
    knows,
    record_weeks,
    refused_over,
    says_the_same,
    wrong_with,
)

# Rows of one file: they land while the person waits.
MOST_ROWS = 10_000
UPLOADING = "Auditors change nothing."
MIXED = f"Figures that are “{UNDER}” stay as they are only with all the others of their week. Write every figure anew."
UNTOLD = f"A figure that is “{UNDER}” is none to import; the reading of this week withholds no such figure."


@dataclass(frozen=True)
class PlannedReading:
    """What would become of one row."""

    number: int
    outcome: str
    reason: str = ""
    workflow: Workflow | None = None
    asked: NewReading | None = None

    @property
    def told(self) -> Told | None:
        """It as a reading is told, with what is withheld: a row may have taken that over from the reading before."""
        return Told.of(AdoptionReading(workflow=self.workflow, **self.asked.fields)) if self.asked else None


def can_upload_adoption(user: User) -> bool:
    """Everybody who may change anything; each row asks for its own workflow."""
    return not changes_nothing(user)


@transaction.atomic
def upload_adoption(content: bytes, *, file_name: str, actor: User) -> AdoptionFile:
    """Read a file and keep its rows. Nothing is recorded yet. Raises DomainError for a file that cannot be read, is too
    long, or lacks a column that every row needs.
    """
    if not can_upload_adoption(actor):
        raise PermissionDenied(UPLOADING)
    read = read_rows(content, ADOPTION_COLUMNS, file_name=file_name, most=MOST_ROWS)
    check_columns(ADOPTION_COLUMNS, read["mapping"], "A file of adoption")
    file = AdoptionFile.objects.create(uploaded_by=actor, **read)
    publish("adoption.uploaded", actor=actor, file=file)
    return file


def planned_adoption(file: AdoptionFile, viewer: User) -> list[PlannedReading]:
    """What would become of each row if it landed now. Four queries."""
    read = [(number, *read_cells(ADOPTION_COLUMNS, file.mapping, cells)) for number, cells in file.rows]
    ground = _Ground.of(viewer, [told for _, told, _ in read])
    return [ground.planned(number, told, wrong) for number, told, wrong in read]


def land_adoption(file: AdoptionFile, *, actor: User) -> AdoptionFile:
    """Record the rows that are right, all at once; the others stay with their reasons.

    Raises PermissionDenied for anybody but its uploader, DomainError where it landed before.
    """
    with transaction.atomic():
        file = hold_unlanded(file, actor=actor, may=can_upload_adoption)
        _hold(planned_adoption(file, actor))
        # Planned anew once nobody else records them, so that what was right still is.
        plan = planned_adoption(file, actor)
        landing = [(row.workflow, row.asked) for row in plan if row.outcome in (CREATED, UPDATED)]
        record_weeks(landing, actor=actor)  # type: ignore[arg-type]
        outcomes = keep_outcomes(file, [[row.outcome, row.reason] for row in plan])
        publish("adoption.landed", actor=actor, file=file, outcomes=outcomes)
    return file


def _hold(plan: list[PlannedReading]) -> None:
    ids = {row.workflow.pk for row in plan if row.workflow}
    [*Workflow.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk")]


@dataclass(frozen=True)
class _Ground:
    """What rows are held against: the workflows they name, what was read of them, and the rows before."""

    viewer: User
    workflows: dict[str, Workflow]
    known: dict[Week, AdoptionReading]
    may: Any
    seen: set[Week] = field(default_factory=set)

    @classmethod
    def of(cls, viewer: User, rows: list[dict[str, Any]]) -> "_Ground":
        names = {str(told.get("workflow", "")).casefold() for told in rows}
        found = Workflow.objects.visible_to(viewer)
        workflows = {each.name.casefold(): each for each in found if each.name.casefold() in names}
        days = {told["week_ends_on"] for told in rows if isinstance(told.get("week_ends_on"), date)}
        known = current_readings([(each.pk, day) for each in workflows.values() for day in days])
        return cls(viewer, workflows, known, adoption_recorded_by(viewer))

    def planned(self, number: int, told: dict[str, Any], wrong: list[str]) -> PlannedReading:
        name = str(told.get("workflow", ""))
        workflow = self.workflows.get(name.casefold())
        if wrong or workflow is None:
            unfound = f"No workflow is called “{name[:80]}”. The office keeps the list."
            return PlannedReading(number, REJECTED, " ".join(wrong) or unfound)
        try:
            outcome, asked = self._asked(workflow, {key: value for key, value in told.items() if key != "workflow"})
        except DomainError as error:
            return PlannedReading(number, REJECTED, str(error))
        return PlannedReading(number, outcome, "", workflow, asked)

    def _asked(self, workflow: Workflow, told: dict[str, Any]) -> tuple[str, NewReading]:
        """What becomes of a row. Raises DomainError for one that cannot land."""
        if not self.may(workflow):
            raise DomainError(ADOPTING)
        week = (workflow.pk, told["week_ends_on"])
        earlier = self.known.get(week)
        if week in self.seen:
            raise DomainError(f"Week {week_name(week[1])} stands in the file twice.")
        self.seen.add(week)
        is_guess = earlier is not None and not knows(self.viewer, earlier) and not _keeps(told, earlier)
        asked = NewReading(**_filled(told, earlier))
        if refusals := wrong_with(asked):
            raise DomainError(" ".join(refusals.values()))
        if earlier is None:
            return CREATED, asked
        if not is_guess and says_the_same(earlier, asked):
            return UNCHANGED, asked
        if not asked.reason.strip():
            raise DomainError(f"{READ_BEFORE} Here: in the column Reason of the correction.")
        asked = replace(asked, corrects=earlier)
        if refusal := refused_over(earlier, asked, self.viewer):
            raise refusal
        return UPDATED, asked


def _keeps(told: dict[str, Any], earlier: AdoptionReading) -> bool:
    """Whether a row leaves the figures of a reading as they are, the withheld among them by their words. Raises
    DomainError where it leaves some and tells others: held against each other they would tell what is withheld.
    """
    names = AdoptionReading.FIGURES
    if not any(told.get(name) is WITHHELD for name in names):
        return False
    shown = Told.of(earlier)
    kept = [told.get(name) is WITHHELD if name in shown.hidden else _says(told, shown, name) for name in names]
    if not all(kept):
        raise DomainError(MIXED)
    return True


def _says(told: dict[str, Any], shown: Told, name: str) -> bool:
    value = told.get(name)
    return bool((None if value == "" else value) == shown.value(name))


def _filled(told: dict[str, Any], earlier: AdoptionReading | None) -> dict[str, Any]:
    """What a row says, with nothing for its empty cells, and what was withheld taken from the reading that has it."""
    hidden = withheld(earlier) if earlier is not None else frozenset()
    filled = {}
    for name, value in told.items():
        if value is WITHHELD:
            if name not in hidden:
                raise DomainError(UNTOLD)
            value = getattr(earlier, name)
        elif value == "" and name not in ("source", "reason"):
            value = None
        filled[name] = value
    return filled
