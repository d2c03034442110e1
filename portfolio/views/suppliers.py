"""The suppliers that tools come from."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.audit.history import history_of
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.keep_tools import add_supplier, edit_supplier
from ..forms.tools import SupplierForm
from ..models import Supplier
from ..permissions import can_keep_tools
from ..tool_register import LONGEST_TEXT, rows_of, supplier_page


@require_safe
def supplier_list(request: HttpRequest) -> HttpResponse:
    """Whom do our tools come from?"""
    viewer = signed_in(request)
    context = {
        "page": supplier_page(viewer, request.GET),
        "count": Supplier.objects.visible_to(viewer).active().count(),
        "text": request.GET.get("q", "").strip()[:LONGEST_TEXT],
        "may_keep": can_keep_tools(viewer),
    }
    return render(request, "portfolio/suppliers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def supplier_add(request: HttpRequest) -> HttpResponse:
    """Which supplier is new?"""
    actor = _keeper(request)
    form = SupplierForm(Supplier(), posted(request))
    if supplier := attempt(form, lambda: add_supplier(actor=actor, **form.cleaned_data)):
        announce(request, f"{supplier} added.")
        return redirect(supplier)
    return render(request, "portfolio/supplier_edit.html", {"form": form}, status=status_of(form))


@require_safe
def supplier_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What comes from it, and whom do we ask there?"""
    viewer = signed_in(request)
    supplier = _supplier(viewer, pk)
    tools = supplier.tools.order_by("-is_active", "name").prefetch_related("clearances")
    context = {
        "supplier": supplier,
        "rows": rows_of(tools, viewer),
        "history": history_of(supplier, after=request.GET.get("after", "")),
        "may_keep": can_keep_tools(viewer),
    }
    return render(request, "portfolio/supplier.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def supplier_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is it called, and whom do we ask there?"""
    actor = _keeper(request)
    supplier = _supplier(actor, pk)
    form = SupplierForm(supplier, posted(request))
    if saved := attempt(form, lambda: edit_supplier(supplier, actor=actor, seen=form.seen(), **form.cleaned_data)):
        announce(request, f"{saved} saved.")
        return redirect(saved)
    context = {"form": form, "supplier": supplier}
    return render(request, "portfolio/supplier_edit.html", context, status=status_of(form))


@require_POST
def supplier_retire(request: HttpRequest, pk: int) -> HttpResponse:
    return _switch(request, pk, is_active=False)


@require_POST
def supplier_bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    return _switch(request, pk, is_active=True)


def _switch(request: HttpRequest, pk: int, *, is_active: bool) -> HttpResponse:
    actor = _keeper(request)
    supplier = edit_supplier(_supplier(actor, pk), actor=actor, is_active=is_active)
    told, back = ("is in use again", "retire") if is_active else ("is retired; its tools keep it", "bring_back")
    announce(request, f"{supplier} {told}.", undo=reverse(f"portfolio:supplier_{back}", args=[pk]))
    return redirect(supplier)


def _keeper(request: HttpRequest) -> User:
    actor = signed_in(request)
    if not can_keep_tools(actor):
        raise PermissionDenied("The office and the procurement reviewers keep the register of suppliers.")
    return actor


def _supplier(viewer: User, pk: int) -> Supplier:
    supplier: Supplier = get_object_or_404(Supplier.objects.visible_to(viewer), pk=pk)
    return supplier
