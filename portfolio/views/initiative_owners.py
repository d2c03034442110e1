"""The owners' tab: who owns an initiative, who did before, and who stands in."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.errors import ConflictError, DomainError
from aiso.web.htmx import announce

from ..actions.assign_owners import add_deputy, assign_owner, remove_deputy
from ..forms.owners import AssignForm, DeputyForm
from ..models import Initiative, OwnerKind, Ownership
from ..page import InitiativePage, page_for, visible_initiative
from ..permissions import can_assign_owners
from ..undo import assigned, offer_undo, ownerships_held
from .conflict import form_context
from .initiative_tab import go_on, show_tab, target_of


@require_safe
def initiative_owners(request: HttpRequest, pk: int) -> HttpResponse:
    return _owners_tab(request, page_for(request, pk, "owners"))


@require_http_methods(["GET", "HEAD", "POST"])
def owner_assign(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Who is an owner, since when and why; in a dialog, or on a page of its own."""
    initiative = visible_initiative(request, pk)
    if not can_assign_owners(signed_in(request), initiative):
        raise PermissionDenied("The office and the business owner assign owners.")
    form = AssignForm(initiative, _kind(kind), request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _ask(request, form, 422 if form.is_bound else 200)
    try:
        _assign(request, initiative, form)
    except ConflictError as conflict:
        return _ask(request, form.after(conflict), 409)
    except DomainError as error:
        named = {"person": form.owner_field}.get(error.field or "", error.field)
        form.add_error(named if named in form.fields else None, str(error))
        return _ask(request, form, 422)
    return go_on(request, initiative, "portfolio:initiative_owners")


def _assign(request: HttpRequest, initiative: Initiative, form: AssignForm) -> None:
    change = form.changes().get(form.owner_field)
    if change is None:
        return
    actor, before = signed_in(request), ownerships_held(initiative)
    told = {"since": form.cleaned_data["since"], "reason": form.cleaned_data["reason"]}
    assign_owner(initiative, actor=actor, kind=form.kind, person=change.to, was=change.was, **told)
    undo = offer_undo(initiative, actor, assigned(before, ownerships_held(initiative)))
    now = f"is now {change.to}" if change.to else "is now nobody"
    announce(request, f"{form.kind.label} of {initiative.reference} {now}.", undo=undo)


def _ask(request: HttpRequest, form: AssignForm, status: int) -> HttpResponse:
    context = form_context(form, form.initiative)
    part = "#dialog" if target_of(request) == "dialog" else ""
    return render(request, f"portfolio/initiative_owner_assign.html{part}", context, status=status)


@require_POST
def deputy_add(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Name somebody who stands in for an owner."""
    initiative, owner = visible_initiative(request, pk), _kind(kind)
    if not can_assign_owners(signed_in(request), initiative):
        raise PermissionDenied("The office and the business owner name deputies.")
    form = DeputyForm(request.POST, prefix=owner)
    if form.is_valid():
        try:
            deputy = add_deputy(initiative, actor=signed_in(request), kind=owner, person=form.cleaned_data["person"])
        except DomainError as error:
            form.add_error("person", str(error))
        else:
            messages.success(request, f"{deputy.person} stands in for the {owner.label.lower()}.")
            return go_on(request, initiative, "portfolio:initiative_owners")
    return _owners_tab(request, page_for(request, pk, "owners"), {owner: form}, 422)


@require_POST
def deputy_remove(request: HttpRequest, pk: int, ownership: int) -> HttpResponse:
    """End a deputy's time."""
    initiative = visible_initiative(request, pk)
    deputies = Ownership.objects.filter(initiative=initiative, is_deputy=True).select_related("person")
    deputy = get_object_or_404(deputies, pk=ownership)
    remove_deputy(deputy, actor=signed_in(request))
    messages.success(request, f"{deputy.person} no longer stands in.")
    return go_on(request, initiative, "portfolio:initiative_owners")


def _owners_tab(
    request: HttpRequest,
    page: InitiativePage,
    deputy_forms: dict[OwnerKind, DeputyForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    forms = {kind: (deputy_forms or {}).get(kind) or DeputyForm(prefix=kind) for kind in OwnerKind}
    lines = [(line, forms[line.kind]) for line in page.owners]
    return show_tab(request, page, "portfolio/initiative_owners.html", {"lines": lines}, status)


def _kind(kind: str) -> OwnerKind:
    if kind not in OwnerKind.values:
        raise Http404("There are business, technical and risk owners.")
    return OwnerKind(kind)
