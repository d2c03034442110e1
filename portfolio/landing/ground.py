"""What the rows of one batch land on: how they are read, and the units, list entries and people they name."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from aiso import clock
from aiso.accounts.models import User
from aiso.accounts.models.role import OFFICE

from ..importing.interpret import LISTED, NAMED
from ..importing.plan import Plan
from ..models import ImportJob, ValueMapEntry
from .entries import GROWING, Entries
from .people import People
from .units import UnitTree

if TYPE_CHECKING:
    from .planned import Planned

UNKNOWN_ENTRY = "not on the office's list, so it is kept in the notes"
UNKNOWN_PERSON = "nobody active here has this name or address; assign the owner by hand"


class Ground:
    """Read once a batch, and added to when the batch lands. `actor` None is the operator at the shell."""

    def __init__(self, job: ImportJob, actor: User | None) -> None:
        self.job, self.actor = job, actor
        self.plan = plan_of(job)
        self.units = UnitTree(job.unit_id, reach_of(actor))
        self.entries = Entries()
        self.people = People(())

    def learn(self, rows: Sequence["Planned"]) -> None:
        """Look up the list entries and people that rows name; what is unknown becomes a problem and a note."""
        for field in (*NAMED, *LISTED):
            self.entries.read(field, _named(rows, field))
        said_before = [row.record.values.get("owners", {}) for row in rows if row.record]
        said_now = [row.reading.values["owners"] for row in rows]
        self.people = People(cell for owners in (*said_now, *said_before) for cell in owners.values())
        for row in rows:
            self._drop_unknown(row)

    def grow(self, rows: Sequence["Planned"]) -> None:
        """Add the units and list entries that rows name and that are missing."""
        self.units.add(row.unit for row in rows)
        for field in GROWING:
            self.entries.add(field, _named(rows, field))

    @property
    def made(self) -> dict[str, list[int]]:
        """What was added, by model."""
        units = {"businessunit": self.units.made} if self.units.made else {}
        return units | self.entries.made

    def _drop_unknown(self, row: "Planned") -> None:
        values, notes = row.reading.values, []
        for field in (*NAMED, *LISTED):
            if field in values and field not in GROWING:
                values[field], unknown = self._known(field, values[field])
                notes += [(field.replace("_", " ").capitalize(), name, UNKNOWN_ENTRY) for name in unknown]
        owners = values["owners"]
        values["owners"] = {kind: cell for kind, cell in owners.items() if self.people.find(cell) is not None}
        unknown_owners = owners.keys() - values["owners"].keys()
        notes += [(f"{kind.capitalize()} owner", owners[kind], UNKNOWN_PERSON) for kind in sorted(unknown_owners)]
        for label, said, reason in notes:
            row.problem(label, said, reason)
        values["notes"] = "\n".join(filter(None, [values["notes"], *(f"{label}: {said}" for label, said, _ in notes)]))

    def _known(self, field: str, said: str | list[str]) -> tuple[str | list[str], list[str]]:
        """What the list has of what a row says, and what it has not."""
        names = [said] if isinstance(said, str) else said
        known = [name for name in names if name and self.entries.find(field, name) is not None]
        unknown = [name for name in names if name and name not in known]
        return ("".join(known) if isinstance(said, str) else known), unknown


def _named(rows: Sequence["Planned"], field: str) -> Iterator[str]:
    for row in rows:
        said = row.reading.values.get(field) or []
        yield from [said] if isinstance(said, str) else said
        before = row.record.values.get(field) or [] if row.record else []
        yield from [before] if isinstance(before, str) else before


def plan_of(job: ImportJob) -> Plan:
    """How the job's rows are read, with the value maps of this moment."""
    return Plan(
        headers=job.headers,
        mapping=job.mapping,
        as_of=job.as_of,
        today=clock.today(),
        conventions=job.conventions,
        fiscal_start=job.fiscal_start,
        overrides=ValueMapEntry.objects.overrides(),
    )


def reach_of(actor: User | None) -> frozenset[int] | None:
    """The units an importer's office reaches; None is all of them, as for the operator at the shell."""
    if actor is None:
        return None
    held = [actor.role_units[role] for role in OFFICE if role in actor.role_units]
    if any(units is None for units in held):
        return None
    return frozenset(unit for units in held for unit in units or ())


def source_of(job: ImportJob, row: "Planned") -> str:
    """Where a row's record comes from: our own exports say it row by row."""
    return str(row.reading.values.get("source") or job.source)
