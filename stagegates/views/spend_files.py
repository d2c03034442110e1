"""Files of spending: upload, check, land, and what was rejected."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce
from portfolio.forms.imports import UploadForm
from portfolio.inventory_files import RejectedSheet
from portfolio.row_files import told_of
from portfolio.views.files import csv_file, xlsx_file

from ..actions.land_spending import land_spending, may_upload, overspending, planned_spending, upload_spending
from ..models import SpendFile
from ..permissions import SPENDING
from ..spending_columns import SPENDING_COLUMNS


@require_http_methods(["GET", "HEAD", "POST"])
def spend_upload(request: HttpRequest) -> HttpResponse:
    """Which file?"""
    actor = signed_in(request)
    if not may_upload(actor):
        raise PermissionDenied(SPENDING)
    form = UploadForm(posted(request), request.FILES or None)

    def upload() -> SpendFile:
        file = form.cleaned_data["file"]
        return upload_spending(file.read(), file_name=file.name, actor=actor)

    if file := attempt(form, upload):
        return redirect(file)
    context = {"form": form, "columns": SPENDING_COLUMNS}
    return render(request, "stagegates/spend_upload.html", context, status=status_of(form))


@require_safe
def spend_file(request: HttpRequest, pk: int) -> HttpResponse:
    """What would happen, or what did?"""
    file = _own_file(request, pk)
    plan = [] if file.landed_at else planned_spending(file, signed_in(request))
    context = told_of(file, plan) | {"overspending": overspending(plan)}
    return render(request, "stagegates/spend_file.html", context)


@require_POST
def spend_land(request: HttpRequest, pk: int) -> HttpResponse:
    """Book the rows that are right."""
    file, form = _own_file(request, pk), forms.Form({})
    if landed := attempt(form, lambda: land_spending(file, actor=signed_in(request))):
        announce(request, f"{landed.file_name} landed.")
    else:
        announce(request, " ".join(map(str, form.non_field_errors())))
    return redirect(file)


@require_safe
def spend_rejected(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rows that did not land, or would not, with their reasons."""
    file = _own_file(request, pk)
    if not file.landed_at:
        file.outcomes = [[row.outcome, row.reason] for row in planned_spending(file, signed_in(request))]
    sheet = RejectedSheet(file)
    made = csv_file if request.GET.get("format") == "csv" else xlsx_file
    return made(sheet, sheet.file_name)


def _own_file(request: HttpRequest, pk: int) -> SpendFile:
    found: SpendFile = get_object_or_404(SpendFile.objects.visible_to(signed_in(request)), pk=pk)
    return found
