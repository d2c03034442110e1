"""One batch of rows into the register, in a fixed number of statements however many rows it has."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from json import dumps
from typing import Any

from django.db import connection

from aiso import clock

from ..actions.conclude_lanes import conclude_lanes
from ..importing.interpret import LISTED, NAMED
from ..models import ImportedRecord, ImportRow, Initiative, Link, Ownership, StageChange
from ..models.initiative import PRIORITY_PARTS
from ..priority import priority_of, weights_in_force
from .changes import Changes, add_pairs, openings_of
from .ground import Ground, source_of
from .planned import Planned, record_of, refuse_held
from .snapshot import BLANKS, PLAIN

REPEATED_ID = "other rows have this identifier too, so it is not taken over"
# One statement for the batch: bulk_update would spell out a case for each row and column.
CLOSE_ROWS = """
    UPDATE portfolio_importrow AS r
    SET outcome = u.outcome, reason = u.reason, problems = u.problems, initiative_id = u.initiative, before = u.before
    FROM unnest(%s::int[], %s::text[], %s::text[], %s::jsonb[], %s::bigint[], %s::jsonb[])
        AS u(number, outcome, reason, problems, initiative, before)
    WHERE r.job_id = %s AND r.number = u.number
"""


class Batch:
    """Rows that were decided on, carried out together."""

    def __init__(self, ground: Ground) -> None:
        self.ground, self.job, self.actor = ground, ground.job, ground.actor
        self.now = clock.now()

    def land(self, rows: Sequence[Planned]) -> None:
        """Write the rows' initiatives and records, and what became of each row."""
        self._hold(rows)
        created = [row for row in rows if row.outcome == ImportRow.Outcome.CREATED]
        updated = [row for row in rows if row.outcome == ImportRow.Outcome.UPDATED]
        self.ground.grow([*created, *updated])
        initiatives = self._create(created)
        changes = Changes(self.ground)
        if updated:
            changes.gather(updated)
            changes.write(self.actor.pk if self.actor else None)
        stamps = {initiative.pk: initiative.changed_at for initiative in (*initiatives, *changes.changed)}
        replaced = {row.number: _replaced(row, changes.before[row.number]) for row in updated}
        self._keep_records(created, updated, stamps)
        self._close(rows, replaced)
        conclude_lanes(stamps)

    def _hold(self, rows: Sequence[Planned]) -> None:
        """Lock what changes. Whoever opened a review since the rows were decided on holds the same lock."""
        updated = [row.initiative or 0 for row in rows if row.outcome == ImportRow.Outcome.UPDATED]
        if updated:
            [*Initiative.objects.select_for_update(of=["self"]).filter(pk__in=updated).only("pk")]
            refuse_held(rows)

    def _create(self, rows: Sequence[Planned]) -> list[Initiative]:
        weights = weights_in_force() if any(row.values.get("value") for row in rows) else None
        initiatives = [self._initiative(row, weights) for row in rows]
        Initiative.objects.bulk_create(initiatives)
        recorded_by = self.actor.pk if self.actor else None
        openings: list[StageChange] = []
        owners: list[Ownership] = []
        links: list[Link] = []
        for row, initiative in zip(rows, initiatives, strict=True):
            row.initiative = initiative.pk
            openings += openings_of(initiative, row.values["openings"], recorded_by)
            owners += self._owners(initiative, row)
            links += [Link(initiative=initiative, name=name, address=address) for name, address in row.values["links"]]
        StageChange.objects.bulk_create(openings)
        Ownership.objects.bulk_create(owners)
        Link.objects.bulk_create(links)
        for field in LISTED:
            self._link_entries(field, rows, initiatives)
        return initiatives

    def _link_entries(self, field: str, rows: Sequence[Planned], initiatives: Sequence[Initiative]) -> None:
        pairs = [
            (initiative.pk, entry)
            for row, initiative in zip(rows, initiatives, strict=True)
            for entry in self.ground.entries.find_all(field, row.values.get(field) or [])
        ]
        if pairs:
            add_pairs(field, pairs)

    def _initiative(self, row: Planned, weights: dict[str, Decimal] | None) -> Initiative:
        values = row.values
        plain = {name: values[name] for name in PLAIN if values.get(name) not in BLANKS}
        named = {f"{field}_id": self.ground.entries.find(field, values.get(field) or "") for field in NAMED}
        unit = self.ground.units.find(row.unit)
        assert unit is not None
        initiative = Initiative(
            unit_id=unit,
            external_id=self._external_id(row),
            created_by=self.actor,
            created_at=self.now,
            changed_at=self.now,
            **{**plain, **named, "source": source_of(self.job, row)},
        )
        if weights:
            parts = {part: getattr(initiative, part) for part in PRIORITY_PARTS}
            initiative.priority = priority_of(parts, weights)
        return initiative

    def _external_id(self, row: Planned) -> str:
        """The file's identifier, if no other row of it claims the same."""
        said = row.reading.external_id
        if said and not row.reading.reference and row.key != f"id:{said}":
            row.problem("Identifier", said, REPEATED_ID)
            return ""
        return said

    def _owners(self, initiative: Initiative, row: Planned) -> list[Ownership]:
        found = [(kind, self.ground.people.find(cell)) for kind, cell in row.values["owners"].items()]
        return [
            Ownership(initiative=initiative, kind=kind, person_id=person, started_on=self.job.as_of)
            for kind, person in found
            if person is not None
        ]

    def _keep_records(
        self, created: Sequence[Planned], updated: Sequence[Planned], stamps: dict[int, datetime]
    ) -> None:
        """What the source says now, to compare the next import with."""
        fresh = [*created, *(row for row in updated if row.record is None)]
        ImportedRecord.objects.bulk_create([self._record(row, stamps) for row in fresh])
        kept = []
        for row in updated:
            if row.record is not None:
                record = self._record(row, stamps)
                record.pk = row.record.pk
                kept.append(record)
        if kept:
            ImportedRecord.objects.bulk_update(kept, ["job", "record", "values", "facts", "problems", "stamped_at"])

    def _record(self, row: Planned, stamps: dict[int, datetime]) -> ImportedRecord:
        assert row.initiative is not None
        return ImportedRecord(
            initiative_id=row.initiative,
            source=self.job.source,
            key=row.key,
            job=self.job,
            record=record_of(self.ground.plan, row.cells),
            values={**row.values, "unit_id": self.ground.units.find(row.unit)},
            facts=row.reading.facts,
            problems=row.told_problems,
            stamped_at=stamps[row.initiative],
        )

    def _close(self, rows: Sequence[Planned], replaced: dict[int, dict[str, Any]]) -> None:
        columns: list[list[Any]] = [
            [row.number for row in rows],
            [str(row.outcome) for row in rows],
            [row.reason for row in rows],
            [dumps(row.told_problems) for row in rows],
            [row.initiative for row in rows],
            [dumps(replaced[row.number]) if row.number in replaced else None for row in rows],
        ]
        with connection.cursor() as cursor:
            cursor.execute(CLOSE_ROWS, [*columns, self.job.pk])


def _replaced(row: Planned, fields: dict[str, Any]) -> dict[str, Any]:
    """What an update replaced, in the register and of the record, as JSON holds it."""
    record = row.record and {
        "job": row.record.job_id,
        "record": row.record.record,
        "values": row.record.values,
        "facts": row.record.facts,
        "problems": row.record.problems,
        "stamped_at": row.record.stamped_at.isoformat(),
    }
    return {"fields": fields, "record": record}
