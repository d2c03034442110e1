"""Expansions: asked for, listed, decided, withdrawn."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.errors import DomainError
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce
from aiso.web.keyset import LATEST_FIRST, page_of
from portfolio.page import visible_initiative
from portfolio.permissions import can_see_money

from ..actions.ask_funding import decide_request, withdraw_request
from ..actions.expand import ASKING, ask_expansion
from ..asked_money import blocks_of_request, body_of_request, can_decide_request
from ..deciding import bodies_of, decides_alone
from ..expansion import expansions_of, track_of, why_not_expand, with_rulings
from ..forms.decisions import show_refusal
from ..forms.expansions import ExpansionDecisionForm, ExpansionForm
from ..models import Expansion
from ..permissions import can_ask_money

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
    asked, person = _expansion(request, pk), signed_in(request)
    may_decide = asked.is_open and can_decide_request(person, asked)
    if request.method == "POST" and asked.is_open and not may_decide:
        raise PermissionDenied(DECIDING)
    body = body_of_request(asked)
    alone = next((each for each in bodies_of(person, body) if decides_alone(person, each)), None) if body else None
    blocks = blocks_of_request(asked) if asked.is_open else []
    is_higher = bool(alone and body and alone.rank > body.rank)
    form = ExpansionDecisionForm(
        asked, [each for each in blocks if each.can_be_overridden] if is_higher else [], posted(request)
    )
    if request.method == "POST" and form.is_valid() and (done := _decided(asked, person, form)):
        announce(request, f"Recorded: {done}.")
        return redirect(asked)
    context = {
        "asked": asked,
        "rulings": [each.decision for each in asked.rulings.all()],
        "body": body,
        "alone": alone if may_decide else None,
        "blocks": blocks,
        "form": form,
        "track": track_of(expansions_of(asked.initiative)),
        "sees_money": may_decide or can_see_money(person, asked.initiative),
        "may_withdraw": asked.is_open and can_ask_money(person, asked.initiative),
    }
    return render(request, "stagegates/expansion.html", context, status=status_of(form))


@require_POST
def expansion_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back."""
    asked = _expansion(request, pk)
    try:
        withdraw_request(asked, actor=signed_in(request))
        announce(request, "Withdrawn.")
    except DomainError as error:
        announce(request, str(error))
    return redirect(asked)


def _decided(asked: Expansion, person: User, form: ExpansionDecisionForm) -> str:
    """The outcome in words; empty when it was refused, with the refusal on the form."""
    try:
        ruling = {name: value for name, value in form.ruling().items() if name != "back_to"}
        decision = decide_request(asked, actor=person, **ruling)
    except DomainError as error:
        show_refusal(form, error)
        return ""
    return decision.get_outcome_display().lower()


def _expansion(request: HttpRequest, pk: int) -> Expansion:
    found: Expansion = get_object_or_404(with_rulings(Expansion.objects.visible_to(signed_in(request))), pk=pk)
    return found
