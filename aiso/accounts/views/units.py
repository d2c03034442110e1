"""The tree of business units."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.audit.history import history_of
from aiso.errors import DomainError
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions import add_unit, bring_back_unit, move_unit, rename_unit, retire_unit
from ..forms import MoveForm, NewUnitForm, UnitForm
from ..models import BusinessUnit, User
from ..permissions import can_manage_units, can_see_administration
from ..signed_in import signed_in
from ..tree import Tree, roles_reaching

LATEST = 5


@require_safe
def unit_list(request: HttpRequest) -> HttpResponse:
    """How is the company built?"""
    viewer = _overseer(request)
    context = {"tree": Tree(viewer), "may_manage": can_manage_units(viewer)}
    return render(request, "accounts/units.html", context)


@require_safe
def unit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is in this unit?"""
    return _show_unit(request, _unit(_overseer(request), pk))


@require_safe
def unit_history(request: HttpRequest, pk: int) -> HttpResponse:
    unit = _unit(_overseer(request), pk)
    context = {"unit": unit, "history": history_of(unit, after=request.GET.get("after", ""))}
    return render(request, "accounts/unit_history.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def unit_add(request: HttpRequest) -> HttpResponse:
    """Which unit is new?"""
    actor = _manager(request)
    form = NewUnitForm(posted(request), initial={"parent": request.GET.get("below")})
    if unit := attempt(form, lambda: add_unit(actor=actor, **form.cleaned_data)):
        announce(request, f"{unit} added.")
        return redirect("accounts:unit_detail", unit.pk)
    return render(request, "accounts/unit_add.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def unit_rename(request: HttpRequest, pk: int) -> HttpResponse:
    """What is it called?"""
    actor = _manager(request)
    unit = _unit(actor, pk)
    form = UnitForm(unit, posted(request))
    if saved := attempt(form, lambda: rename_unit(unit, actor=actor, seen=form.seen(), **form.cleaned_data)):
        announce(request, f"{saved} saved.")
        return redirect("accounts:unit_detail", pk)
    return render(request, "accounts/unit_rename.html", {"form": form, "unit": unit}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def unit_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Where does it belong, and what comes along?"""
    actor = _manager(request)
    unit = _unit(actor, pk)
    tree = Tree(actor)
    inside = tree.inside(unit)
    form = MoveForm(unit, [each.unit.pk for each in inside], posted(request))
    if attempt(form, lambda: move_unit(unit, actor=actor, **form.cleaned_data)):
        announce(request, f"{unit} moved.")
        return redirect("accounts:unit_detail", pk)
    context = {"form": form, "unit": unit, "branch": tree.branch(unit), "below": len(inside) - 1}
    context["roles"] = roles_reaching(unit)
    return render(request, "accounts/unit_move.html", context, status=status_of(form))


@require_POST
def unit_retire(request: HttpRequest, pk: int) -> HttpResponse:
    return _switch(request, pk, retire_unit, "is retired", back="accounts:unit_bring_back")


@require_POST
def unit_bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    return _switch(request, pk, bring_back_unit, "is in use again", back="accounts:unit_retire")


def _switch(request: HttpRequest, pk: int, deed: Any, told: str, *, back: str) -> HttpResponse:
    actor = _manager(request)
    unit = _unit(actor, pk)
    try:
        deed(unit, actor=actor)
    except DomainError as error:
        return _show_unit(request, unit, refusal=str(error))
    announce(request, f"{unit} {told}.", undo=reverse(back, args=[pk]))
    return redirect("accounts:unit_detail", pk)


def _overseer(request: HttpRequest) -> User:
    viewer = signed_in(request)
    if not can_see_administration(viewer):
        raise PermissionDenied("The office keeps people and units; auditors read them.")
    return viewer


def _manager(request: HttpRequest) -> User:
    actor = signed_in(request)
    if not can_manage_units(actor):
        raise PermissionDenied("An office lead for the whole company keeps the business units.")
    return actor


def _unit(viewer: User, pk: int) -> BusinessUnit:
    unit: BusinessUnit = get_object_or_404(BusinessUnit.objects.visible_to(viewer).select_related("parent"), pk=pk)
    return unit


def _show_unit(request: HttpRequest, unit: BusinessUnit, *, refusal: str = "") -> HttpResponse:
    viewer = signed_in(request)
    context = {
        "unit": unit,
        "branch": Tree(viewer).branch(unit),
        "above": BusinessUnit.objects.ancestors(unit),
        "people": unit.people.active().people()[:20],
        "roles": roles_reaching(unit),
        "history": history_of(unit, size=LATEST),
        "may_manage": can_manage_units(viewer),
        "refusal": refusal,
    }
    return render(request, "accounts/unit.html", context, status=409 if refusal else 200)
