"""Files of the inventory: export, upload, check, land, and what was rejected."""

from collections import Counter

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso import clock
from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.land_inventory import land_inventory, map_inventory, missing_columns, planned, upload_inventory
from ..export import Written
from ..forms.inventory import MappingForm, UploadForm
from ..inventory import Inventory
from ..inventory_files import InventorySheet, RejectedSheet
from ..models import InventoryFile, Workflow
from ..permissions import changes_nothing
from ..row_files import REJECTED, SHOWN
from .files import csv_file, xlsx_file


@require_safe
def inventory_export(request: HttpRequest) -> HttpResponseBase:
    """The decisions of a workflow or of all, as a file that imports again without loss."""
    viewer, asked = signed_in(request), request.GET.get("workflow", "")
    workflow = None
    if asked:
        visible = Workflow.objects.visible_to(viewer)
        workflow = get_object_or_404(visible, pk=int(asked) if asked.isdecimal() and len(asked) < 19 else 0)
    sheet = InventorySheet(Inventory(viewer, workflow, request.GET))
    return _file(request, sheet, f"decisions-{clock.today().isoformat()}")


@require_http_methods(["GET", "HEAD", "POST"])
def inventory_upload(request: HttpRequest) -> HttpResponse:
    """Which file, and does it tell decisions or readings?"""
    actor = signed_in(request)
    if changes_nothing(actor):
        raise PermissionDenied("Auditors read everything and change nothing.")
    form = UploadForm(posted(request), request.FILES or None)

    def upload() -> InventoryFile:
        file = form.cleaned_data["file"]
        return upload_inventory(file.read(), file_name=file.name, kind=form.cleaned_data["kind"], actor=actor)

    if file := attempt(form, upload):
        return redirect("portfolio:inventory_file", file.pk)
    return render(request, "portfolio/inventory_upload.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def inventory_file(request: HttpRequest, pk: int) -> HttpResponse:
    """What does each column hold, what would happen, and what did?"""
    actor, file = signed_in(request), _own_file(request, pk)
    if file.landed_at:
        return _told(request, file)
    form = MappingForm(file, posted(request))
    if mapped := attempt(form, lambda: map_inventory(file, actor=actor, mapping=form.mapping)):
        return redirect("portfolio:inventory_file", mapped.pk)
    missing = missing_columns(file)
    plan = [] if missing else planned(file, actor)
    context = {
        "file": file,
        "form": form,
        "missing": missing,
        "plan": plan[:SHOWN],
        "rejected": [row for row in plan if row.outcome == REJECTED],
        "counts": Counter(row.outcome for row in plan),
        "landing": sum(row.outcome in ("created", "updated") for row in plan),
    }
    return render(request, "portfolio/inventory_file.html", context, status=status_of(form))


@require_POST
def inventory_land(request: HttpRequest, pk: int) -> HttpResponse:
    """Land the rows that are right."""
    file, form = _own_file(request, pk), forms.Form({})
    if landed := attempt(form, lambda: land_inventory(file, actor=signed_in(request))):
        announce(request, f"{landed.file_name} landed.")
        return redirect("portfolio:inventory_file", landed.pk)
    announce(request, " ".join(map(str, form.non_field_errors())))
    return redirect("portfolio:inventory_file", file.pk)


@require_safe
def inventory_rejected(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rows that did not land, with their reasons."""
    sheet = RejectedSheet(_own_file(request, pk))
    return _file(request, sheet, sheet.file_name)


def _own_file(request: HttpRequest, pk: int) -> InventoryFile:
    found: InventoryFile = get_object_or_404(InventoryFile.objects.visible_to(signed_in(request)), pk=pk)
    return found


def _told(request: HttpRequest, file: InventoryFile) -> HttpResponse:
    rejected = [
        (number, reason) for (number, _), (outcome, reason) in zip(file.rows, file.outcomes, strict=True)
        if outcome == REJECTED
    ]  # fmt: skip
    context = {"file": file, "counts": Counter(outcome for outcome, _ in file.outcomes), "rejected": rejected}
    return render(request, "portfolio/inventory_landed.html", context)


def _file(request: HttpRequest, sheet: Written, name: str) -> HttpResponseBase:
    """The rows as CSV where it is asked for, else as XLSX."""
    return csv_file(sheet, name) if request.GET.get("format") == "csv" else xlsx_file(sheet, name)
