"""Money outside a gate, and the money of one initiative."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso import clock
from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, refused, status_of
from aiso.web.htmx import announce
from aiso.web.keyset import LATEST_FIRST, page_of
from portfolio.models import Initiative
from portfolio.page import page_for, visible_initiative
from portfolio.permissions import can_see_money
from portfolio.views.initiative_tab import show_tab

from ..actions.ask_funding import DECIDING, ask_money, why_not_ask, withdraw_request
from ..agenda.funding import asks_of
from ..agenda.readings import Money
from ..asked_money import can_decide_request
from ..askings import all_bodies
from ..deciding import who_decides_on
from ..family import family_tranches, money_of
from ..forms.funding import AskForm, RequestDecisionForm
from ..funding_page import PAGE, requests_of, with_decisions, with_names
from ..models import FundingRequest
from ..money import envelope_of, funding_of
from ..permissions import ASKING, can_ask_money
from ..request_page import RequestPage


@require_safe
def initiative_funding(request: HttpRequest, pk: int) -> HttpResponse:
    """What was approved for it, and what became of that?"""
    page = page_for(request, pk, "funding")
    initiative = page.initiative
    context: dict[str, object] = {"sees_money": page.sees_money}
    if page.sees_money:
        may_ask = can_ask_money(page.person, initiative)
        context |= {
            "funding": money_of(initiative, page.person),
            "tranches": [*with_names(family_tranches(initiative.pk, page.person)).order_by("pk")],
            "requests": requests_of(initiative),
            "may_ask": may_ask and not why_not_ask(initiative),
        }
    return show_tab(request, page, "stagegates/initiative_funding.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def funding_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """How much more does it need, and what for?"""
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    if not can_ask_money(actor, initiative):
        raise PermissionDenied(ASKING)
    form = AskForm(posted(request))
    if asked := attempt(form, lambda: ask_money(initiative, actor=actor, **form.cleaned_data)):
        announce(request, "Asked for. The body that its sum needs is told.")
        return redirect(asked)
    context = {
        "initiative": initiative,
        "form": form,
        "refusal": why_not_ask(initiative),
        "envelope": envelope_of(initiative),
        "least": all_bodies().get(who_decides_on(initiative).body),
    }
    return render(request, "stagegates/funding_ask.html", context, status=status_of(form))


@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    """Which money is asked for outside a gate?"""
    viewer = signed_in(request)
    is_open = request.GET.get("state") != "all"
    visible = FundingRequest.objects.visible_to(viewer)
    rows = with_decisions(visible.open() if is_open else visible)
    place = {name: request.GET.get(name, "") for name in ("after", "before")}
    context = {"page": page_of(rows, LATEST_FIRST, size=PAGE, **place), "is_open": is_open}
    return render(request, "stagegates/funding_requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Does it get this money? Sending the form decides."""
    asked = _request(request, pk)
    page = RequestPage(asked, signed_in(request))
    if request.method == "POST" and asked.is_open and not page.may_decide:
        raise PermissionDenied(DECIDING)
    form = RequestDecisionForm(asked, page.to_override, posted(request))
    if request.method == "POST" and form.is_valid() and (done := page.decide(form)):
        announce(request, f"Recorded: {done}.")
        return redirect(asked)
    [ask] = asks_of([asked.initiative], [asked.amount], clock.today())
    money = Money(ask, funding_of([asked.initiative])[asked.initiative_id], is_asked=True, is_open=asked.is_open)
    context = page.drawn_with(form) | {"money": money}
    return render(request, "stagegates/funding_request.html", context, status=status_of(form))


@require_POST
def request_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back."""
    asked = _request(request, pk)
    if not refused(request, lambda: withdraw_request(asked, actor=signed_in(request))):
        announce(request, "Withdrawn.")
    return redirect(asked)


def _request(request: HttpRequest, pk: int) -> FundingRequest:
    """One that the person may see: whose money they see, or that they decide."""
    person = signed_in(request)
    initiatives = Initiative.objects.visible_to(person)
    rows = with_decisions(FundingRequest.objects.filter(initiative__in=initiatives)).defer("initiative__search")
    found: FundingRequest = get_object_or_404(rows, pk=pk)
    if not (can_see_money(person, found.initiative) or can_decide_request(person, found)):
        raise PermissionDenied("Its owners, finance, the office and those who decide on it see its money.")
    return found
