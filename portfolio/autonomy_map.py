"""The map of an initiative: its decisions and their levels, which business and risk owner accept (DESIGN §4, §5).

`standing_of(initiative).is_accepted` is what the gates ask.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TypedDict

from aiso.once import once

from .models import AutonomyAcceptance, AutonomyLevel, DecisionClass, Initiative

Role = AutonomyAcceptance.Role


class Entry(TypedDict):
    """One decision of the map; `level` is the code, `says` what people read."""

    decision: str
    level: str
    says: str


@dataclass(frozen=True)
class MapStanding:
    """Who accepted the map as it is now, and what changed since somebody last did."""

    decisions: int
    fingerprint: str
    business: AutonomyAcceptance | None
    risk: AutonomyAcceptance | None
    changes: tuple[str, ...]

    @property
    def is_accepted(self) -> bool:
        return self.business is not None and self.risk is not None

    @property
    def accepted_at(self) -> datetime | None:
        """When the second of the two accepted it."""
        if self.business is None or self.risk is None:
            return None
        return max(self.business.accepted_at, self.risk.accepted_at)

    @property
    def is_reopened(self) -> bool:
        return bool(self.changes)

    @property
    def missing(self) -> list[Role]:
        """Who has yet to accept it; nobody where there is nothing to accept."""
        if not self.decisions:
            return []
        return [role for role, given in ((Role.BUSINESS, self.business), (Role.RISK, self.risk)) if given is None]


def standing_of(initiative: Initiative) -> MapStanding:
    """How the map of one initiative stands. Two queries."""
    return standings_of([initiative])[initiative.pk]


def standings_of(initiatives: Iterable[Initiative]) -> dict[int, MapStanding]:
    """How the maps of many stand, by the id of the initiative. Two queries for all of them."""
    pks = [initiative.pk for initiative in initiatives]
    maps: dict[int, list[DecisionClass]] = defaultdict(list)
    for decision in classes_of(pks):
        maps[decision.initiative_id].append(decision)
    return standings_with(maps, pks)


def classes_of(initiatives: Iterable[int]) -> list[DecisionClass]:
    """The decision classes of initiatives, as they were recorded."""
    ids = frozenset(initiatives)
    return once(("decision classes", ids), lambda: [*DecisionClass.objects.filter(initiative__in=ids).order_by("pk")])


def standings_with(maps: Mapping[int, Iterable[DecisionClass]], pks: Iterable[int]) -> dict[int, MapStanding]:
    """The same where the decisions of each were read before. One query."""
    latest: dict[int, dict[str, AutonomyAcceptance]] = defaultdict(dict)
    given = AutonomyAcceptance.objects.filter(initiative__in=pks).select_related("person")
    for acceptance in given.order_by("initiative_id", "role", "-pk").distinct("initiative_id", "role"):
        latest[acceptance.initiative_id][acceptance.role] = acceptance
    return {pk: _standing(map_of(maps.get(pk, ())), latest[pk]) for pk in pks}


def map_of(decisions: Iterable[DecisionClass]) -> list[Entry]:
    """The decisions with their levels, by name: what is accepted, and what a person reads later."""
    return [
        {"decision": each.name, "level": each.autonomy, "says": AutonomyLevel(each.autonomy).label}
        for each in sorted(decisions, key=lambda each: each.name)
    ]


def fingerprint_of(entries: Iterable[Entry]) -> str:
    """SHA-256 over the decisions and their levels, in hex: equal maps alone have equal ones."""
    told = [[entry["decision"], entry["level"]] for entry in entries]
    return sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def changes_between(before: Iterable[Entry], now: Iterable[Entry]) -> list[str]:
    """What is different, in sentences."""
    old, new = ({entry["decision"]: entry for entry in entries} for entries in (before, now))
    told = [f"“{name}” was removed." for name in old if name not in new]
    told += [f"“{name}” was added: {entry['says'].lower()}." for name, entry in new.items() if name not in old]
    return told + [
        f"“{name}” went from {old[name]['says'].lower()} to {entry['says'].lower()}."
        for name, entry in new.items()
        if name in old and old[name]["level"] != entry["level"]
    ]


def owner_changed(role: str) -> str:
    """Why an acceptance was reopened although the map is the same."""
    return f"Its {Role(role).label.lower()} is somebody else now, who has yet to accept it."


def _standing(entries: list[Entry], latest: dict[str, AutonomyAcceptance]) -> MapStanding:
    fingerprint = fingerprint_of(entries)
    holding = {
        role: each for role, each in latest.items() if each.reopened_at is None and each.fingerprint == fingerprint
    }
    lost = [each for role, each in latest.items() if role not in holding]
    changes: list[str] = []
    if lost:
        before = max(lost, key=lambda each: each.pk).copy
        changes = [told for each in lost for told in each.changes if told == owner_changed(each.role)]
        changes += changes_between(before, entries)
        changes = changes or ["It changed and is now as it was: accept it again."]
    return MapStanding(len(entries), fingerprint, holding.get(Role.BUSINESS), holding.get(Role.RISK), tuple(changes))
