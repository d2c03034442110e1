"""The tab of the decisions that an initiative makes."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.errors import ConflictError, DomainError
from aiso.web.htmx import announce

from ..actions.accept_map import accept_map
from ..actions.keep_decisions import add_decision_class, edit_decision_class, remove_decision_class
from ..autonomy_limits import autonomy_limits
from ..autonomy_map import standings_with
from ..decisions import acceptances_of, lines_of
from ..forms.decision import DecisionForm
from ..levels import highest_level
from ..models import DecisionClass, Initiative
from ..page import page_for, visible_initiative
from ..permissions import can_edit
from ..undo import DecisionAdded, DecisionEdited, DecisionRemoved, offer_undo
from .conflict import form_context
from .initiative_tab import go_on, show_tab, target_of

TAB = "portfolio:initiative_decisions"


@require_safe
def initiative_decisions(request: HttpRequest, pk: int) -> HttpResponse:
    """What does it decide, and how far may it act?"""
    return _show(request, pk)


@require_POST
def map_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept the map of levels that the page showed."""
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    role, seen = request.POST.get("role", ""), request.POST.get("fingerprint") or None
    try:
        accept_map(initiative, actor=actor, role=role, fingerprint=seen)
    except DomainError as error:
        return _show(request, pk, status=409, refused=str(error))
    announce(request, "Autonomy map accepted.")
    return go_on(request, initiative, TAB)


def _show(request: HttpRequest, pk: int, status: int = 200, refused: str = "") -> HttpResponse:
    page = page_for(request, pk, "decisions")
    initiative = page.initiative
    decisions = [*initiative.decision_classes.select_related("owner")]
    standing = standings_with({initiative.pk: decisions}, [initiative.pk])[initiative.pk]
    context = {
        "lines": lines_of(decisions, autonomy_limits()),
        "a_week": sum(decision.volume_per_week or 0 for decision in decisions),
        "highest": highest_level(decisions),
        "standing": standing,
        "acceptances": acceptances_of(standing, page.person, initiative),
        "refused": refused,
    }
    return show_tab(request, page, "portfolio/initiative_decisions.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def decision_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new decision; in a dialog, or on a page of its own."""
    return _decision_form(request, visible_initiative(request, pk), None)


@require_http_methods(["GET", "HEAD", "POST"])
def decision_edit(request: HttpRequest, pk: int, decision: int) -> HttpResponse:
    initiative = visible_initiative(request, pk)
    return _decision_form(request, initiative, get_object_or_404(initiative.decision_classes, pk=decision))


@require_POST
def decision_remove(request: HttpRequest, pk: int, decision: int) -> HttpResponse:
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    found = get_object_or_404(initiative.decision_classes, pk=decision)
    fields = {name: getattr(found, name) for name in DecisionForm.base_fields}
    try:
        remove_decision_class(found, actor=actor)
    except DomainError as error:
        return _show(request, pk, status=409, refused=str(error))
    announce(request, f"“{found.name}” removed.", undo=offer_undo(initiative, actor, DecisionRemoved(fields)))
    return go_on(request, initiative, TAB)


def _decision_form(request: HttpRequest, initiative: Initiative, decision: DecisionClass | None) -> HttpResponse:
    if not can_edit(signed_in(request), initiative):
        raise PermissionDenied("Its owners and the office say what it decides.")
    form = DecisionForm(decision, request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _ask(request, initiative, form, 422 if form.is_bound else 200)
    try:
        _store(request, initiative, form)
    except ConflictError as conflict:
        return _ask(request, initiative, form.after(conflict), 409)
    except DomainError as error:
        form.add_error(None, str(error))
        return _ask(request, initiative, form, 422)
    except ValidationError as error:
        form.add_error(None, error)
        return _ask(request, initiative, form, 422)
    return go_on(request, initiative, TAB)


def _store(request: HttpRequest, initiative: Initiative, form: DecisionForm) -> None:
    actor = signed_in(request)
    if form.decision is None:
        added = add_decision_class(initiative, actor=actor, **form.cleaned_data)
        level = added.get_autonomy_display().lower()
        undo = offer_undo(initiative, actor, DecisionAdded(added.pk))
        announce(request, f"“{added.name}” added: {level}.", undo=undo)
        return
    if changes := form.changes():
        was = {name: change.was for name, change in changes.items()}
        wanted: dict[str, Any] = {name: change.to for name, change in changes.items()}
        saved = edit_decision_class(form.decision, actor=actor, seen=was, **wanted)
        undo = offer_undo(initiative, actor, DecisionEdited(saved.pk, was, wanted))
        announce(request, f"“{saved.name}” saved: {saved.get_autonomy_display().lower()}.", undo=undo)


def _ask(request: HttpRequest, initiative: Initiative, form: DecisionForm, status: int) -> HttpResponse:
    context = form_context(form, initiative, of_initiative=False)
    part = "#dialog" if target_of(request) == "dialog" else ""
    return render(request, f"portfolio/initiative_decision.html{part}", context, status=status)
