"""Files of costs: upload, check, land, and what was rejected."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, refused, status_of
from aiso.web.htmx import announce, wants_partial
from portfolio.forms.imports import UploadForm
from portfolio.inventory_files import RejectedSheet
from portfolio.views.files import csv_file, xlsx_file
from stagegates.actions.land_spending import may_upload

from ..actions.land_costs import UPLOADING, land_costs, upload_costs
from ..cost_columns import COST_COLUMNS
from ..cost_page import told_of_costs
from ..cost_plan import planned_costs
from ..models import CostFile


@require_http_methods(["GET", "HEAD", "POST"])
def cost_upload(request: HttpRequest) -> HttpResponse:
    """Which file?"""
    actor = signed_in(request)
    if not may_upload(actor):
        raise PermissionDenied(UPLOADING)
    form: forms.Form = UploadForm(posted(request), request.FILES or None)

    def upload() -> CostFile:
        file = form.cleaned_data["file"]
        return upload_costs(file.read(), file_name=file.name, actor=actor)

    if file := attempt(form, upload):
        return redirect(file)
    return render(request, "value/cost_upload.html", {"form": form, "columns": COST_COLUMNS}, status=status_of(form))


@require_safe
def cost_file(request: HttpRequest, pk: int) -> HttpResponse:
    """How far is it, what would happen, or what did?"""
    file = _own_file(request, pk)
    template = "value/cost_file.html#state" if wants_partial(request) else "value/cost_file.html"
    return render(request, template, told_of_costs(file, signed_in(request)))


@require_POST
def cost_land(request: HttpRequest, pk: int) -> HttpResponse:
    """Post the rows that are right."""
    file = _own_file(request, pk)
    if not refused(request, lambda: land_costs(file, actor=signed_in(request))) and not file.is_long:
        announce(request, f"{file.file_name} landed.")
    return redirect(file)


@require_safe
def cost_rejected(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rows that did not land, or would not, with their reasons."""
    file = _own_file(request, pk)
    if file.state != CostFile.State.CHECKED:
        return redirect(file)
    if not file.landed_at and not file.is_long:
        file.outcomes = [[row.outcome, row.reason] for row in planned_costs(file, signed_in(request))]
    sheet = RejectedSheet(file)
    made = csv_file if request.GET.get("format") == "csv" else xlsx_file
    return made(sheet, sheet.file_name)


def _own_file(request: HttpRequest, pk: int) -> CostFile:
    """The file without its rows: a page that asks how far it is does not read them."""
    rows = CostFile.objects.visible_to(signed_in(request)).defer("content", "rows", "outcomes")
    found: CostFile = get_object_or_404(rows, pk=pk)
    return found
