"""What importing some rows would do, found without changing anything: the preview, the trial run and the run itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef

from ..importing.interpret import interpret
from ..importing.keys import record_keys
from ..importing.plan import Plan, Problem, Reading
from ..importing.wording import folded
from ..models import ImportedRecord, ImportRow, Initiative, Stage, StageChange
from ..stage_holds import stage_holds
from .ground import Ground, source_of
from .snapshot import differs, snapshots
from .units import UnitName

NO_NAME = "It has no name. Enter one in the column “{column}”."
NO_NAME_COLUMN = "It has no name: no column of the file is mapped to the name."
OTHER_UNIT = "You are of the office for other units than “{unit}”. Ask the office that is in charge of it."
OTHER_INITIATIVE = (
    "{reference} is another initiative here. Empty the reference to add this row as a new one, or correct it."
)
OTHER_OFFICE = (
    "The initiative that this row is about belongs to a unit that is not yours. Ask the office in charge of it."
)
UNDER_REVIEW = (
    "{reference} stays in {stage} while {why}: it is not moved to {wanted}. Have the review decided or withdrawn, then "
    "import this row again."
)


@dataclass
class Planned:
    """One row with what will become of it. `differing` names the values that a source changed since last time."""

    number: int
    cells: Sequence[str]
    key: str
    reading: Reading
    outcome: str = ImportRow.Outcome.CREATED
    reason: str = ""
    initiative: int | None = None
    record: ImportedRecord | None = None
    differing: list[str] = field(default_factory=list)

    @property
    def unit(self) -> UnitName:
        return UnitName(tuple(self.reading.unit), self.reading.unit_short)

    @property
    def values(self) -> dict[str, Any]:
        """The initiative's values as the record keeps them."""
        return {**self.reading.values, "unit": self.reading.unit}

    def problem(self, header: str, cell: str, reason: str) -> None:
        self.reading.problems.append(Problem(header, cell, reason))

    @property
    def told_problems(self) -> list[list[str]]:
        return [[problem.header, problem.cell[:300], problem.reason] for problem in self.reading.problems]


def read_rows(plan: Plan, rows: Iterable[tuple[int, Sequence[str]]]) -> list[Planned]:
    """Rows interpreted, each with its key among these."""
    read = [(number, cells, interpret(plan, cells)) for number, cells in rows]
    keys = record_keys([reading for _, _, reading in read])
    return [Planned(number, cells, key, reading) for (number, cells, reading), key in zip(read, keys, strict=True)]


def decide(ground: Ground, rows: Sequence[Planned]) -> None:
    """Say for each row whether it makes an initiative, changes one, changes nothing or is rejected."""
    for row in rows:
        if not row.reading.unit and ground.job.unit_id is None:
            row.reading.unit = [ground.job.source]
        row.reason = _refusal(ground, row)
    _match(ground, [row for row in rows if not row.reason])
    _refuse_others(ground, rows)
    ground.learn(rows)
    stands = snapshots(row.initiative for row in rows if row.initiative is not None and row.record is None)
    for row in rows:
        if row.reason:
            row.outcome = ImportRow.Outcome.REJECTED
        elif row.initiative is not None:
            row.differing = _differing(row, ground.plan, stands)
            row.outcome = ImportRow.Outcome.UPDATED if row.differing else ImportRow.Outcome.UNCHANGED
    refuse_held(rows)


def refuse_held(rows: Sequence[Planned]) -> None:
    """Reject the rows that would replace the opening stage of an initiative that something holds where it is."""
    moving = {row.initiative: row for row in rows if row.record and row.initiative and "openings" in row.differing}
    holds = stage_holds(moving.keys())
    decided = StageChange.objects.filter(initiative=OuterRef("pk")).exclude(source=StageChange.Source.OPENING)
    for initiative in Initiative.objects.filter(~Exists(decided), pk__in=holds):
        row = moving[initiative.pk]
        wanted = row.values["openings"][-1][0]
        if wanted != initiative.stage:
            told = {"stage": initiative.get_stage_display().lower(), "wanted": Stage(wanted).label.lower()}
            row.reason = UNDER_REVIEW.format(reference=initiative.reference, why=holds[initiative.pk], **told)
            row.outcome, row.initiative, row.record = ImportRow.Outcome.REJECTED, None, None


def _refusal(ground: Ground, row: Planned) -> str:
    if not row.reading.name:
        places = ground.plan.places("use_case_name")
        return NO_NAME.format(column=ground.plan.headers[places[0]]) if places else NO_NAME_COLUMN
    if not ground.units.may_use(row.unit):
        return OTHER_UNIT.format(unit=" / ".join(row.reading.unit) or "none")
    return ""


def _match(ground: Ground, rows: Sequence[Planned]) -> None:
    """Find the initiatives that rows are about: by their record, by source and identifier, by our reference."""
    records = ImportedRecord.objects.filter(source=ground.job.source, key__in=[row.key for row in rows])
    known = {record.key: record for record in records}
    for row in rows:
        if record := known.get(row.key):
            row.record, row.initiative = record, record.initiative_id
    _match_identifiers(ground, [row for row in rows if row.initiative is None and row.reading.external_id])
    _match_references([row for row in rows if row.reading.reference])


def _refuse_others(ground: Ground, rows: Sequence[Planned]) -> None:
    """An office of some units changes their initiatives alone, whatever unit a row names."""
    if ground.units.reach is None:
        return
    matched = {row.initiative for row in rows if row.initiative is not None}
    units = dict(Initiative.objects.filter(pk__in=matched).values_list("pk", "unit_id"))
    for row in rows:
        if row.initiative is not None and units.get(row.initiative) not in ground.units.reach:
            row.reason, row.initiative, row.record = OTHER_OFFICE, None, None


def _match_identifiers(ground: Ground, rows: Sequence[Planned]) -> None:
    """Initiatives that came another way with the same source and identifier, such as through the API."""
    if not rows:
        return
    wanted = {row.reading.external_id for row in rows}
    sources = {source_of(ground.job, row) for row in rows}
    found = Initiative.objects.filter(source__in=sources, external_id__in=wanted)
    known = {(source, name): pk for source, name, pk in found.values_list("source", "external_id", "pk")}
    for row in rows:
        if row.key == f"id:{row.reading.external_id}" or row.reading.reference:
            row.initiative = known.get((source_of(ground.job, row), row.reading.external_id))


def _match_references(rows: Sequence[Planned]) -> None:
    """Rows of our own export. A reference counts only here, so something else must agree that it is the same one."""
    numbers = {row.reading.reference: _number(row.reading.reference) for row in rows}
    found = Initiative.objects.in_bulk([number for number in numbers.values() if number])
    for row in rows:
        initiative = found.get(numbers[row.reading.reference])
        if initiative is None or row.initiative is not None:
            continue
        if row.record is None and not _agrees(initiative, row.reading):
            row.reason = OTHER_INITIATIVE.format(reference=initiative.reference)
        else:
            row.initiative = initiative.pk


def _number(reference: str) -> int:
    digits = reference.upper().removeprefix("AI-")
    return int(digits) if digits.isdecimal() and len(digits) < 10 else 0


def _agrees(initiative: Initiative, reading: Reading) -> bool:
    if folded(initiative.name) == folded(reading.name):
        return True
    summary = reading.values.get("summary") or ""
    return bool(summary) and folded(summary) == folded(initiative.summary)


def _differing(row: Planned, plan: Plan, stands: dict[int, dict[str, Any]]) -> list[str]:
    """What the source says otherwise than last time; of a record not seen before, otherwise than the register."""
    if row.record is None:
        now = stands[row.initiative or 0]
        return [name for name, value in row.values.items() if name in now and differs(name, value, now[name])]
    before = row.record.values
    differing = [name for name, value in row.values.items() if before.get(name) != value]
    if row.record.facts != row.reading.facts:
        differing.append("facts")
    if not differing and row.record.record != record_of(plan, row.cells):
        differing.append("record")
    return differing


def record_of(plan: Plan, cells: Sequence[str]) -> dict[str, str]:
    """A row as it is kept: header to cell, empty cells left out."""
    return {header: cell for header, cell in zip(plan.headers, cells, strict=True) if cell.strip()}
