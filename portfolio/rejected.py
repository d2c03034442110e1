"""The rows that an import rejected, as a file that can be corrected and uploaded again."""

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import PurePath

import xlsxwriter

from .actions.imports.upload import REASON_HEADER, REJECTED_PREFIX
from .importing.formulas import escaped
from .models import ImportJob, ImportRow

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LONGEST_CELL = 32_767  # what Excel holds


def rejected_file(job: ImportJob, kind: str) -> tuple[str, bytes]:
    """The file's name and content; `kind` is csv or xlsx."""
    stem = PurePath(job.file_name).stem.removeprefix(REJECTED_PREFIX)
    safe = (
        "".join(mark if mark.isalnum() or mark in " -_." else "_" for mark in stem).encode("ascii", "replace").decode()
    )
    content = _csv(job) if kind == "csv" else _xlsx(job)
    return f"{REJECTED_PREFIX}{safe.replace('?', '_')}.{kind}", content


def _lines(job: ImportJob) -> Iterator[list[str]]:
    places = [place for place, header in enumerate(job.headers) if header != REASON_HEADER]
    yield [job.headers[place] for place in places] + [REASON_HEADER]
    rejected = job.rows.filter(outcome=ImportRow.Outcome.REJECTED).order_by("number")
    for cells, reason in rejected.values_list("cells", "reason").iterator(chunk_size=1000):
        yield [cells[place] for place in places] + [reason]


def _csv(job: ImportJob) -> bytes:
    out = StringIO(newline="")
    csv.writer(out).writerows([escaped(cell) for cell in line] for line in _lines(job))
    return out.getvalue().encode("utf-8-sig")


def _xlsx(job: ImportJob) -> bytes:
    out = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        page = book.add_worksheet("Rejected")
        page.freeze_panes(1, 0)
        for number, line in enumerate(_lines(job)):
            for place, cell in enumerate(line):
                page.write_string(number, place, cell[:LONGEST_CELL])
    return out.getvalue()
