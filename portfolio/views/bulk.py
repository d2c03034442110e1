"""Changing many initiatives from the register's selection, and taking that back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.web.figures import plural
from aiso.web.forms import PersonField
from aiso.web.htmx import announce

from ..actions.edit_many import MOST, edit_many, undo_bulk_edit
from ..models import BulkEdit, Initiative
from ..models.initiative import OWNERS
from ..permissions import can_edit
from .register import BULK_FIELDS
from .selection import selected

# References spelled out on the page; the rest is counted.
NAMED = 20


@require_POST
def bulk_edit(request: HttpRequest) -> HttpResponse:
    """First asks for the value that all get, then gives it. The selection travels in the form."""
    assert isinstance(request.user, User)
    field = request.POST.get("field", "")
    label = dict(BULK_FIELDS).get(field)
    if label is None:
        messages.error(request, "Choose what to change.")
        return redirect("portfolio:register")
    chosen = selected(request.user, request.POST).order_by("pk")
    applying = "apply" in request.POST
    form = _ValueForm(field, request.POST if applying else None)
    if applying and form.is_valid():
        try:
            return _apply(request, [*chosen.values_list("pk", flat=True)[: MOST + 1]], field, label, form)
        except DomainError as error:
            form.add_error(None, str(error))
    return _ask(request, chosen, field, label, form)


@require_POST
def bulk_edit_undo(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, User)
    edit = get_object_or_404(BulkEdit.objects.visible_to(request.user), pk=pk)
    try:
        back, kept = undo_bulk_edit(edit, actor=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        note = f" {plural(kept, 'one was', 'were')} changed by somebody since and kept." if kept else ""
        messages.success(request, f"{plural(back, 'initiative')} as before.{note}")
    return redirect(_return_address(request))


class _ValueForm(forms.Form):
    """The one value, with the control that suits the field."""

    def __init__(self, field: str, data: Any = None) -> None:
        super().__init__(data)
        label = dict(BULK_FIELDS)[field]
        if field in OWNERS:
            self.fields["value"] = PersonField(label=label, required=False, help_text="Leave empty to have nobody.")
        else:
            made = forms.fields_for_model(Initiative, fields=[field])[field]
            made.label = label
            self.fields["value"] = made


def _ask(request: HttpRequest, chosen: Any, field: str, label: str, form: _ValueForm) -> HttpResponse:
    first = list(chosen[:NAMED])
    count = chosen.count()
    if not count:
        messages.error(request, "Select some initiatives first.")
        return redirect("portfolio:register")
    refused = [row for row in first if not can_edit(request.user, row)]
    context = {
        "form": form,
        "field": field,
        "label": label,
        "count": count,
        "first": first,
        "more": count - len(first),
        "refused": refused,
        "most": MOST,
        "pks": request.POST.getlist("pk") if not request.POST.get("all") else [],
        "query": request.POST.get("query", ""),
        "all": request.POST.get("all", ""),
    }
    return render(request, "portfolio/bulk_edit.html", context, status=422 if form.errors else 200)


def _apply(request: HttpRequest, pks: list[int], field: str, label: str, form: _ValueForm) -> HttpResponse:
    assert isinstance(request.user, User)
    edit = edit_many(pks, actor=request.user, field=field, value=form.cleaned_data["value"])
    changed = edit.rows.count()
    undo = reverse("portfolio:bulk_edit_undo", args=[edit.pk])
    announce(request, f"{label} changed on {plural(changed, 'initiative')}.", undo=undo if changed else "")
    return redirect(_return_address(request))


def _return_address(request: HttpRequest) -> str:
    """Back to the register as it was filtered."""
    given = request.POST.get("next", "")
    if given and url_has_allowed_host_and_scheme(given, allowed_hosts=None):
        return given
    query = request.POST.get("query", "")
    return reverse("portfolio:register") + (f"?{query}" if query else "")
