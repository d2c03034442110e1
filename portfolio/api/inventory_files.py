from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, TypedDict

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.accounts.models import User
from aiso.api.nouns import Noun
from aiso.api.operations import Body, Query, answers, answers_page
from aiso.web.keyset import LATEST_FIRST

from ..actions.land_inventory import (
    land_inventory,
    map_inventory,
    missing_columns,
    planned,
    upload_inventory,
)
from ..models import InventoryFile
from ..row_files import CREATED, REJECTED, UNCHANGED, UPDATED

OUTCOMES = (CREATED, UPDATED, UNCHANGED, REJECTED)


class DecisionFileRowShape(TypedDict):
    """A file of decisions or of readings, as lists tell it."""

    id: int
    kind: Annotated[str, InventoryFile.Kind]
    file_name: str
    uploaded_at: datetime
    landed_at: Annotated[datetime | None, "Null: nothing of it is in the inventory yet."]


class DecisionFileColumnShape(TypedDict):
    """A column of the file."""

    header: str
    holds: Annotated[str, "The field that it fills; empty: left out."]


class DecisionFileShape(DecisionFileRowShape):
    """A file of decisions or of readings on its way into the inventory."""

    columns: list[DecisionFileColumnShape]
    missing_columns: Annotated[list[str], "Without these no row can land."]
    outcomes: Annotated[dict[str, int], "Rows by what would become of them, or by what did once the file landed."]


class DecisionFileCellsShape(TypedDict):
    """A row of the file."""

    row: Annotated[int, "Its row in the file, from 1."]
    cells: Annotated[list[str], "In the order of the columns."]
    outcome: Annotated[str, {"enum": [*OUTCOMES]}]
    reason: Annotated[str, "Why it is rejected."]


class DecisionFileRowsShape(TypedDict):
    """Its rows, 500 at most."""

    results: list[DecisionFileCellsShape]


class DecisionFile(Body):
    file = serializers.FileField(help_text="CSV or XLSX, up to 500 rows.")
    kind = serializers.ChoiceField(InventoryFile.Kind.choices, default=InventoryFile.Kind.DECISIONS)


class DecisionFileColumns(Body):
    mapping = serializers.ListField(
        child=serializers.CharField(allow_blank=True, max_length=60),
        max_length=500,
        help_text="The field that each column fills, in the file's order; empty leaves it out.",
    )


class RowsQuery(Query):
    outcome = serializers.ChoiceField(OUTCOMES, required=False, help_text="Only rows with this outcome.")


class DecisionFiles(Noun):
    """Files that fill the inventory; each person sees their own, which may tell of confidential initiatives."""

    tag = "Decisions it makes"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"
    takes_files = frozenset({"create"})

    @answers_page(DecisionFileRowShape)
    def list(self, request: Request) -> Response:
        """One's own files, the latest first."""
        return self.page(self._own().defer("headers", "mapping", "rows", "outcomes"), LATEST_FIRST, _row)

    @answers(DecisionFileShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """What its columns hold, and what would become of its rows or did."""
        return self.answer(self._drawn(get_object_or_404(self._own(), pk=id)))

    @answers(DecisionFileShape, status=201, takes=DecisionFile)
    def create(self, request: Request) -> Response:
        """Upload a file; its columns are matched by their names, and nothing is in the inventory yet."""
        file, kind = self.sent["file"], self.sent["kind"]
        made = upload_inventory(file.read(), file_name=file.name, kind=kind, actor=self.person)
        return self.answer(self._drawn(made), status=201, location=f"{request.path}{made.pk}/")

    @answers(DecisionFileShape, takes=DecisionFileColumns)
    def partial_update(self, request: Request, id: int) -> Response:
        """Say what the columns hold, before it lands."""
        with self.held(self._own(), id, self._drawn) as file:
            mapping = self.sent.get("mapping", file.mapping)
            return self.answer(self._drawn(map_inventory(file, actor=self.person, mapping=mapping)))

    @action(detail=True, methods=["get"])
    @answers(DecisionFileRowsShape, query=RowsQuery)
    def rows(self, request: Request, id: int) -> Response:
        """What would become of each row, or did once the file landed, with the reasons of those rejected."""
        file, only = get_object_or_404(self._own(), pk=id), self.asked.get("outcome")
        told = [
            {"row": number, "cells": cells, "outcome": outcome, "reason": reason}
            for (number, cells), (outcome, reason) in zip(file.rows, _outcomes(file, self.person), strict=False)
            if outcome == only or not only
        ]
        return self.answer({"results": told})

    @action(detail=True, methods=["post"])
    @answers(DecisionFileShape)
    def land(self, request: Request, id: int) -> Response:
        """Take over the rows that are right; the others stay with their reasons. Only initiatives you may edit."""
        with self.held(self._own(), id, self._drawn) as file:
            return self.answer(self._drawn(land_inventory(file, actor=self.person)))

    def _own(self) -> "QuerySet[InventoryFile]":
        return InventoryFile.objects.visible_to(self.person)

    def _drawn(self, file: InventoryFile) -> DecisionFileShape:
        columns: list[DecisionFileColumnShape] = [
            {"header": header, "holds": field} for header, field in zip(file.headers, file.mapping, strict=True)
        ]
        counts = Counter(outcome for outcome, _ in _outcomes(file, self.person))
        return {**_row(file), "columns": columns, "missing_columns": missing_columns(file), "outcomes": dict(counts)}


def _row(file: InventoryFile) -> DecisionFileRowShape:
    return {
        "id": file.pk,
        "kind": file.kind,
        "file_name": file.file_name,
        "uploaded_at": file.uploaded_at,
        "landed_at": file.landed_at,
    }


def _outcomes(file: InventoryFile, viewer: User) -> Iterator[tuple[str, str]]:
    """The outcome and the reason of each row; none while a column is missing without which no row can land."""
    if file.landed_at:
        yield from file.outcomes
    elif not missing_columns(file):
        yield from ((row.outcome, row.reason) for row in planned(file, viewer))
