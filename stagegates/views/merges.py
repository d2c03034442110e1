"""Merging an initiative into another, undoing that, and reading what was merged."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce
from portfolio.history import history_of_initiative
from portfolio.page import visible_initiative

from ..actions.merge import can_undo, merge_into, undo_merge
from ..family import merges_into
from ..forms.merges import MergeForm, SurvivorForm, UndoForm
from ..merge_page import MergedPage, MergePanel
from ..models import Merge


@require_http_methods(["GET", "HEAD", "POST"])
def initiative_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Into which other is it merged, and what moves?"""
    initiative, person = visible_initiative(request, pk), signed_in(request)
    asked = SurvivorForm(person, request.GET if request.GET.get("into") else None)
    survivor = asked.cleaned_data["into"] if asked.is_bound and asked.is_valid() else None
    form = MergeForm(person, survivor, posted(request))
    if form.is_bound:
        if form.is_valid():
            survivor = form.cleaned_data["survivor"]
        if not MergePanel(initiative, person, survivor).may_decide:
            raise PermissionDenied("Who decides alone for the body of both merges them, never a party to either.")
        if decided := attempt(form, lambda: merge_into(initiative, actor=person, **form.cleaned_data)):
            announce(request, f"{initiative.reference} goes on in {decided.merge.survivor.reference}.")
            return redirect(decided.merge.survivor)
    context = {
        "initiative": initiative,
        "asked": asked,
        "form": form,
        "panel": MergePanel(initiative, person, survivor),
    }
    status = 422 if asked.is_bound and asked.errors else status_of(form)
    return render(request, "stagegates/initiative_merge.html", context, status=status)


@require_safe
def merged_detail(request: HttpRequest, pk: int, merged: int) -> HttpResponse:
    """What was decided, given and spent before it was merged?"""
    survivor, person = visible_initiative(request, pk), signed_in(request)
    merge = next((each for each in merges_into(survivor.pk, person) if each.merged_id == merged), None)
    if merge is None:
        raise Http404("Nothing of this reference was merged into it.")
    page = MergedPage(merge, person)
    history = history_of_initiative(merge.merged, sees_money=page.sees_money, after=request.GET.get("after", ""))
    context = {"page": page, "initiative": survivor, "merged": merge.merged, "merge": merge, "history": history}
    return render(request, "stagegates/merged.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Why is the merge taken apart again?"""
    person = signed_in(request)
    rows = Merge.objects.visible_to(person).select_related("merged", "survivor", "decision__body")
    merge: Merge = get_object_or_404(rows, pk=pk)
    if not can_undo(person, merge):
        raise PermissionDenied("The body that merged them or a higher one undoes it, never a party to either.")
    form = UndoForm(posted(request))
    if attempt(form, lambda: undo_merge(merge, actor=person, **form.cleaned_data)):
        announce(request, f"{merge.merged.reference} goes on by itself again.")
        return redirect(merge.merged)
    context = {"merge": merge, "form": form, "page": MergedPage(merge, person)}
    return render(request, "stagegates/merge_undo.html", context, status=status_of(form))
