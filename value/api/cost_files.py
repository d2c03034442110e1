from collections.abc import Iterator, Sequence
from typing import Annotated, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.nouns import Noun
from aiso.api.operations import Body, Query, answers, answers_page
from aiso.web.keyset import LATEST_FIRST
from portfolio.api.row_files import OUTCOMES, RowFileRowShape, RowFileShape, drawn_file, drawn_row
from portfolio.api.shapes import REFERENCE

from ..actions.land_costs import land_costs, upload_costs
from ..cost_plan import PlannedCost, planned_costs
from ..models import CostFile
from ..models.cost_file import CostFileQuerySet

# Rows of one answer.
MOST_TOLD = 10_000


class CostFileRowShape(RowFileRowShape):
    """A file of costs, as lists tell it."""


class CostFileShape(RowFileShape):
    """A file of costs on its way into the ledger. A long one is read and posted by a worker: ask again."""

    state: Annotated[str, CostFile.State]
    rows: Annotated[int, "How many it has; 0 until it is read."]
    rows_done: Annotated[int, "Of a long one, while it is read or posted: how many are done."]
    failure: Annotated[str, "Why it cannot be imported."]


class CostCellsShape(TypedDict):
    """A row of the file."""

    row: Annotated[int, "Its row in the file, from 1."]
    cells: Annotated[list[str], "In the order of the columns."]
    outcome: Annotated[str, {"enum": [*OUTCOMES]}]
    reason: Annotated[str, "Why it is rejected."]
    initiative: Annotated[str | None, REFERENCE]


class CostRowsShape(TypedDict):
    """Its rows, 10,000 at a time."""

    results: list[CostCellsShape]
    next: Annotated[int | None, "Ask for the rows `after` this one; null: these are the last."]


class NewCostFile(Body):
    file = serializers.FileField(
        help_text="CSV or XLSX, up to 25 MB and 200,000 rows, with the columns Initiative or Cost centre, Kind, Date, "
        "Amount, Evidence and, if you like, Currency, First day, Last day, Key."
    )


class CostRowsQuery(Query):
    outcome = serializers.ChoiceField(OUTCOMES, required=False, help_text="Only rows with this outcome.")
    after = serializers.IntegerField(
        min_value=0, max_value=10**9, required=False, help_text="Only rows after this one."
    )


class CostFiles(Noun):
    """Files of costs; each person sees their own, which may tell of confidential initiatives."""

    tag = "Ledger"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"
    takes_files = frozenset({"create"})

    @answers_page(CostFileRowShape)
    def list(self, request: Request) -> Response:
        """One's own files, the latest first."""
        return self.page(self._own().defer("headers", "mapping", "told"), LATEST_FIRST, drawn_row)

    @answers(CostFileShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """What its columns hold, and what would become of its rows or did."""
        return self.answer(self._drawn(get_object_or_404(self._own(), pk=id)))

    @answers(CostFileShape, status=201, takes=NewCostFile)
    def create(self, request: Request) -> Response:
        """Upload a file of costs; its columns are matched by their names, and nothing is posted yet. For finance."""
        file = self.sent["file"]
        made = upload_costs(file.read(), file_name=file.name, actor=self.person)
        return self.answer(self._drawn(made), status=201, location=f"{request.path}{made.pk}/")

    @action(detail=True, methods=["get"])
    @answers(CostRowsShape, query=CostRowsQuery)
    def rows(self, request: Request, id: int) -> Response:
        """What would become of each row, or did once the file landed, with the reasons of those rejected."""
        file, only = get_object_or_404(self._own(), pk=id), self.asked.get("outcome")
        if file.state != CostFile.State.CHECKED:
            return self.answer({"results": [], "next": None})
        rows = [row for row in self._rows(file) if row["outcome"] == only or not only]
        rows = [row for row in rows if row["row"] > self.asked.get("after", 0)]
        told = rows[:MOST_TOLD]
        return self.answer({"results": told, "next": told[-1]["row"] if len(rows) > MOST_TOLD else None})

    @action(detail=True, methods=["post"])
    @answers(CostFileShape)
    def land(self, request: Request, id: int) -> Response:
        """Post the rows that are right, once; the others stay with their reasons."""
        with self.held(self._own(), id, self._drawn) as file:
            return self.answer(self._drawn(land_costs(file, actor=self.person)))

    def _own(self) -> CostFileQuerySet:
        """One's files without their rows, which are many."""
        return CostFile.objects.visible_to(self.person).defer("content", "rows", "outcomes")

    def _planned(self, file: CostFile) -> Sequence[PlannedCost]:
        """What would become of its rows; none once that is kept."""
        return [] if file.landed_at or file.is_long else planned_costs(file, self.person)

    def _rows(self, file: CostFile) -> Iterator[CostCellsShape]:
        became = [(outcome, reason, None) for outcome, reason in file.outcomes]
        would = [(row.outcome, row.reason, row.initiative) for row in self._planned(file)]
        for (number, cells), (outcome, reason, initiative) in zip(file.rows, became or would, strict=True):
            where = initiative.reference if initiative else None
            yield {"row": number, "cells": cells, "outcome": outcome, "reason": reason, "initiative": where}

    def _drawn(self, file: CostFile) -> CostFileShape:
        if file.is_long:
            held = zip(file.headers, file.mapping, strict=True)
            told: RowFileShape = {
                **drawn_row(file),
                "columns": [{"header": header, "holds": field} for header, field in held],
                "outcomes": file.told.get("counts", {}),
            }
        else:
            told = drawn_file(file, self._planned(file))
        return {
            **told,
            "state": file.state,
            "rows": file.rows_total if file.is_long else len(file.rows),
            "rows_done": file.rows_done,
            "failure": file.failure,
        }
