"""The pages of an uploaded table, whatever its rows say: upload, check, land, and what was rejected.

    FILES = RowFilePages(
        name="spend", template="stagegates/spend", title="Import spending", verb="book", done="booked",
        model=SpendFile, columns=SPENDING_COLUMNS, refusal=SPENDING, may_upload=may_upload,
        upload=upload_spending, planned=planned_spending, land=land_spending,
    )
    urlpatterns = [*FILES.paths("funding/spending/")]

They draw `stagegates/spend_upload.html` and `stagegates/spend_file.html`, which extend those of `portfolio/row_file`,
and are called `spend_upload`, `spend_file`, `spend_land` and `spend_rejected`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, refused, status_of
from aiso.web.htmx import announce

from ..forms.imports import UploadForm
from ..inventory_columns import Column
from ..inventory_files import RejectedSheet
from ..models.row_file import RowFile, RowFileQuerySet
from ..row_files import PlannedRow, told_of
from .files import csv_file, xlsx_file


def _nothing_beside(plan: Sequence[Any]) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class RowFilePages[F: RowFile, R: PlannedRow]:
    """One kind of table. `upload`, `planned` and `land` are its actions; `beside` is what its page tells of a plan
    besides the rows.
    """

    name: str
    template: str
    title: str
    verb: str
    done: str
    model: type[F]
    columns: Sequence[Column]
    refusal: str
    may_upload: Callable[[User], bool]
    upload: Callable[..., F]
    planned: Callable[[F, User], Sequence[R]]
    land: Callable[..., F]
    beside: Callable[[Sequence[R]], dict[str, Any]] = _nothing_beside

    @property
    def upload_url(self) -> str:
        return reverse(f"{self.template.partition('/')[0]}:{self.name}_upload")

    def visible_to(self, user: User) -> RowFileQuerySet[F]:
        found: RowFileQuerySet[F] = self.model._default_manager.visible_to(user)  # type: ignore[attr-defined]
        return found

    def paths(self, under: str) -> list[URLPattern]:
        file = f"{under}<int:pk>/"
        return [
            path(
                f"{under}upload/",
                require_http_methods(["GET", "HEAD", "POST"])(self._upload),
                name=f"{self.name}_upload",
            ),
            path(file, require_safe(self._show), name=f"{self.name}_file"),
            path(f"{file}land/", require_POST(self._land), name=f"{self.name}_land"),
            path(f"{file}rejected/", require_safe(self._rejected), name=f"{self.name}_rejected"),
        ]

    def _upload(self, request: HttpRequest) -> HttpResponse:
        """Which file?"""
        actor = signed_in(request)
        if not self.may_upload(actor):
            raise PermissionDenied(self.refusal)
        form = UploadForm(posted(request), request.FILES or None)

        def upload() -> F:
            file = form.cleaned_data["file"]
            return self.upload(file.read(), file_name=file.name, actor=actor)

        if file := attempt(form, upload):
            return redirect(file)
        context = {"form": form, "pages": self}
        return render(request, f"{self.template}_upload.html", context, status=status_of(form))

    def _show(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What would happen, or what did?"""
        file = self._own(request, pk)
        plan = [] if file.landed_at else self.planned(file, signed_in(request))
        told = told_of(file, plan) | self.beside(plan) | {"pages": self}
        return render(request, f"{self.template}_file.html", told)

    def _land(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let the rows land that are right."""
        file = self._own(request, pk)
        if not refused(request, lambda: self.land(file, actor=signed_in(request))):
            announce(request, f"{file.file_name} landed.")
        return redirect(file)

    def _rejected(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The rows that did not land, or would not, with their reasons."""
        file = self._own(request, pk)
        if not file.landed_at:
            file.outcomes = [[row.outcome, row.reason] for row in self.planned(file, signed_in(request))]
        sheet = RejectedSheet(file)
        made = csv_file if request.GET.get("format") == "csv" else xlsx_file
        return made(sheet, sheet.file_name)

    def _own(self, request: HttpRequest, pk: int) -> F:
        found: F = get_object_or_404(self.visible_to(signed_in(request)), pk=pk)
        return found
