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
from portfolio.models.row_file import RowFileQuerySet

from ..actions.land_costs import land_costs, upload_costs
from ..cost_plan import PlannedCost, planned_costs
from ..models import CostFile


class CostFileRowShape(RowFileRowShape):
    """A file of costs, as lists tell it."""


class CostFileShape(RowFileShape):
    """A file of costs on its way into the ledger."""


class CostCellsShape(TypedDict):
    """A row of the file."""

    row: Annotated[int, "Its row in the file, from 1."]
    cells: Annotated[list[str], "In the order of the columns."]
    outcome: Annotated[str, {"enum": [*OUTCOMES]}]
    reason: Annotated[str, "Why it is rejected."]
    initiative: Annotated[str | None, REFERENCE]


class CostRowsShape(TypedDict):
    """Its rows, 10,000 at most."""

    results: list[CostCellsShape]


class NewCostFile(Body):
    file = serializers.FileField(
        help_text="CSV or XLSX, up to 10,000 rows, with the columns Initiative, Kind, Date, Amount, Evidence and, "
        "if you like, Currency, First day, Last day, Key."
    )


class CostRowsQuery(Query):
    outcome = serializers.ChoiceField(OUTCOMES, required=False, help_text="Only rows with this outcome.")


class CostFiles(Noun):
    """Files of costs; each person sees their own, which may tell of confidential initiatives."""

    tag = "Ledger"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"
    takes_files = frozenset({"create"})

    @answers_page(CostFileRowShape)
    def list(self, request: Request) -> Response:
        """One's own files, the latest first."""
        return self.page(self._own().defer("headers", "mapping", "rows", "outcomes"), LATEST_FIRST, drawn_row)

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
        return self.answer({"results": [row for row in self._rows(file) if row["outcome"] == only or not only]})

    @action(detail=True, methods=["post"])
    @answers(CostFileShape)
    def land(self, request: Request, id: int) -> Response:
        """Post the rows that are right, once; the others stay with their reasons."""
        with self.held(self._own(), id, self._drawn) as file:
            return self.answer(self._drawn(land_costs(file, actor=self.person)))

    def _own(self) -> RowFileQuerySet[CostFile]:
        return CostFile.objects.visible_to(self.person)

    def _planned(self, file: CostFile) -> Sequence[PlannedCost]:
        """What would become of its rows; none once it landed."""
        return [] if file.landed_at else planned_costs(file, self.person)

    def _rows(self, file: CostFile) -> Iterator[CostCellsShape]:
        became = [(outcome, reason, None) for outcome, reason in file.outcomes] if file.landed_at else []
        would = [(row.outcome, row.reason, row.initiative) for row in self._planned(file)]
        for (number, cells), (outcome, reason, initiative) in zip(file.rows, became or would, strict=True):
            where = initiative.reference if initiative else None
            yield {"row": number, "cells": cells, "outcome": outcome, "reason": reason, "initiative": where}

    def _drawn(self, file: CostFile) -> RowFileShape:
        return drawn_file(file, self._planned(file))
