"""Registers of a given size, written by COPY: names and texts of the sample portfolio, everything else by lot."""

import csv
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from django.db import connection

from aiso.accounts.models import BusinessUnit, Role, RoleAssignment, User
from portfolio.models import Bucket, OwnerKind, SearchWord, Stage
from portfolio.models.initiative import PRIORITY_PARTS

SAMPLE = Path("portfolio/sample/omb-2024.csv")
PEOPLE, DIVISIONS, TEAMS = 400, 12, 240
# Share of initiatives: confidential, scored, and with each owner.
CONFIDENTIAL, SCORED, OWNED = 0.02, 0.7, 0.8
FIRST_DAY, LAST_DAY = date(2021, 1, 1), date(2026, 10, 31)


def seed(size: int) -> None:
    """Fill an empty, migrated database with `size` initiatives."""
    lot = random.Random(size)  # the same register every time
    people = _people()
    units = _units(lot)
    stands = [_stand(lot, people) for _ in range(size)]
    # What triggers would follow is written as it follows: 100,000 rows twice over would take minutes.
    _execute("SET session_replication_role = replica")
    _copy("portfolio_initiative", *_initiatives(lot, stands, units))
    _copy("portfolio_stagechange", *_stage_changes(stands))
    _copy("portfolio_ownership", *_ownerships(stands))
    _execute("SET session_replication_role = origin")
    for table in ("initiative", "stagechange", "ownership"):
        _execute(f"SELECT setval('portfolio_{table}_id_seq', (SELECT max(id) FROM portfolio_{table}))")
    SearchWord.objects.refresh()
    _execute("ANALYZE")


@dataclass(frozen=True)
class Stand:
    """Where one initiative stands: its stage since a day, and each owner since a day."""

    stage: str
    since: date
    owners: dict[OwnerKind, tuple[int, date]]


def _stand(lot: random.Random, people: list[int]) -> Stand:
    owners = {kind: (lot.choice(people), _day(lot)) for kind in OwnerKind if lot.random() < OWNED}
    return Stand(lot.choice([*Stage]).value, _day(lot), owners)


def _people() -> list[int]:
    people = [User(email=f"person{n}@example.org", name=f"Person {n}") for n in range(PEOPLE)]
    made = User.objects.bulk_create(people)
    office = User.objects.create_user("office@example.org", name="Office member")
    RoleAssignment.objects.create(person=office, role=Role.OFFICE_MEMBER)
    return [person.pk for person in made]


def _units(lot: random.Random) -> list[int]:
    divisions = [BusinessUnit.objects.create(name=f"Division {n}") for n in range(DIVISIONS)]
    teams = [BusinessUnit(name=f"Team {n}", parent=lot.choice(divisions)) for n in range(TEAMS)]
    return [unit.pk for unit in [*divisions, *BusinessUnit.objects.bulk_create(teams)]]


def _initiatives(lot: random.Random, stands: list[Stand], units: list[int]) -> tuple[list[str], Iterable[list[Any]]]:
    fixed = {"outcome": "", "source": "", "external_id": "", "notes": "", "ai_act_class": "", "employee_effect": ""}
    fixed |= {"lane": "full", "lane_decided_by": "decisions", "lane_raised_because": "", "is_off_register": False}
    columns = ["id", "name", "summary", "unit_id", "bucket_id", *PRIORITY_PARTS, "priority", "risk_tier"]
    columns += ["data_sensitivity", "is_confidential", "created_at", "changed_at", *fixed]
    columns += ["stage", "stage_since", "began_on", *(f"{kind}_owner_id" for kind in OwnerKind), "business_owner_since"]
    buckets = [*Bucket.objects.values_list("pk", flat=True)]
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        sample = [(row["2_use_case_name"][:280], row["11_purpose_benefits"]) for row in csv.DictReader(file)]

    def rows() -> Iterable[list[Any]]:
        for number, (stand, (name, text)) in enumerate(zip(stands, cycle(sample), strict=False), start=1):
            parts: list[int | None] = (
                [lot.randint(1, 5) for _ in PRIORITY_PARTS] if lot.random() < SCORED else [None] * 5
            )
            score = None if parts[0] is None else (sum(filter(None, parts[:4])) + 6 - (parts[4] or 0)) / 5
            moment = f"2026-10-{lot.randint(1, 31):02} {lot.randint(0, 23):02}:{lot.randint(0, 59):02}:00+00"
            again = f" {number // len(sample)}" if number > len(sample) else ""
            yield [
                number, name + again, text, lot.choice(units), lot.choice(buckets), *parts, score,
                lot.choice(["", "low", "moderate", "high", "critical"]), lot.choice(["", "internal", "personal"]),
                lot.random() < CONFIDENTIAL, moment, moment, *fixed.values(),
                stand.stage, stand.since, stand.since, *(stand.owners.get(kind, (None,))[0] for kind in OwnerKind),
                stand.owners.get(OwnerKind.BUSINESS, (None, None))[1],
            ]  # fmt: skip

    return columns, rows()


def _stage_changes(stands: list[Stand]) -> tuple[list[str], Iterable[list[Any]]]:
    columns = ["initiative_id", "stage", "changed_on", "source", "rationale", "recorded_at"]
    return columns, (
        [number, stand.stage, stand.since, "opening", "", "2026-11-01 00:00+00"]
        for number, stand in enumerate(stands, start=1)
    )


def _ownerships(stands: list[Stand]) -> tuple[list[str], Iterable[list[Any]]]:
    columns = ["initiative_id", "kind", "person_id", "is_deputy", "started_on", "recorded_at"]
    return columns, (
        [number, kind.value, person, False, since, since]
        for number, stand in enumerate(stands, start=1)
        for kind, (person, since) in stand.owners.items()
    )


def _day(lot: random.Random) -> date:
    return FIRST_DAY + timedelta(days=lot.randrange((LAST_DAY - FIRST_DAY).days))


def _copy(table: str, columns: list[str], rows: Iterable[list[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
