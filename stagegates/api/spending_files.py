from collections.abc import Iterator, Sequence
from decimal import Decimal
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
from portfolio.models.row_file import RowFileQuerySet

from ..actions.land_spending import PlannedSpend, land_spending, overspending, planned_spending, upload_spending
from ..models import SpendFile


class SpendingFileRowShape(RowFileRowShape):
    """A file of spending, as lists tell it."""


class OverspendingShape(TypedDict):
    """A tranche on which the file would book more than is unspent."""

    tranche: int
    amount: Annotated[Decimal, "How much more."]


class SpendingFileShape(RowFileShape):
    """A file of spending on its way onto tranches."""

    overspending: Annotated[list[OverspendingShape], "Empty once it landed: its entries stand apart as overspent."]


class SpendingCellsShape(TypedDict):
    """A row of the file."""

    row: Annotated[int, "Its row in the file, from 1."]
    cells: Annotated[list[str], "In the order of the columns."]
    outcome: Annotated[str, {"enum": [*OUTCOMES]}]
    reason: Annotated[str, "Why it is rejected."]
    tranche: Annotated[int | None, "Where it would be booked; null for one that is rejected, and once it landed."]


class SpendingRowsShape(TypedDict):
    """Its rows, 500 at most."""

    results: list[SpendingCellsShape]


class NewSpendingFile(Body):
    file = serializers.FileField(
        help_text="CSV or XLSX, up to 500 rows, with the columns Initiative, Tranche, Spent on, Amount, Evidence, Key."
    )


class RowsQuery(Query):
    outcome = serializers.ChoiceField(OUTCOMES, required=False, help_text="Only rows with this outcome.")


class SpendingFiles(Noun):
    """Files of spending; each person sees their own, which may tell of confidential initiatives."""

    tag = "Funding"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"
    takes_files = frozenset({"create"})

    @answers_page(SpendingFileRowShape)
    def list(self, request: Request) -> Response:
        """One's own files, the latest first."""
        return self.page(self._own().defer("headers", "mapping", "rows", "outcomes"), LATEST_FIRST, drawn_row)

    @answers(SpendingFileShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """What its columns hold, and what would become of its rows or did."""
        return self.answer(self._drawn(get_object_or_404(self._own(), pk=id)))

    @answers(SpendingFileShape, status=201, takes=NewSpendingFile)
    def create(self, request: Request) -> Response:
        """Upload a file of spending; its columns are matched by their names, and nothing is booked yet. For finance."""
        file = self.sent["file"]
        made = upload_spending(file.read(), file_name=file.name, actor=self.person)
        return self.answer(self._drawn(made), status=201, location=f"{request.path}{made.pk}/")

    @action(detail=True, methods=["get"])
    @answers(SpendingRowsShape, query=RowsQuery)
    def rows(self, request: Request, id: int) -> Response:
        """What would become of each row, or did once the file landed, with the reasons of those rejected."""
        file, only = get_object_or_404(self._own(), pk=id), self.asked.get("outcome")
        return self.answer({"results": [row for row in self._rows(file) if row["outcome"] == only or not only]})

    @action(detail=True, methods=["post"])
    @answers(SpendingFileShape)
    def land(self, request: Request, id: int) -> Response:
        """Book the rows that are right; the others stay with their reasons. Once: a booking is taken back by reversing
        its entry.
        """
        with self.held(self._own(), id, self._drawn) as file:
            return self.answer(self._drawn(land_spending(file, actor=self.person)))

    def _own(self) -> RowFileQuerySet[SpendFile]:
        return SpendFile.objects.visible_to(self.person)

    def _planned(self, file: SpendFile) -> Sequence[PlannedSpend]:
        """What would become of its rows; none once it landed."""
        return [] if file.landed_at else planned_spending(file, self.person)

    def _rows(self, file: SpendFile) -> Iterator[SpendingCellsShape]:
        became = [(outcome, reason, None) for outcome, reason in file.outcomes] if file.landed_at else []
        would = [(row.outcome, row.reason, row.tranche) for row in self._planned(file)]
        for (number, cells), (outcome, reason, tranche) in zip(file.rows, became or would, strict=True):
            where = tranche.pk if tranche else None
            yield {"row": number, "cells": cells, "outcome": outcome, "reason": reason, "tranche": where}

    def _drawn(self, file: SpendFile) -> SpendingFileShape:
        plan = self._planned(file)
        over: list[OverspendingShape] = [
            {"tranche": tranche.pk, "amount": more} for tranche, more in overspending(plan)
        ]
        return {**drawn_file(file, plan), "overspending": over}
