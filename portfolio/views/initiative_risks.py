"""The tab of what may happen to an initiative, and the pages of one risk."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.web import figures
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.accept_risks import accept_risk, withdraw_acceptance
from ..actions.keep_risks import change_risk, close_risk, raise_risk, reopen_risk, treat_risk
from ..forms.risks import AcceptanceForm, RiskForm, RiskReasonForm
from ..heat_map import heat_map
from ..models import Initiative, Risk
from ..models.register_risk import BASES
from ..page import page_for, visible_initiative
from ..risk_appetite import risk_appetite
from ..risk_lines import row_of
from ..risk_page import RiskPage, risks_to_show
from ..risk_permissions import (
    WHO_ACCEPTS,
    WHO_CHANGES,
    WHO_KEEPS,
    WHO_WITHDRAWS,
    can_accept_risk,
    can_change_risk,
    can_keep_risks,
    can_withdraw_acceptance,
)
from ..risks import address_of
from .initiative_tab import show_tab


@require_safe
def initiative_risks(request: HttpRequest, pk: int) -> HttpResponse:
    """What may happen to it, what is done about it, and who bears what is left?"""
    page = page_for(request, pk, "risks")
    basis = asked if (asked := request.GET.get("basis", "")) in BASES else "residual"
    appetite, rows = risk_appetite(), risks_to_show(page.initiative)
    risks = sorted(rows, key=lambda each: (each.is_closed, -each.residual_score, each.due_on, each.pk))
    register, here = reverse("portfolio:risk_list"), page.initiative.pk

    def cell(likelihood: int, impact: int) -> str:
        return f"{register}?basis={basis}&initiative={here}&likelihood={likelihood}&impact={impact}"

    context = {
        "risks": [row_of(each, appetite) for each in risks],
        "heat": heat_map(rows.open(), basis=basis, appetite=appetite, address=cell),
        "other_basis": f"?basis={'inherent' if basis == 'residual' else 'residual'}",
        "may_raise": page.takes_a_lane and can_keep_risks(page.person, page.initiative),
    }
    return show_tab(request, page, "portfolio/initiative_risks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def risk_raise(request: HttpRequest, pk: int) -> HttpResponse:
    """A new risk."""
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    if not can_keep_risks(actor, initiative):
        raise PermissionDenied(WHO_KEEPS)
    form = RiskForm(None, posted(request))
    if raised := attempt(form, lambda: raise_risk(initiative, actor=actor, **form.cleaned_data)):
        announce(request, f"Raised: {raised.owner} sees to it until {figures.day(raised.due_on)}.")
        return redirect(address_of(raised))
    return _ask(request, initiative, None, "Raise risk", form)


@require_safe
def risk_detail(request: HttpRequest, pk: int, risk: int) -> HttpResponse:
    """What is it, what is done about it, and who accepts what is left?"""
    initiative = visible_initiative(request, pk)
    page = RiskPage(signed_in(request), _risk(initiative, risk))
    history = page.history(request.GET.get("after", ""))
    context = {"initiative": initiative, "risk": page.risk, "page": page, "history": history}
    return render(request, "portfolio/risk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def risk_change(request: HttpRequest, pk: int, risk: int) -> HttpResponse:
    """What is it, and what is done about it?"""
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    found = _risk(initiative, risk)
    if not can_change_risk(actor, found):
        raise PermissionDenied(WHO_CHANGES)
    form = RiskForm(found, posted(request))
    was_accepted = found.is_accepted
    if saved := attempt(form, lambda: change_risk(found, actor=actor, seen=form.seen(), **form.cleaned_data)):
        voided = was_accepted and not saved.is_accepted
        announce(request, "Risk saved. Its score is higher, so it is accepted no longer." if voided else "Risk saved.")
        return redirect(address_of(saved))
    return _ask(request, initiative, found, "Save changes", form)


@require_http_methods(["GET", "HEAD", "POST"])
def risk_treat(request: HttpRequest, pk: int, risk: int) -> HttpResponse:
    """What shows that it is treated?"""
    return _move(request, pk, risk, treat_risk, "Mark as treated", "Treated: what is left is what counts.")


@require_http_methods(["GET", "HEAD", "POST"])
def risk_close(request: HttpRequest, pk: int, risk: int) -> HttpResponse:
    """Why is it a risk no longer?"""
    return _move(request, pk, risk, close_risk, "Close risk", "Risk closed.")


@require_http_methods(["GET", "HEAD", "POST"])
def risk_reopen(request: HttpRequest, pk: int, risk: int) -> HttpResponse:
    """Why has it to be dealt with again?"""
    return _move(request, pk, risk, reopen_risk, "Reopen risk", "Risk open again.")


@require_http_methods(["GET", "HEAD", "POST"])
def risk_accept(request: HttpRequest, pk: int, risk: int) -> HttpResponse:
    """Why may what is left stay, and until when?"""
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    found = _risk(initiative, risk)
    if not can_accept_risk(actor, found, appetite=risk_appetite()):
        raise PermissionDenied(WHO_ACCEPTS)
    form = AcceptanceForm(posted(request))
    if given := attempt(form, lambda: accept_risk(found, actor=actor, **form.cleaned_data)):
        announce(request, f"Accepted until {figures.day(given.until)}.")
        return redirect(address_of(found))
    return _ask(request, initiative, found, "Accept what is left", form, consequences=True)


@require_http_methods(["GET", "HEAD", "POST"])
def risk_withdraw(request: HttpRequest, pk: int, risk: int) -> HttpResponse:
    """Why is it accepted no longer?"""
    return _move(
        *(request, pk, risk, withdraw_acceptance, "Withdraw the acceptance", "It is accepted no longer."),
        may=can_withdraw_acceptance,
        refusal=WHO_WITHDRAWS,
    )


def _move(
    request: HttpRequest,
    pk: int,
    risk: int,
    deed: Callable[..., Any],
    verb: str,
    told: str,
    *,
    may: Callable[[User, Risk], bool] = can_change_risk,
    refusal: str = WHO_CHANGES,
) -> HttpResponse:
    """One of the deeds that ask nothing but why."""
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    found = _risk(initiative, risk)
    if not may(actor, found):
        raise PermissionDenied(refusal)
    form = RiskReasonForm(posted(request))
    if attempt(form, lambda: deed(found, actor=actor, **form.cleaned_data)):
        announce(request, told)
        return redirect(address_of(found))
    return _ask(request, initiative, found, verb, form)


def _ask(
    request: HttpRequest, initiative: Initiative, risk: Risk | None, verb: str, form: forms.Form, **more: Any
) -> HttpResponse:
    page = RiskPage(signed_in(request), risk) if risk else None
    back = address_of(risk) if risk else reverse("portfolio:initiative_risks", args=[initiative.reference]) + "#tab"
    context = {"initiative": initiative, "risk": risk, "page": page, "verb": verb, "form": form, "back": back}
    context |= more
    return render(request, "portfolio/risk_form.html", context, status=status_of(form))


def _risk(initiative: Initiative, pk: int) -> Risk:
    return get_object_or_404(risks_to_show(initiative), pk=pk)
