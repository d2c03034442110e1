"""Files of adoption readings: upload, check, land, and what was rejected."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, refused, status_of
from aiso.web.htmx import announce
from portfolio.forms.imports import UploadForm
from portfolio.inventory_files import RejectedSheet
from portfolio.row_files import SHOWN, UPDATED, told_of
from portfolio.views.files import csv_file, xlsx_file

from ..actions.land_adoption import UPLOADING, can_upload_adoption, land_adoption, planned_adoption, upload_adoption
from ..adoption_columns import ADOPTION_COLUMNS
from ..models import AdoptionFile


@require_http_methods(["GET", "HEAD", "POST"])
def adoption_upload(request: HttpRequest) -> HttpResponse:
    """Which file?"""
    actor = signed_in(request)
    if not can_upload_adoption(actor):
        raise PermissionDenied(UPLOADING)
    form: forms.Form = UploadForm(posted(request), request.FILES or None)

    def upload() -> AdoptionFile:
        file = form.cleaned_data["file"]
        return upload_adoption(file.read(), file_name=file.name, actor=actor)

    if file := attempt(form, upload):
        return redirect(file)
    context = {"form": form, "columns": ADOPTION_COLUMNS}
    return render(request, "value/adoption_upload.html", context, status=status_of(form))


@require_safe
def adoption_file(request: HttpRequest, pk: int) -> HttpResponse:
    """What would happen, or what did?"""
    file = _own_file(request, pk)
    plan = [] if file.landed_at else planned_adoption(file, signed_in(request))
    told = told_of(file, plan)
    # A correction lands too.
    landing = told["landing"] + [row for row in plan if row.outcome == UPDATED]
    told |= {"landing": landing, "nothing_lands": not file.landed_at and not landing, "shown": landing[:SHOWN]}
    return render(request, "value/adoption_file.html", told)


@require_POST
def adoption_land(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the rows that are right."""
    file = _own_file(request, pk)
    if not refused(request, lambda: land_adoption(file, actor=signed_in(request))):
        announce(request, f"{file.file_name} landed.")
    return redirect(file)


@require_safe
def adoption_rejected(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rows that did not land, or would not, with their reasons."""
    file = _own_file(request, pk)
    if not file.landed_at:
        file.outcomes = [[row.outcome, row.reason] for row in planned_adoption(file, signed_in(request))]
    sheet = RejectedSheet(file)
    made = csv_file if request.GET.get("format") == "csv" else xlsx_file
    return made(sheet, sheet.file_name)


def _own_file(request: HttpRequest, pk: int) -> AdoptionFile:
    found: AdoptionFile = get_object_or_404(AdoptionFile.objects.visible_to(signed_in(request)), pk=pk)
    return found
