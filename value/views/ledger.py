"""The ledger: its list and file, one entry, posting and reversing; the value tab of an initiative."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce
from portfolio.export import MOST_XLSX
from portfolio.models import Initiative
from portfolio.page import page_for, visible_initiative
from portfolio.views.files import asked_file, csv_file
from portfolio.views.initiative_tab import show_tab
from stagegates.actions.land_spending import may_upload

from ..actions.post import post_entry, reverse_entry
from ..adoption_page import AdoptionNote
from ..asked_days import AskedDays
from ..days_taken_back import told_of_reversal
from ..forms.ledger import ClaimForm, CostForm, EntryForm, WhyForm
from ..ledger_list import LedgerList, fetched
from ..models import LedgerEntry
from ..permissions import POSTING, REVERSING, UNSEEN, can_post, can_reverse
from ..value_page import ValuePage


@require_safe
def initiative_value(request: HttpRequest, pk: int) -> HttpResponse:
    """What is it worth, after what it costs?"""
    page = page_for(request, pk, "value")
    context: dict[str, object] = {"sees_money": page.sees_money}
    if page.initiative.workflow:
        context["adoption"] = AdoptionNote(page.initiative.workflow)
    if page.sees_money:
        context["value"] = ValuePage(page, AskedDays(request.GET))
    return show_tab(request, page, "value/initiative_value.html", context)


@require_safe
def value_export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Net value and what stands beside it, as a file, for those who see its money."""
    page = page_for(request, pk, "value")
    if not page.sees_money:
        raise PermissionDenied(UNSEEN)
    return csv_file(ValuePage(page, AskedDays(request.GET)).sheet)


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """What do initiatives bring and cost?"""
    person = signed_in(request)
    context = {"found": LedgerList(person, request.GET), "may_upload": may_upload(person)}
    return render(request, "value/ledger.html", context)


@require_safe
def ledger_export(request: HttpRequest) -> HttpResponseBase:
    """What the list shows, all of it, as a file."""
    found = LedgerList(signed_in(request), request.GET)
    return asked_file(request, found, found.matching.order_by()[: MOST_XLSX + 1].count, found.address)


@require_http_methods(["GET", "HEAD", "POST"])
def cost_post(request: HttpRequest, pk: int) -> HttpResponse:
    """What did it cost?"""
    initiative = _postable(request, pk)
    form = CostForm(posted(request))
    return _post(request, initiative, form, "Posted.")


@require_http_methods(["GET", "HEAD", "POST"])
def claim_post(request: HttpRequest, pk: int) -> HttpResponse:
    """What did it bring?"""
    initiative = _postable(request, pk)
    form = ClaimForm(initiative, posted(request))
    return _post(request, initiative, form, "Posted. A claim counts once finance confirms it.")


@require_http_methods(["GET", "HEAD", "POST"])
def ledger_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    """What was wrong with it?"""
    actor = signed_in(request)
    entry = get_object_or_404(fetched(LedgerEntry.objects.visible_to(actor)), pk=pk)
    if not can_reverse(actor, entry):
        raise PermissionDenied(REVERSING)
    form = WhyForm(posted(request))
    if reversal := attempt(form, lambda: reverse_entry(entry, actor=actor, **form.cleaned_data)):
        announce(request, "Reversed.")
        return redirect(reversal)
    context = {"entry": entry, "initiative": entry.initiative, "form": form, "days": told_of_reversal(entry)}
    return render(request, "value/ledger_reverse.html", context, status=status_of(form))


def _post(request: HttpRequest, initiative: Initiative, form: EntryForm, done: str) -> HttpResponse:
    actor = signed_in(request)
    if entry := attempt(form, lambda: post_entry(initiative, form.asked(), actor=actor)):
        announce(request, done)
        return redirect(entry)
    context = {"form": form, "initiative": initiative, "is_claim": isinstance(form, ClaimForm)}
    return render(request, "value/ledger_form.html", context, status=status_of(form))


def _postable(request: HttpRequest, pk: int) -> Initiative:
    initiative = visible_initiative(request, pk)
    if not can_post(signed_in(request), initiative):
        raise PermissionDenied(POSTING)
    return initiative
