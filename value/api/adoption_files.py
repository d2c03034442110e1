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
from portfolio.models.row_file import RowFileQuerySet
from portfolio.row_files import UPDATED

from ..actions.land_adoption import PlannedReading, land_adoption, planned_adoption, upload_adoption
from ..models import AdoptionFile

BECAME = (*OUTCOMES, UPDATED)


class AdoptionFileRowShape(RowFileRowShape):
    """A file of adoption readings, as lists tell it."""


class AdoptionFileShape(RowFileShape):
    """A file of adoption readings on its way in."""


class AdoptionCellsShape(TypedDict):
    """A row of the file."""

    row: Annotated[int, "Its row in the file, from 1."]
    cells: Annotated[list[str], "In the order of the columns."]
    outcome: Annotated[str, {"enum": [*BECAME]}]
    reason: Annotated[str, "Why it is rejected."]


class AdoptionRowsShape(TypedDict):
    """Its rows, 10,000 at most."""

    results: list[AdoptionCellsShape]


class NewAdoptionFile(Body):
    file = serializers.FileField(
        help_text="CSV or XLSX, up to 10,000 rows, with the columns Workflow, Week, Target users, Active users, Source "
        "and, if you like, Repeat users, Opt-outs, Satisfaction, Answers, Reason of the correction."
    )


class AdoptionRowsQuery(Query):
    outcome = serializers.ChoiceField(BECAME, required=False, help_text="Only rows with this outcome.")


class AdoptionFiles(Noun):
    """Files of adoption readings; each person sees their own."""

    tag = "Adoption"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"
    takes_files = frozenset({"create"})

    @answers_page(AdoptionFileRowShape)
    def list(self, request: Request) -> Response:
        """One's own files, the latest first."""
        return self.page(self._own().defer("headers", "mapping", "rows", "outcomes"), LATEST_FIRST, drawn_row)

    @answers(AdoptionFileShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """What its columns hold, and what would become of its rows or did."""
        return self.answer(self._drawn(get_object_or_404(self._own(), pk=id)))

    @answers(AdoptionFileShape, status=201, takes=NewAdoptionFile)
    def create(self, request: Request) -> Response:
        """Upload a file of readings; its columns are matched by their names, and nothing is recorded yet."""
        file = self.sent["file"]
        made = upload_adoption(file.read(), file_name=file.name, actor=self.person)
        return self.answer(self._drawn(made), status=201, location=f"{request.path}{made.pk}/")

    @action(detail=True, methods=["get"])
    @answers(AdoptionRowsShape, query=AdoptionRowsQuery)
    def rows(self, request: Request, id: int) -> Response:
        """What would become of each row, or did once the file landed, with the reasons of those rejected."""
        file, only = get_object_or_404(self._own(), pk=id), self.asked.get("outcome")
        return self.answer({"results": [row for row in self._rows(file) if row["outcome"] == only or not only]})

    @action(detail=True, methods=["post"])
    @answers(AdoptionFileShape)
    def land(self, request: Request, id: int) -> Response:
        """Record the rows that are right, once; the others stay with their reasons."""
        with self.held(self._own(), id, self._drawn) as file:
            return self.answer(self._drawn(land_adoption(file, actor=self.person)))

    def _own(self) -> RowFileQuerySet[AdoptionFile]:
        return AdoptionFile.objects.visible_to(self.person)

    def _planned(self, file: AdoptionFile) -> Sequence[PlannedReading]:
        """What would become of its rows; none once it landed."""
        return [] if file.landed_at else planned_adoption(file, self.person)

    def _rows(self, file: AdoptionFile) -> Iterator[AdoptionCellsShape]:
        ended = file.outcomes if file.landed_at else [(row.outcome, row.reason) for row in self._planned(file)]
        for (number, cells), (outcome, reason) in zip(file.rows, ended, strict=True):
            yield {"row": number, "cells": cells, "outcome": outcome, "reason": reason}

    def _drawn(self, file: AdoptionFile) -> RowFileShape:
        return drawn_file(file, self._planned(file))
