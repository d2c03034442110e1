"""The library: which standards hold, and what do they ask?"""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.configuration.models import ConfigurationVersion
from aiso.configuration.reading import shown
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.keep_standards import REFUSAL, add_standard, edit_standard
from ..configured import kind_for
from ..forms import NewStandardForm, StandardEditForm
from ..library import counted, entries
from ..models import Standard
from ..permissions import can_keep_standards


@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """Which standards are there, and who answers to them?"""
    viewer = signed_in(request)
    rows = entries(counted(Standard.objects.visible_to(viewer), viewer))
    context = {
        "active": [entry for entry in rows if entry.standard.is_active],
        "retired": [entry for entry in rows if not entry.standard.is_active],
        "may_keep": can_keep_standards(viewer),
    }
    return render(request, "standards/library.html", context)


@require_safe
def standard_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """What does this standard ask or say, and since when?"""
    viewer = signed_in(request)
    standards = counted(Standard.objects.visible_to(viewer).filter(slug=slug), viewer)
    entry = next(iter(entries(standards)), None)
    if entry is None:
        get_object_or_404(standards)
    assert entry is not None
    versions = ConfigurationVersion.objects.visible_to(viewer).filter(kind=entry.standard.configuration).published()
    kind = kind_for(entry.standard)
    context = {
        "entry": entry,
        "standard": entry.standard,
        "versions": versions.select_related("published_by").defer("content"),
        "shown": shown(kind.shape, entry.version.content) if entry.version and not entry.checklist else None,
        "may_keep": can_keep_standards(viewer),
    }
    return render(request, "standards/standard.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def standard_add(request: HttpRequest) -> HttpResponse:
    """Which standard is new?"""
    actor = _keeper(request)
    form = NewStandardForm(Standard(), posted(request))
    if standard := attempt(form, lambda: add_standard(actor=actor, **form.cleaned_data)):
        announce(request, f"{standard} added. Now draft what it asks, and publish it.")
        return redirect(standard)
    return render(request, "standards/standard_edit.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def standard_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """What is said about this standard?"""
    actor = _keeper(request)
    standard = get_object_or_404(Standard.objects.visible_to(actor).select_related("owner"), slug=slug)
    form = StandardEditForm(standard, posted(request))
    deed = lambda: edit_standard(standard, actor=actor, seen=form.seen(), **form.cleaned_data)  # noqa: E731
    if attempt(form, deed):
        announce(request, f"{form.cleaned_data['title']} saved.")
        return redirect(standard)
    context = {"form": form, "standard": standard}
    return render(request, "standards/standard_edit.html", context, status=status_of(form))


def _keeper(request: HttpRequest) -> User:
    actor = signed_in(request)
    if not can_keep_standards(actor):
        raise PermissionDenied(REFUSAL)
    return actor
