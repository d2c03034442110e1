"""Registers of a given size, written by COPY: names and texts of the sample portfolio, everything else by lot."""

import csv
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import connection

from aiso.accounts.models import BusinessUnit, Role, RoleAssignment, User
from portfolio.models import Bucket, Initiative, OwnerKind, Ownership, SearchWord, Stage
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
    _copy("portfolio_initiative", *_initiatives(lot, size, units))
    _copy("portfolio_stagechange", *_stage_changes(lot, size))
    with _without_overlap_check():
        _copy("portfolio_ownership", *_ownerships(lot, size, people))
    for table in ("initiative", "stagechange", "ownership"):
        _execute(f"SELECT setval('portfolio_{table}_id_seq', (SELECT max(id) FROM portfolio_{table}))")
    # Names and texts repeat after the sample, so its words are all there are.
    SearchWord.objects.learn(Initiative.objects.filter(pk__lte=2000))
    _execute("ANALYZE")


@contextmanager
def _without_overlap_check() -> Iterator[None]:
    """Check overlapping ownerships once at the end: an index built whole takes a tenth of one built row by row."""
    overlap = next(each for each in Ownership._meta.constraints if isinstance(each, ExclusionConstraint))
    with connection.schema_editor() as editor:
        editor.remove_constraint(Ownership, overlap)
    yield
    with connection.schema_editor() as editor:
        editor.add_constraint(Ownership, overlap)


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


def _initiatives(lot: random.Random, size: int, units: list[int]) -> tuple[list[str], Iterable[list[Any]]]:
    fixed = {"source": "", "external_id": "", "notes": "", "ai_act_class": "", "employee_effect": "", "stage": "intake"}
    columns = ["id", "name", "summary", "unit_id", "bucket_id", *PRIORITY_PARTS, "priority", "risk_tier"]
    columns += ["data_sensitivity", "is_confidential", "created_at", "changed_at", *fixed]
    buckets = [*Bucket.objects.values_list("pk", flat=True)]
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        sample = [(row["2_use_case_name"][:280], row["11_purpose_benefits"]) for row in csv.DictReader(file)]

    def rows() -> Iterable[list[Any]]:
        for number, (name, text) in enumerate(islice(cycle(sample), size), start=1):
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
            ]  # fmt: skip

    return columns, rows()


def _stage_changes(lot: random.Random, size: int) -> tuple[list[str], Iterable[list[Any]]]:
    columns = ["initiative_id", "stage", "changed_on", "source", "rationale", "recorded_at"]
    return columns, (
        [number, lot.choice([*Stage]).value, _day(lot), "opening", "", "2026-11-01 00:00+00"]
        for number in range(1, size + 1)
    )


def _ownerships(lot: random.Random, size: int, people: list[int]) -> tuple[list[str], Iterable[list[Any]]]:
    columns = ["initiative_id", "kind", "person_id", "is_deputy", "started_on"]
    return columns, (
        [number, kind.value, lot.choice(people), False, _day(lot)]
        for number in range(1, size + 1)
        for kind in OwnerKind
        if lot.random() < OWNED
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


def count() -> int:
    return Initiative.objects.count()
