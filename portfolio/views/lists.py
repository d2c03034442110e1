"""The lists that the office keeps: buckets, workflows, tags and the like."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.permissions import can_manage_lists, can_see_administration
from aiso.accounts.signed_in import signed_in
from aiso.audit.history import history_of
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.keep_lists import add_entry, edit_entry
from ..editable_lists import LISTS, EditableList, entries_page, sizes, uses_of
from ..forms.lists import EntryForm
from ..models.lists import NamedEntry


@require_safe
def list_index(request: HttpRequest) -> HttpResponse:
    """Which lists are there?"""
    _overseer(request)
    counted = sizes()
    lists = [(each, *counted[each.slug]) for each in LISTS.values()]
    return render(request, "portfolio/lists.html", {"lists": lists})


@require_http_methods(["GET", "HEAD", "POST"])
def list_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """What can initiatives be sorted under? Sending the form adds an entry."""
    viewer, kept = _overseer(request), _list(slug)
    if request.method == "POST":
        _check_may_change(viewer)
    form = EntryForm(kept.model(), posted(request))
    if entry := attempt(form, lambda: add_entry(kept.model, actor=viewer, **form.cleaned_data)):
        announce(request, f"{entry} added.")
        return redirect(kept.address)
    text = request.GET.get("q", "").strip()
    page = entries_page(kept, text=text, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    uses = uses_of(kept, viewer, page.rows)
    context = {
        "list": kept,
        "lists": LISTS.values(),
        "page": page,
        "rows": [(entry, uses.get(entry.pk, 0)) for entry in page.rows],
        "text": text,
        "form": form,
        "may_change": can_manage_lists(viewer),
    }
    return render(request, "portfolio/list.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def list_entry(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What is this entry called, and who changed it?"""
    viewer, kept = _overseer(request), _list(slug)
    if request.method == "POST":
        _check_may_change(viewer)
    entry = _entry(kept, viewer, pk)
    form = EntryForm(entry, posted(request))
    if saved := attempt(form, lambda: edit_entry(entry, actor=viewer, seen=form.seen(), **form.cleaned_data)):
        announce(request, f"{saved} saved.")
        return redirect(kept.address)
    context = {
        "list": kept,
        "entry": entry,
        "uses": uses_of(kept, viewer, [entry]).get(entry.pk, 0),
        "form": form,
        "history": history_of(entry, after=request.GET.get("after", "")),
        "may_change": can_manage_lists(viewer),
    }
    return render(request, "portfolio/list_entry.html", context, status=status_of(form))


@require_POST
def list_entry_retire(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return _switch(request, slug, pk, is_active=False)


@require_POST
def list_entry_bring_back(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return _switch(request, slug, pk, is_active=True)


def _switch(request: HttpRequest, slug: str, pk: int, *, is_active: bool) -> HttpResponse:
    viewer, kept = _overseer(request), _list(slug)
    entry = edit_entry(_entry(kept, viewer, pk), actor=viewer, is_active=is_active)
    told, back = ("is in use again", "retire") if is_active else ("is retired; initiatives keep it", "bring_back")
    announce(request, f"{entry} {told}.", undo=reverse(f"portfolio:list_entry_{back}", args=[slug, pk]))
    return redirect(kept.address)


def _overseer(request: HttpRequest) -> User:
    viewer = signed_in(request)
    if not can_see_administration(viewer):
        raise PermissionDenied("The office keeps the lists; auditors read them.")
    return viewer


def _check_may_change(viewer: User) -> None:
    if not can_manage_lists(viewer):
        raise PermissionDenied("The office keeps the lists, for the whole company.")


def _list(slug: str) -> EditableList:
    if slug not in LISTS:
        raise Http404("No such list.")
    return LISTS[slug]


def _entry(kept: EditableList, viewer: User, pk: int) -> NamedEntry:
    entry: NamedEntry = get_object_or_404(kept.model._default_manager.visible_to(viewer), pk=pk)
    return entry
