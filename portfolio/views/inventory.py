"""The decision inventory: which decisions recur in a workflow, and how far may the systems act in each?"""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web import figures
from aiso.web.attempts import attempt, status_of
from aiso.web.htmx import announce

from ..actions.keep_decisions import add_decision_class, edit_decision_class
from ..forms.inventory import COLUMNS, NewRowForm, RowForm
from ..inventory import Inventory
from ..models import DecisionClass, Workflow
from ..permissions import changes_nothing
from ..workflow_list import workflow_rows


@require_safe
def workflow_list(request: HttpRequest) -> HttpResponse:
    """Which workflows decide what, and how far are they automated?"""
    rows = workflow_rows(signed_in(request))
    return render(request, "portfolio/workflows.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def workflow_decisions(request: HttpRequest, pk: int) -> HttpResponse:
    """The decisions of one workflow, edited in one table."""
    workflow = get_object_or_404(Workflow.objects.visible_to(signed_in(request)), pk=pk)
    return _inventory(request, workflow)


@require_http_methods(["GET", "HEAD", "POST"])
def decision_inventory(request: HttpRequest) -> HttpResponse:
    """The decisions of the whole portfolio."""
    return _inventory(request, None)


def _inventory(request: HttpRequest, workflow: Workflow | None) -> HttpResponse:
    inventory = Inventory(signed_in(request), workflow, request.GET)
    if request.method == "POST":
        return _save(request, inventory)
    forms = {row.decision.pk: RowForm(row.decision) for row in inventory.rows if row.may_edit}
    return _show(request, inventory, forms, NewRowForm(inventory.to_choose))


def _save(request: HttpRequest, inventory: Inventory) -> HttpResponse:
    """Store the rows that changed, each by itself: what is wrong with one keeps no other back."""
    actor = inventory.viewer
    if changes_nothing(actor):
        raise PermissionDenied("Its owners and the office say what an initiative decides.")
    sent = [int(pk) for pk in request.POST.getlist("row") if pk.isdecimal() and len(pk) < 19]
    rows = inventory.rows_of(inventory.all.filter(pk__in=sent).select_related("owner", "initiative"))
    forms = {row.decision.pk: RowForm(row.decision, request.POST) for row in rows if row.may_edit}
    saved = sum(_saved(form, request) for form in forms.values() if form.has_changed())
    new = NewRowForm(inventory.to_choose, request.POST)
    if new.is_written and _added(new, request):
        saved, new = saved + 1, NewRowForm(inventory.to_choose)
    wrong = {pk: form for pk, form in forms.items() if form.has_changed() and form.errors}
    if wrong or (new.is_written and new.errors):
        return _show_again(request, inventory, wrong, new, saved)
    announce(request, f"{figures.plural(saved, 'decision')} saved." if saved else "Nothing was changed.")
    return redirect(request.get_full_path())


def _saved(form: RowForm, request: HttpRequest) -> bool:
    def save() -> DecisionClass:
        return edit_decision_class(form.decision, actor=signed_in(request), seen=form.seen(), **form.cleaned_data)

    return attempt(form, save) is not None


def _added(form: NewRowForm, request: HttpRequest) -> bool:
    def add() -> DecisionClass:
        fields = dict(form.cleaned_data)
        return add_decision_class(fields.pop("initiative"), actor=signed_in(request), **fields)

    return attempt(form, add) is not None


def _show_again(
    request: HttpRequest, inventory: Inventory, wrong: dict[int, RowForm], new: NewRowForm, saved: int
) -> HttpResponse:
    """The table with what was refused where it was written; what was saved shows as it is now."""
    fresh = Inventory(inventory.viewer, inventory.workflow, request.GET)
    forms = {row.decision.pk: RowForm(row.decision) for row in fresh.rows if row.may_edit} | wrong
    status = max(status_of(form) for form in [*wrong.values(), *([new] if new.is_written else [])])
    if not new.is_written:
        new = NewRowForm(fresh.to_choose)
    return _show(request, fresh, forms, new, saved=saved, wrong=len(wrong) + bool(new.errors), status=status)


def _show(
    request: HttpRequest,
    inventory: Inventory,
    forms: dict[int, RowForm],
    new: NewRowForm,
    *,
    saved: int = 0,
    wrong: int = 0,
    status: int = 200,
) -> HttpResponse:
    shown = [(row, forms.get(row.decision.pk)) for row in inventory.rows]
    context = {
        "inventory": inventory,
        "workflow": inventory.workflow,
        "rows": shown,
        "columns": [label for _, label in COLUMNS],
        "new": new if inventory.to_choose and not inventory.show else None,
        "may_save": any(forms) or bool(inventory.to_choose and not inventory.show),
        "saved": saved,
        "wrong": wrong,
    }
    return render(request, "portfolio/inventory.html", context, status=status)
