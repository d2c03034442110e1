"""Bringing a spreadsheet in: upload, columns, preview, progress, result."""

from contextlib import suppress
from datetime import date
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.errors import DomainError
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce, wants_partial

from ..actions.imports.mapping import map_import
from ..actions.imports.run import start_import
from ..actions.imports.undo import undo_import
from ..actions.imports.upload import discard_import, upload_import
from ..forms.imports import MappingForm, UploadForm, column_lines
from ..importing.presets import PRESETS
from ..landing.ground import plan_of
from ..landing.preview import preview, problems_of
from ..models import ImportJob
from ..permissions import can_import, can_run_import, can_see_imports
from ..rejected import MEDIA_TYPES, rejected_file

# Rows that the preview looks at: it answers within a second or two, and says when it has not seen all.
PREVIEWED = 5000
LISTED = 100


@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    """What was brought in, when and by whom?"""
    viewer = signed_in(request)
    if not can_see_imports(viewer):
        raise PermissionDenied("The office imports spreadsheets; auditors see what was imported.")
    visible = ImportJob.objects.visible_to(viewer).defer("headers", "mapping", "suggested", "made", "reading_notes")
    jobs = list(visible.select_related("uploaded_by")[:LISTED])
    context = {
        "jobs": jobs,
        "count": visible.count(),
        "waiting": sum(job.state == ImportJob.State.MAPPING for job in jobs),
        "may_import": can_import(viewer),
    }
    return render(request, "portfolio/import_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def import_upload(request: HttpRequest) -> HttpResponse:
    """Which file?"""
    actor = signed_in(request)
    if not can_import(actor):
        raise PermissionDenied("The office imports spreadsheets. Ask an office member to do it.")
    form = UploadForm(posted(request), request.FILES or None)

    def upload() -> ImportJob:
        file = form.cleaned_data["file"]
        return upload_import(file.read(), file_name=file.name, actor=actor)

    if job := attempt(form, upload):
        return redirect("portfolio:import_mapping", job.pk)
    return render(request, "portfolio/import_upload.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def import_mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """What does each column hold?"""
    actor, job = _job_to_run(request, pk)
    if job.state != ImportJob.State.MAPPING:
        return redirect(job)
    form = MappingForm(job, posted(request))

    def save() -> ImportJob:
        general = {name: form.cleaned_data[name] for name in ("source", "as_of", "unit")}
        return map_import(job, actor=actor, mapping=form.mapping, **general)

    if attempt(form, save):
        return redirect("portfolio:import_preview", job.pk)
    context = {
        "job": job,
        "form": form,
        "lines": column_lines(form),
        "preset": PRESETS.get(job.preset),
        "mapped": sum(bool(column) for column in job.mapping),
    }
    return render(request, "portfolio/import_mapping.html", context, status=status_of(form))


@require_safe
def import_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What would happen, and which cells cannot be taken over?"""
    actor, job = _job_to_run(request, pk)
    if job.state != ImportJob.State.MAPPING:
        return redirect(job)
    told = preview(job, actor, most=PREVIEWED)
    context = {
        "job": job,
        "preview": told,
        "landing": job.rows_total - told.outcomes["rejected"],
        "problem_cells": sum(column.count for column in told.problems),
        "is_part": told.looked_at < job.rows_total,
        "rows": [(row, _position(row.values["openings"])) for row in told.rows],
    }
    return render(request, "portfolio/import_preview.html", context)


@require_POST
def import_start(request: HttpRequest, pk: int) -> HttpResponse:
    actor, job = _job_to_run(request, pk)
    # Somebody who starts it twice sees how far it is.
    with suppress(DomainError):
        start_import(job, actor=actor)
    return redirect(job)


@require_safe
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far is it, and what came of it?"""
    viewer, job = _visible_job(request, pk)
    if job.state == ImportJob.State.MAPPING:
        if can_run_import(viewer, job):
            return redirect("portfolio:import_mapping", job.pk)
        raise PermissionDenied("The person who uploaded this file has not checked its columns yet.")
    return _show(request, viewer, job)


@require_POST
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    actor, job = _job_to_run(request, pk)
    try:
        job = undo_import(job, actor=actor)
    except DomainError as error:
        return _show(request, actor, job, refusal=str(error), status=409)
    announce(request, "The import is undone.")
    return redirect(job)


@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    actor, job = _job_to_run(request, pk)
    try:
        discard_import(job, actor=actor)
    except DomainError as error:
        return _show(request, actor, job, refusal=str(error), status=409)
    announce(request, f"{job.file_name} is discarded.")
    return redirect("portfolio:import_list")


@require_safe
def import_rejected(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The rows that did not come in, each with its reason, to be corrected and uploaded again."""
    _, job = _visible_job(request, pk)
    name, content = rejected_file(job, kind)
    response = HttpResponse(content, content_type=MEDIA_TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _show(request: HttpRequest, viewer: User, job: ImportJob, *, refusal: str = "", status: int = 200) -> HttpResponse:
    template = "portfolio/import_detail.html"
    if wants_partial(request):
        template += "#state"
    context = {
        "job": job,
        "problems": [] if job.is_moving else problems_of(job, plan_of(job)),
        "register": f"{reverse('portfolio:register')}?{urlencode({'source': job.source})}",
        "may_run": can_run_import(viewer, job),
        "refusal": refusal,
    }
    return render(request, template, context, status=status)


def _visible_job(request: HttpRequest, pk: int) -> tuple[User, ImportJob]:
    viewer = signed_in(request)
    jobs = ImportJob.objects.visible_to(viewer).select_related("uploaded_by", "undone_by", "unit")
    return viewer, get_object_or_404(jobs, pk=pk)


def _job_to_run(request: HttpRequest, pk: int) -> tuple[User, ImportJob]:
    actor, job = _visible_job(request, pk)
    if not can_run_import(actor, job):
        raise PermissionDenied("The person who uploaded the file and the office lead run its import.")
    return actor, job


def _position(openings: list[list[str]]) -> tuple[str, date]:
    stage, day = openings[-1]
    return stage, date.fromisoformat(day)
