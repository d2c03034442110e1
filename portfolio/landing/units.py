"""The units that rows name, found in the tree or added to it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from aiso.accounts.models import BusinessUnit

from ..importing.wording import folded


@dataclass(frozen=True)
class UnitName:
    """A unit as a row names it: from the organisation down, with the organisation's abbreviation."""

    path: tuple[str, ...]
    short: str = ""


class UnitTree:
    """All business units, as they can be found by name. One query to read, one for each level that is added."""

    def __init__(self, base: int | None, reach: frozenset[int] | None) -> None:
        """`base` is the unit below which new organisations go; `reach` the units that may be used, None for all."""
        self.base = base
        self.reach = None if reach is None else {*reach}
        self.made: list[int] = []
        self._below: dict[int | None, dict[str, int]] = defaultdict(dict)
        self._anywhere: dict[str, set[int]] = defaultdict(set)
        self.names: dict[int, str] = {}
        for pk, parent, name, short in BusinessUnit.objects.values_list("pk", "parent_id", "name", "short_name"):
            self._know(pk, parent, name, short)

    def find(self, unit: UnitName) -> int | None:
        """The unit if all of its path exists."""
        found, missing = self._walk(unit)
        return found if not missing else None

    def may_use(self, unit: UnitName) -> bool:
        """Whether the unit, or the lowest one above it that exists, is within reach."""
        if self.reach is None:
            return True
        found, _ = self._walk(unit)
        return found is not None and found in self.reach

    def add(self, units: Iterable[UnitName]) -> None:
        """Add what is missing of some units, level by level."""
        wanted = {unit for unit in units if self._walk(unit)[1]}
        while wanted:
            self._add_level(wanted)
            wanted = {unit for unit in wanted if self._walk(unit)[1]}

    def _add_level(self, wanted: set[UnitName]) -> None:
        new: dict[tuple[int | None, str], BusinessUnit] = {}
        for unit in sorted(wanted, key=lambda unit: unit.path):
            parent, missing = self._walk(unit)
            is_top = len(missing) == len(unit.path)
            short = unit.short if is_top else ""
            parent = self.base if is_top else parent
            made = BusinessUnit(parent_id=parent, name=missing[0], short_name=short)
            new.setdefault((parent, folded(short) or folded(missing[0])), made)
        for made in BusinessUnit.objects.bulk_create(new.values()):
            self.made.append(made.pk)
            if self.reach is not None:
                self.reach.add(made.pk)
            self._know(made.pk, made.parent_id, made.name, made.short_name)

    def _walk(self, unit: UnitName) -> tuple[int | None, tuple[str, ...]]:
        """How far a path leads: the lowest unit found, and the names still missing below it."""
        if not unit.path:
            return self.base, ()
        here = self._top(unit)
        if here is None:
            return None, unit.path
        for place, name in enumerate(unit.path[1:], start=1):
            below = self._below[here].get(folded(name))
            if below is None:
                return here, unit.path[place:]
            here = below
        return here, ()

    def _top(self, unit: UnitName) -> int | None:
        """An organisation by its name or abbreviation: where new ones would go, else the only one of that name."""
        spellings = [folded(word) for word in (unit.path[0], unit.short) if word]
        for spelling in spellings:
            if (found := self._below[self.base].get(spelling)) is not None:
                return found
        for spelling in spellings:
            known = self._anywhere[spelling]
            if len(known) == 1:
                return next(iter(known))
        return None

    def _know(self, pk: int, parent: int | None, name: str, short: str) -> None:
        self.names[pk] = name
        for word in (short, name):
            if word:
                self._below[parent][folded(word)] = pk
                self._anywhere[folded(word)].add(pk)
