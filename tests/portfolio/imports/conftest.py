"""A small register as a spreadsheet, and imports of it."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from aiso.accounts.models import User
from portfolio.actions.imports.run import run_import, start_import
from portfolio.actions.imports.upload import upload_import
from portfolio.models import ImportJob

from ..importing.files import delimited

HEADER = [
    "Use Case ID",
    "Name",
    "Organisation",
    "Bureau",
    "Status",
    "Start date",
    "Go-live",
    "Description",
    "Tags",
    "Remark",
]
ROWS = [
    [
        "U-1",
        "Invoice matching",
        "Finance",
        "Payables",
        "Live",
        "2023-01-10",
        "2023-09-01",
        "Matches invoices",
        "cost",
        "fine",
    ],
    ["U-2", "Fraud detection", "Claims", "", "Pilot", "2024-02-01", "TBD", "Flags odd claims", "risk; fraud", ""],
    ["U-3", "Pump maintenance", "Plant", "Pumps", "Whatever", "", "", "Saves stops", "", ""],
]

type Import = Callable[..., ImportJob]


def sheet(rows: Sequence[Sequence[str]] = ROWS, header: Sequence[str] = HEADER) -> bytes:
    return delimited([header, *rows]).encode()


def changed(place: int, **cells: str) -> list[list[str]]:
    """ROWS with some cells of one row replaced, by header."""
    rows = [list(row) for row in ROWS]
    for header, cell in cells.items():
        rows[place][HEADER.index(header.replace("_", " "))] = cell
    return rows


@pytest.fixture
def bring_in(office_member: User) -> Import:
    """Upload a file and run its import to the end."""

    def bring(
        content: bytes | None = None, *, actor: User | None = office_member, name: str = "cases.csv", **options: Any
    ) -> ImportJob:
        job = upload_import(content or sheet(), file_name=name, actor=actor, **options)
        start_import(job, actor=actor)
        run_import(job.pk)
        job.refresh_from_db()
        return job

    return bring
