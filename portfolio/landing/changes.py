"""What a source changed since its last import, brought into the register without undoing what people did here.

Three values meet in each field: what the source said last time, what it says now, and what stands in the
register. Where somebody changed the register since, that stays, and the row says so.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from aiso import clock

from ..actions.accept_map import follow_owner
from ..actions.edit_initiative import weighed
from ..importing.interpret import LISTED, NAMED
from ..models import AutonomyAcceptance, Initiative, Link, Ownership, StageChange
from ..models.initiative import PRIORITY_PARTS
from .ground import Ground
from .planned import Planned
from .snapshot import BLANKS, CHOICE_TEXTS, PLAIN, TEXTS

KEPT = "changed here since the last import, so it stays as it is"
STAGE_KEPT = "its stage follows from decisions here, so it is not moved"


class Changes:
    """The updates of one batch, gathered row by row and then written set by set."""

    def __init__(self, ground: Ground) -> None:
        self.units, self.entries, self.people = ground.units, ground.entries, ground.people
        self.as_of = ground.job.as_of
        self.now = clock.now()
        self.before: dict[int, dict[str, Any]] = {}  # by row, what its update replaced
        self.changed: list[Initiative] = []
        self.fields: set[str] = set()
        self.added: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.links: list[Link] = []
        self.ended: list[Ownership] = []
        self.begun: list[Ownership] = []
        self.reopened: list[int] = []
        self.openings: list[StageChange] = []

    def gather(self, rows: Sequence[Planned]) -> None:
        """Work out the updates of `rows`, whose initiatives are locked here."""
        pks = [row.initiative for row in rows if row.initiative is not None]
        locked = Initiative.objects.select_for_update(of=["self"]).select_related(*NAMED).defer("search")
        found = locked.prefetch_related(*LISTED, "links", "stage_changes", "ownerships").in_bulk(pks)
        for row in rows:
            assert row.initiative is not None
            self._update(row, found[row.initiative])

    def _update(self, row: Planned, initiative: Initiative) -> None:
        said_before = row.record.values if row.record else {}
        row_before: dict[str, Any] = {"changed_at": initiative.changed_at.isoformat()}
        for name in row.differing:
            value: Any = row.values.get(name)
            if row.record is None and value in BLANKS:
                continue
            if name in PLAIN or name in NAMED or name == "unit":
                self._set(row, initiative, name, value, said_before, row_before)
            elif name in LISTED:
                self._add_entries(initiative, name, value, row_before)
            elif name == "links":
                self._add_links(initiative, value, row_before)
            elif name == "owners":
                self._assign(row, initiative, value, said_before.get("owners", {}), row_before)
            elif name == "openings":
                self._reopen(row, initiative, value, row_before)
        if not set(PRIORITY_PARTS).isdisjoint(row_before):
            row_before["priority"] = str(initiative.priority) if initiative.priority is not None else None
            initiative.priority = weighed(initiative)
            self.fields.add("priority")
        initiative.changed_at = self.now
        self.changed.append(initiative)
        self.before[row.number] = row_before

    def _set(
        self, row: Planned, initiative: Initiative, name: str, value: Any, said: dict[str, Any], before: dict[str, Any]
    ) -> None:
        attribute, wanted, stood = self._resolved(row, name, value, said)
        current = getattr(initiative, attribute)
        if current == wanted:
            return
        if row.record is not None and not _same(current, stood):
            row.problem(_label(name), str(value), KEPT)
            return
        before[attribute] = str(current) if isinstance(current, Decimal) else current
        setattr(initiative, attribute, wanted)
        self.fields.add(attribute)

    def _resolved(self, row: Planned, name: str, value: Any, said: dict[str, Any]) -> tuple[str, Any, Any]:
        """The attribute of a value, what it shall be, and what it was after the last import."""
        if name == "unit":
            return "unit_id", self.units.find(row.unit), said.get("unit_id")
        if name in NAMED:
            return f"{name}_id", self.entries.find(name, value or ""), self.entries.find(name, said.get(name) or "")
        return name, _stored(name, value), _stored(name, said.get(name))

    def _add_entries(self, initiative: Initiative, name: str, value: list[str], before: dict[str, Any]) -> None:
        held = {entry.pk for entry in getattr(initiative, name).all()}
        new = [pk for pk in self.entries.find_all(name, value or []) if pk not in held]
        if new:
            before[name] = new
            self.added[name] += [(initiative.pk, pk) for pk in new]

    def _add_links(self, initiative: Initiative, value: list[list[str]], before: dict[str, Any]) -> None:
        held = {link.address for link in initiative.links.all()}
        new = [
            Link(initiative=initiative, name=name, address=address) for name, address in value if address not in held
        ]
        if new:
            before["links"] = [link.address for link in new]
            self.links += new

    def _assign(
        self, row: Planned, initiative: Initiative, value: dict[str, str], said: dict[str, str], before: dict[str, Any]
    ) -> None:
        present = {
            owned.kind: owned for owned in initiative.ownerships.all() if owned.ended_on is None and not owned.is_deputy
        }
        for kind, cell in value.items():
            person, current = self.people.find(cell), present.get(kind)
            if person is None or (current and current.person_id == person):
                continue
            if current and row.record is not None and self.people.find(said.get(kind, "")) != current.person_id:
                row.problem(f"{kind.capitalize()} owner", cell, KEPT)
                continue
            self._hand_over(initiative, kind, person, current, before)

    def _hand_over(
        self, initiative: Initiative, kind: str, person: int, current: Ownership | None, before: dict[str, Any]
    ) -> None:
        today = clock.today()
        if current:
            current.end_on(max(today, current.started_on))
            self.ended.append(current)
        begins = max(today, current.started_on) if current else self.as_of
        begun = Ownership(initiative=initiative, kind=kind, person_id=person, started_on=begins)
        self.begun.append(begun)
        before.setdefault("owners", {})[kind] = [current.pk if current else None, person]

    def _reopen(self, row: Planned, initiative: Initiative, value: list[list[str]], before: dict[str, Any]) -> None:
        """Replace the opening position, unless the stage has come from somewhere else since."""
        changes = list(initiative.stage_changes.all())
        if row.record is None or any(change.source != StageChange.Source.OPENING for change in changes):
            if value[-1][0] != initiative.stage:
                row.problem("Stage", value[-1][0], STAGE_KEPT)
            return
        before["openings"] = [[change.stage, change.changed_on.isoformat()] for change in changes]
        self.reopened.append(initiative.pk)
        self.openings += openings_of(initiative, value, None)

    def _reopen_maps(self) -> None:
        """What an earlier owner accepted, the next one accepts anew."""
        given = AutonomyAcceptance.objects.standing().filter(initiative__in=[each.initiative_id for each in self.begun])
        accepted = {*given.values_list("initiative", "role")}
        for each in self.begun:
            if (each.initiative_id, each.kind) in accepted:
                follow_owner(each.initiative, each.kind, actor=None, to=each.person_id)

    def write(self, recorded_by: int | None) -> None:
        """Carry all of it out."""
        if self.changed:
            Initiative.objects.bulk_update(self.changed, sorted(self.fields | {"changed_at"}))
        for name, pairs in sorted(self.added.items()):
            add_pairs(name, pairs)
        Link.objects.bulk_create(self.links)
        if self.ended:
            Ownership.objects.bulk_update(self.ended, Ownership.ENDING)
        Ownership.objects.bulk_create(self.begun)
        self._reopen_maps()
        if self.reopened:
            StageChange.objects.filter(initiative__in=self.reopened).delete()
            for change in self.openings:
                change.recorded_by_id = recorded_by
            StageChange.objects.bulk_create(self.openings)


def openings_of(initiative: Initiative, value: list[list[str]], recorded_by: int | None) -> list[StageChange]:
    """The opening position as rows, the last one last: of two on one day it counts."""
    return [
        StageChange(
            initiative=initiative,
            stage=stage,
            changed_on=date.fromisoformat(day),
            source=StageChange.Source.OPENING,
            recorded_by_id=recorded_by,
        )
        for stage, day in value
    ]


def add_pairs(name: str, pairs: Sequence[tuple[int, int]]) -> None:
    """Link initiatives with entries of a list."""
    through = getattr(Initiative, name).through
    target = Initiative._meta.get_field(name).m2m_reverse_field_name()  # type: ignore[union-attr]
    rows = [through(**{"initiative_id": initiative, f"{target}_id": entry}) for initiative, entry in pairs]
    through.objects.bulk_create(rows, ignore_conflicts=True)


def _stored(name: str, value: Any) -> Any:
    """A value as the initiative's column holds it: texts and choices are never null, money is a number."""
    if name == "requested_amount":
        return None if value is None else Decimal(value)
    return "" if value is None and name in {*TEXTS, *CHOICE_TEXTS} else value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return " ".join(one.split()) == " ".join(other.split())
    return bool(one == other)


def _label(name: str) -> str:
    return name.removesuffix("_id").removeprefix("is_").replace("_", " ").capitalize()
