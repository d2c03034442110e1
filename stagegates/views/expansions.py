"""Expansions: asked for, listed, decided, withdrawn."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, refused, status_of
from aiso.web.htmx import announce
from aiso.web.keyset import LATEST_FIRST, page_of
from portfolio.page import visible_initiative
from portfolio.permissions import can_see_money

from ..actions.ask_funding import withdraw_request
from ..actions.expand import ASKING, ask_expansion
from ..expansion import expansions_of, track_of, why_not_expand, with_rulings
from ..forms.expansions import ExpansionDecisionForm, ExpansionForm
from ..models import Expansion
from ..permissions import can_ask_money
from ..request_page import RequestPage

PAGE = 50
DECIDING = "Those with a vote in the body of its next gate or in a higher one decide, never a party."


@require_http_methods(["GET", "HEAD", "POST"])
def expansion_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Which step comes next, and what does it cover?"""
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    if not can_ask_money(actor, initiative):
        raise PermissionDenied(ASKING)
    form = ExpansionForm(initiative, posted(request))
    if asked := attempt(form, lambda: ask_expansion(initiative, actor=actor, **form.cleaned_data)):
        announce(request, "Asked for. Who decides is told.")
        return redirect(asked)
    context = {
        "initiative": initiative,
        "form": form,
        "refusal": why_not_expand(initiative),
        "track": track_of(expansions_of(initiative)),
    }
    return render(request, "stagegates/expansion_ask.html", context, status=status_of(form))


@require_safe
def expansion_list(request: HttpRequest) -> HttpResponse:
    """Which initiatives ask to grow?"""
    is_open = request.GET.get("state") != "all"
    rows = Expansion.objects.visible_to(signed_in(request))
    place = {name: request.GET.get(name, "") for name in ("after", "before")}
    page = page_of(with_rulings(rows.open() if is_open else rows), LATEST_FIRST, size=PAGE, **place)
    return render(request, "stagegates/expansions.html", {"page": page, "is_open": is_open})


@require_http_methods(["GET", "HEAD", "POST"])
def expansion_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Does it grow? Sending the form decides."""
    asked = _expansion(request, pk)
    page = RequestPage(asked, signed_in(request))
    if request.method == "POST" and asked.is_open and not page.may_decide:
        raise PermissionDenied(DECIDING)
    form = ExpansionDecisionForm(asked, page.to_override, posted(request))
    if request.method == "POST" and form.is_valid() and (done := page.decide(form)):
        announce(request, f"Recorded: {done}.")
        return redirect(asked)
    context = page.drawn_with(form) | {
        "track": track_of(expansions_of(asked.initiative)),
        "sees_money": page.may_decide or can_see_money(page.person, asked.initiative),
    }
    return render(request, "stagegates/expansion.html", context, status=status_of(form))


@require_POST
def expansion_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back."""
    asked = _expansion(request, pk)
    if not refused(request, lambda: withdraw_request(asked, actor=signed_in(request))):
        announce(request, "Withdrawn.")
    return redirect(asked)


def _expansion(request: HttpRequest, pk: int) -> Expansion:
    found: Expansion = get_object_or_404(with_rulings(Expansion.objects.visible_to(signed_in(request))), pk=pk)
    return found
