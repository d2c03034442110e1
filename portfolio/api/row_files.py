"""What all uploaded tables are over the API, whatever their rows say."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.nouns import Noun
from aiso.api.operations import Body, Query, answers, answers_page
from aiso.web.keyset import LATEST_FIRST

from ..models.row_file import RowFile, RowFileQuerySet
from ..row_files import CREATED, REJECTED, UNCHANGED, UPDATED, PlannedRow
from ..views.row_files import RowFilePages

# What becomes of a row that adds something and changes nothing.
OUTCOMES = (CREATED, UNCHANGED, REJECTED)


class RowFileRowShape(TypedDict):
    """An uploaded table, as lists tell it."""

    id: int
    file_name: str
    uploaded_at: datetime
    landed_at: Annotated[datetime | None, "Null: nothing of it is booked yet."]


class RowFileColumnShape(TypedDict):
    """A column of the file."""

    header: str
    holds: Annotated[str, "The field that it fills; empty: left out."]


class RowFileShape(RowFileRowShape):
    """An uploaded table on its way to where its rows land."""

    columns: list[RowFileColumnShape]
    outcomes: Annotated[dict[str, int], "Rows by what would become of them, or by what did once the file landed."]


def drawn_row(file: RowFile) -> RowFileRowShape:
    return {
        "id": file.pk,
        "file_name": file.file_name,
        "uploaded_at": file.uploaded_at,
        "landed_at": file.landed_at,
    }


def drawn_file(file: RowFile, plan: Sequence[PlannedRow]) -> RowFileShape:
    """A file with what would become of its rows; `plan` is empty once it landed."""
    outcomes = [outcome for outcome, _ in file.outcomes] if file.landed_at else [row.outcome for row in plan]
    held = zip(file.headers, file.mapping, strict=True)
    return {
        **drawn_row(file),
        "columns": [{"header": header, "holds": field} for header, field in held],
        "outcomes": dict(Counter(outcomes)),
    }


class RowFileCellsShape(TypedDict):
    """A row of the file."""

    row: Annotated[int, "Its row in the file, from 1."]
    cells: Annotated[list[str], "In the order of the columns."]
    outcome: Annotated[str, {"enum": [CREATED, UPDATED, UNCHANGED, REJECTED]}]
    reason: Annotated[str, "Why it is rejected."]


class RowFileRowsShape(TypedDict):
    """Its rows."""

    results: list[RowFileCellsShape]


class NewRowFile(Body):
    file = serializers.FileField(help_text="CSV or XLSX; columns are found by their names, whatever their order.")


class RowFileRowsQuery(Query):
    outcome = serializers.ChoiceField(
        [CREATED, UPDATED, UNCHANGED, REJECTED], required=False, help_text="Only rows with this outcome."
    )


class RowFiles(Noun):
    """Uploaded tables of the kind that `files` names; each person sees their own."""

    files: RowFilePages[Any, Any]
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"
    takes_files = frozenset({"create"})

    @answers_page(RowFileRowShape)
    def list(self, request: Request) -> Response:
        """One's own files, the latest first."""
        return self.page(self._own().defer("headers", "mapping", "rows", "outcomes"), LATEST_FIRST, drawn_row)

    @answers(RowFileShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """What its columns hold, and what would become of its rows or did."""
        return self.answer(self._drawn(get_object_or_404(self._own(), pk=id)))

    @answers(RowFileShape, status=201, takes=NewRowFile)
    def create(self, request: Request) -> Response:
        """Upload a file; its columns are matched by their names, and nothing of it has landed yet."""
        file = self.sent["file"]
        made = self.files.upload(file.read(), file_name=file.name, actor=self.person)
        return self.answer(self._drawn(made), status=201, location=f"{request.path}{made.pk}/")

    @action(detail=True, methods=["get"])
    @answers(RowFileRowsShape, query=RowFileRowsQuery)
    def rows(self, request: Request, id: int) -> Response:
        """What would become of each row, or did once the file landed, with the reasons of those rejected."""
        file, only = get_object_or_404(self._own(), pk=id), self.asked.get("outcome")
        return self.answer({"results": [row for row in self._rows(file) if row["outcome"] == only or not only]})

    @action(detail=True, methods=["post"])
    @answers(RowFileShape)
    def land(self, request: Request, id: int) -> Response:
        """Let the rows land that are right, once; the others stay with their reasons."""
        with self.held(self._own(), id, self._drawn) as file:
            return self.answer(self._drawn(self.files.land(file, actor=self.person)))

    def _own(self) -> RowFileQuerySet[Any]:
        return self.files.visible_to(self.person)

    def _planned(self, file: RowFile) -> Sequence[PlannedRow]:
        """What would become of its rows; none once it landed."""
        return [] if file.landed_at else self.files.planned(file, self.person)

    def _rows(self, file: RowFile) -> Iterator[RowFileCellsShape]:
        told = file.outcomes if file.landed_at else [(row.outcome, row.reason) for row in self._planned(file)]
        for (number, cells), (outcome, reason) in zip(file.rows, told, strict=True):
            yield {"row": number, "cells": cells, "outcome": outcome, "reason": reason}

    def _drawn(self, file: RowFile) -> RowFileShape:
        return drawn_file(file, self._planned(file))
