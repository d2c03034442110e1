from datetime import date, datetime
from typing import Annotated, TypedDict

from django.db.models import F, IntegerField, QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import unit_field
from aiso.api.nouns import Noun
from aiso.api.operations import Body, answers, answers_page
from aiso.api.problems import Refusal
from aiso.api.shapes import Named, Person, named
from aiso.web.keyset import LATEST_FIRST, Order

from ..actions.imports.mapping import map_import
from ..actions.imports.run import start_import
from ..actions.imports.undo import undo_import
from ..actions.imports.upload import discard_import, upload_import
from ..importing.presets import PRESETS
from ..landing.preview import ColumnProblems, preview
from ..models import ImportJob, ImportRow
from ..permissions import can_import, can_run_import, can_see_imports

AS_IN_THE_FILE = Order(F("number"), IntegerField())
# Rows that the preview looks at, as on its page.
PREVIEWED = 5000
REFUSAL = "The person who uploaded the file and the office lead run its import."


class RowCountsShape(TypedDict):
    """What became of the file's rows."""

    total: int
    created: int
    updated: int
    unchanged: int
    rejected: int


class ImportRowShape(TypedDict):
    """A spreadsheet on its way into the register, as lists tell it."""

    id: int
    file_name: str
    file_size: Annotated[int, "Bytes."]
    state: Annotated[str, ImportJob.State]
    source: Annotated[str, "Where the records come from."]
    preset: str
    as_of: Annotated[date, "The day whose state the file tells."]
    unit: Annotated[Named | None, "The file's units are placed below it."]
    rows: RowCountsShape
    failure: str
    uploaded_by: Annotated[Person | None, "Null for the shell."]
    uploaded_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    undone_at: datetime | None


class ColumnShape(TypedDict):
    """A column of the file."""

    header: str
    holds: Annotated[str, "A standard column; empty: kept in the notes; `-`: left out."]
    suggested: str
    confidence: Annotated[float, "0 to 1."]


class ImportShape(ImportRowShape):
    """A spreadsheet on its way into the register."""

    header_row: Annotated[int, "Counted from 1."]
    columns: list[ColumnShape]
    reading_notes: Annotated[list[str], "What was left out of the file, and why."]


class CellProblemShape(TypedDict):
    """A cell that cannot be taken over."""

    row: int
    cell: str
    reason: str


class ColumnProblemsShape(TypedDict):
    """The cells of a column that cannot be taken over."""

    header: str
    count: int
    examples: list[CellProblemShape]


class PreviewShape(TypedDict):
    """What an import would do."""

    looked_at: Annotated[int, "Rows; of a long file only the first."]
    outcomes: Annotated[dict[str, int], "Rows by what would become of them."]
    problems: list[ColumnProblemsShape]


class RejectedShape(TypedDict):
    """A row that did not come in."""

    row: Annotated[int, "Its row in the file, from 1."]
    cells: Annotated[list[str], "In the order of the columns."]
    reason: str


class Upload(Body):
    file = serializers.FileField(help_text="CSV or XLSX, up to 25 MB.")
    preset = serializers.ChoiceField([*PRESETS], required=False, help_text="Found by the columns unless told.")


class Columns(Body):
    mapping = serializers.ListField(
        child=serializers.CharField(allow_blank=True, max_length=60),
        max_length=500,
        help_text="What each column holds, in the file's order.",
    )
    source = serializers.CharField(max_length=100)  # type: ignore[assignment]
    as_of = serializers.DateField()
    unit = unit_field(allow_null=True)


class Imports(Noun):
    tag = "Imports"
    takes_files = frozenset({"create"})
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(ImportRowShape)
    def list(self, request: Request) -> Response:
        """What was brought in, the latest first. For the office and auditors."""
        columns = ("headers", "mapping", "suggested", "made", "reading_notes", "conventions")
        return self.page(self._visible().defer(*columns), LATEST_FIRST, _row)

    @answers(ImportShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One import: its columns, how far it is and what came of it."""
        return self.answer(drawn(get_object_or_404(self._visible(), pk=id)))

    @answers(ImportShape, status=201, takes=Upload)
    def create(self, request: Request) -> Response:
        """Upload a file; its columns are suggested, and nothing is in the register yet. For the office."""
        if not can_import(self.person):
            raise Refusal("forbidden", "The office imports spreadsheets. Ask an office member to do it.")
        file = self.sent["file"]
        preset = self.sent.get("preset", "")
        job = upload_import(file.read(), file_name=file.name, actor=self.person, preset=preset)
        return self.answer(drawn(job), status=201, location=f"{request.path}{job.pk}/")

    @answers(ImportShape, takes=Columns)
    def partial_update(self, request: Request, id: int) -> Response:
        """Say what the columns hold, before it is run."""
        with self.held(self._visible(), id, drawn) as job:
            now = {name: getattr(job, name) for name in ("mapping", "source", "as_of", "unit")}
            return self.answer(drawn(map_import(job, actor=self.person, **now | self.sent)))

    @answers(None, status=204)
    def destroy(self, request: Request, id: int) -> Response:
        """Throw away one's own upload that was never run."""
        with self.held(self._visible(), id, drawn) as job:
            discard_import(job, actor=self.person)
        return Response(status=204)

    @action(detail=True, methods=["get"])
    @answers(PreviewShape, version=False)
    def preview(self, request: Request, id: int) -> Response:
        """What it would do, and which cells cannot be taken over."""
        job = get_object_or_404(self._visible(), pk=id)
        if not can_run_import(self.person, job):
            raise Refusal("forbidden", REFUSAL)
        if job.state != ImportJob.State.MAPPING:
            raise Refusal("refused", "This import has started; its rows tell what became of them.")
        told = preview(job, self.person, most=PREVIEWED)
        drawn: PreviewShape = {
            "looked_at": told.looked_at,
            "outcomes": dict(told.outcomes),
            "problems": [_problems(column) for column in told.problems],
        }
        return Response(drawn)

    @action(detail=True, methods=["get"])
    @answers_page(RejectedShape)
    def rejected(self, request: Request, id: int) -> Response:
        """The rows that did not come in, each with its reason."""
        job = get_object_or_404(self._visible(), pk=id)
        return self.page(job.rows.filter(outcome=ImportRow.Outcome.REJECTED), AS_IN_THE_FILE, _rejected)

    @action(detail=True, methods=["post"])
    @answers(ImportShape, status=202)
    def run(self, request: Request, id: int) -> Response:
        """Let it begin. Its state tells how far it is."""
        with self.held(self._visible(), id, drawn) as job:
            return self.answer(drawn(start_import(job, actor=self.person)), status=202)

    @action(detail=True, methods=["post"])
    @answers(ImportShape)
    def undo(self, request: Request, id: int) -> Response:
        """Take back all that it did, as long as nobody changed any of it since."""
        with self.held(self._visible(), id, drawn) as job:
            return self.answer(drawn(undo_import(job, actor=self.person)))

    def _visible(self) -> "QuerySet[ImportJob]":
        if not can_see_imports(self.person):
            raise Refusal("forbidden", "The office imports spreadsheets; auditors see what was imported.")
        return ImportJob.objects.visible_to(self.person).select_related("unit", "uploaded_by")


def drawn(job: ImportJob) -> ImportShape:
    columns = zip(job.headers, job.mapping, job.suggested, strict=True)
    told: list[ColumnShape] = [
        {"header": header, "holds": holds, "suggested": suggested, "confidence": float(confidence)}
        for header, holds, (suggested, confidence) in columns
    ]
    return {**_row(job), "header_row": job.header_row, "columns": told, "reading_notes": job.reading_notes}


def _row(job: ImportJob) -> ImportRowShape:
    return {
        "id": job.pk,
        "file_name": job.file_name,
        "file_size": job.file_size,
        "state": job.state,
        "source": job.source,
        "preset": job.preset,
        "as_of": job.as_of,
        "unit": named(job.unit),
        "rows": {
            "total": job.rows_total,
            "created": job.rows_created,
            "updated": job.rows_updated,
            "unchanged": job.rows_unchanged,
            "rejected": job.rows_rejected,
        },
        "failure": job.failure,
        "uploaded_by": named(job.uploaded_by),
        "uploaded_at": job.uploaded_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "undone_at": job.undone_at,
    }


def _problems(column: ColumnProblems) -> ColumnProblemsShape:
    examples: list[CellProblemShape] = [
        {"row": row, "cell": cell, "reason": reason} for row, cell, reason in column.examples
    ]
    return {"header": column.header, "count": column.count, "examples": examples}


def _rejected(row: ImportRow) -> RejectedShape:
    return {"row": row.number, "cells": row.cells, "reason": row.reason}
