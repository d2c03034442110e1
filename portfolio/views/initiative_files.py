"""Files and links. A file is only ever handed out as a download."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.errors import DomainError
from aiso.web.htmx import announce

from ..actions.discuss import add_link, attach_file, remove_attachment, remove_link
from ..forms.discussion import FileForm, LinkForm
from ..models import Attachment, Initiative
from ..page import page_for, visible_initiative
from ..permissions import can_edit
from ..undo import LinkRemoved, offer_undo
from .initiative_tab import go_on, show_tab


@require_safe
def initiative_files(request: HttpRequest, pk: int) -> HttpResponse:
    return _files_tab(request, pk)


@require_POST
def file_attach(request: HttpRequest, pk: int) -> HttpResponse:
    initiative = _editable(request, pk)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            attachment = attach_file(initiative, actor=signed_in(request), file=form.cleaned_data["file"])
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, f"“{attachment.name}” attached.")
            return go_on(request, initiative, "portfolio:initiative_files")
    return _files_tab(request, pk, file_form=form, status=422)


@require_safe
def file_download(request: HttpRequest, pk: int, file: int) -> FileResponse:
    """The file as it came, under its name, never shown in the browser."""
    attachment = get_object_or_404(visible_initiative(request, pk).attachments, pk=file)
    try:
        stored = attachment.file.open()
    except FileNotFoundError as error:
        raise Http404("The file is not on the disk any more.") from error
    response = FileResponse(
        stored, as_attachment=True, filename=attachment.name, content_type="application/octet-stream"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
def file_remove(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    initiative = _editable(request, pk)
    attachment: Attachment = get_object_or_404(initiative.attachments.select_related("initiative"), pk=file)
    try:
        remove_attachment(attachment, actor=signed_in(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{attachment.name}” removed.")
    return go_on(request, initiative, "portfolio:initiative_files")


@require_POST
def link_add(request: HttpRequest, pk: int) -> HttpResponse:
    initiative = _editable(request, pk)
    form = LinkForm(request.POST)
    if form.is_valid():
        try:
            link = add_link(initiative, actor=signed_in(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"“{link.name}” linked.")
            return go_on(request, initiative, "portfolio:initiative_files")
    return _files_tab(request, pk, link_form=form, status=422)


@require_POST
def link_remove(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    initiative = _editable(request, pk)
    found = get_object_or_404(initiative.links.select_related("initiative"), pk=link)
    remove_link(found, actor=signed_in(request))
    undo = offer_undo(initiative, signed_in(request), LinkRemoved(found.name, found.address))
    announce(request, f"“{found.name}” removed.", undo=undo)
    return go_on(request, initiative, "portfolio:initiative_files")


def _files_tab(
    request: HttpRequest,
    pk: int,
    *,
    file_form: FileForm | None = None,
    link_form: LinkForm | None = None,
    status: int = 200,
) -> HttpResponse:
    page = page_for(request, pk, "files")
    context = {
        "attachments": page.initiative.attachments.select_related("uploaded_by"),
        "links": page.initiative.links.all(),
        "file_form": file_form or FileForm(),
        "link_form": link_form or LinkForm(),
    }
    return show_tab(request, page, "portfolio/initiative_files.html", context, status)


def _editable(request: HttpRequest, pk: int) -> Initiative:
    initiative = visible_initiative(request, pk)
    if not can_edit(signed_in(request), initiative):
        raise PermissionDenied("Its owners and the office attach files and links.")
    return initiative
