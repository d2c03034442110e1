"""How words in files are read: what each spelling stands for, and which are not understood yet."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.permissions import can_see_administration
from aiso.accounts.signed_in import signed_in
from aiso.audit.history import history_of
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce, wants_partial

from ..actions.imports.value_maps import add_value_map, edit_value_map
from ..forms.imports import NewSpellingForm, ValueForm
from ..models import ValueMapEntry
from ..permissions import can_edit_value_maps

ABOUT = {
    ValueMapEntry.Kind.STAGE: "Which of our stages a file's words mean.",
    ValueMapEntry.Kind.IMPACT: "Whether a file says that rights or safety are at stake.",
    ValueMapEntry.Kind.RISK: "Which of our risk tiers a file's words mean.",
    ValueMapEntry.Kind.AI_ACT: "Which class of the EU AI Act a file's words mean.",
    ValueMapEntry.Kind.DATA: "How sensitive the data is that a file speaks of.",
    ValueMapEntry.Kind.ORGANISATION: "Which business unit a file's organisation is.",
    ValueMapEntry.Kind.DATE: "Cells of date columns that no date could be read from.",
}
SHOWN = 300


@require_safe
def value_map_index(request: HttpRequest) -> HttpResponse:
    """Which words are there, and which are not understood?"""
    viewer = _reader(request)
    counted = ValueMapEntry.objects.visible_to(viewer).values("kind").order_by("kind")
    counts = counted.annotate(all=Count("pk"), unmapped=Count("pk", filter=Q(value="", automatic="")))
    known = {row["kind"]: (row["all"], row["unmapped"]) for row in counts}
    kinds = [(kind, ABOUT[kind], *known.get(kind, (0, 0))) for kind in ValueMapEntry.Kind]
    context = {"kinds": kinds, "unmapped": sum(kind[3] for kind in kinds)}
    return render(request, "portfolio/value_maps.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def value_map_detail(request: HttpRequest, kind: str) -> HttpResponse:
    """What does each word stand for? Sending the form adds one."""
    viewer, kind = _reader(request), _kind(kind)
    form = NewSpellingForm(kind, posted(request))
    if request.method == "POST":
        _check_may_change(viewer)
    if entry := attempt(form, lambda: add_value_map(actor=viewer, kind=kind, **form.cleaned_data)):
        announce(request, f"“{entry.raw}” added.")
        return redirect("portfolio:value_map_detail", kind)
    shows_all = request.GET.get("show") == "all"
    entries = ValueMapEntry.objects.visible_to(viewer).filter(kind=kind)
    unmapped = entries.unmapped()
    shown = entries if shows_all or not unmapped.exists() else unmapped
    context = {
        "kind": kind,
        "about": ABOUT[kind],
        "kinds": ValueMapEntry.Kind,
        "lines": [(entry, ValueForm(kind, entry=entry)) for entry in shown.order_by("-seen", "raw")[:SHOWN]],
        "all": entries.count(),
        "unmapped": unmapped.count(),
        "shows_all": shows_all or not unmapped.exists(),
        "form": form,
        "may_change": can_edit_value_maps(viewer),
    }
    return render(request, "portfolio/value_map.html", context, status=status_of(form))


@require_POST
def value_map_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what one spelling stands for; htmx gets its row back."""
    viewer = _reader(request)
    _check_may_change(viewer)
    entry = get_object_or_404(ValueMapEntry.objects.visible_to(viewer), pk=pk)
    form = ValueForm(entry.kind, request.POST, entry=entry)
    saved = attempt(form, lambda: edit_value_map(entry, actor=viewer, value=form.cleaned_data["value"]))
    if saved and not wants_partial(request):
        announce(request, f"“{saved.raw}” saved.")
        return redirect(_address(saved))
    context: dict[str, Any] = {"entry": saved or entry, "form": form, "may_change": True, "is_saved": saved is not None}
    if saved:
        context["form"] = ValueForm(saved.kind, entry=saved)
    template = "portfolio/_value_row.html" if wants_partial(request) else "portfolio/value_map_entry.html"
    return render(request, template, context, status=status_of(form))


@require_safe
def value_map_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who decided what this spelling stands for?"""
    viewer = _reader(request)
    entry = get_object_or_404(ValueMapEntry.objects.visible_to(viewer), pk=pk)
    context = {
        "entry": entry,
        "form": ValueForm(entry.kind, entry=entry),
        "may_change": can_edit_value_maps(viewer),
        "history": history_of(entry, after=request.GET.get("after", "")),
    }
    return render(request, "portfolio/value_map_entry.html", context)


def _reader(request: HttpRequest) -> User:
    viewer = signed_in(request)
    if not can_see_administration(viewer):
        raise PermissionDenied("The office decides how words in files are read; auditors see it.")
    return viewer


def _check_may_change(viewer: User) -> None:
    if not can_edit_value_maps(viewer):
        raise PermissionDenied("The office decides how words in files are read, for the whole company.")


def _kind(kind: str) -> ValueMapEntry.Kind:
    if kind not in ValueMapEntry.Kind.values:
        raise Http404("No such value map.")
    return ValueMapEntry.Kind(kind)


def _address(entry: ValueMapEntry) -> str:
    return reverse("portfolio:value_map_detail", args=[entry.kind])
