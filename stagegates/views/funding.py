"""Money: envelopes of a day, one envelope, one tranche and what is done with it."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso import clock
from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.envelopes import change_envelope, set_envelope
from ..actions.funding import OverspendError, record_spend, release_tranche, reverse_spend
from ..forms.decisions import ReasonedForm
from ..forms.funding import EnvelopeChangeForm, EnvelopeForm, ReleaseForm, SpendForm
from ..funding_page import EnvelopePage, FundingOverview, TranchePage, with_names
from ..histories import history_of_envelope
from ..models import Envelope, FundingEntry, Tranche
from ..permissions import (
    RELEASING,
    SETTING,
    SPENDING,
    can_record_spend,
    can_release,
    can_see_funding,
    can_set_envelopes,
)

SEEING = "Finance, the office, executives and auditors for the whole company see envelopes."


@require_safe
def funding(request: HttpRequest) -> HttpResponse:
    """How much money is there, and where is it?"""
    found = FundingOverview(_reader(request), request.GET.get("on", ""), request.GET.get("bucket", ""))
    return render(request, "stagegates/funding.html", {"found": found})


@require_http_methods(["GET", "HEAD", "POST"])
def envelope_set(request: HttpRequest) -> HttpResponse:
    """How much may a bucket commit, and from when until when?"""
    actor = _setter(request)
    form = EnvelopeForm(posted(request), initial={"bucket": request.GET.get("bucket", "")})
    if envelope := attempt(form, lambda: set_envelope(actor=actor, **form.cleaned_data)):
        announce(request, f"Envelope of {envelope.bucket} set.")
        return redirect(envelope)
    return render(request, "stagegates/envelope_edit.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def envelope_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Is it more, less, or longer?"""
    actor = _setter(request)
    envelope = get_object_or_404(Envelope.objects.visible_to(actor).select_related("bucket"), pk=pk)
    form = EnvelopeChangeForm(envelope, posted(request))
    if attempt(form, lambda: change_envelope(envelope, actor=actor, seen=form.seen(), **form.cleaned_data)):
        announce(request, "Envelope changed.")
        return redirect(envelope)
    return render(
        request, "stagegates/envelope_edit.html", {"form": form, "envelope": envelope}, status=status_of(form)
    )


@require_safe
def envelope_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What of it is committed, to whom, and what is free?"""
    viewer = _reader(request)
    rows = Envelope.objects.visible_to(viewer).with_figures().select_related("bucket", "set_by")
    envelope = get_object_or_404(rows, pk=pk)
    context = {
        "envelope": envelope,
        "found": EnvelopePage(viewer, envelope, request.GET.dict()),
        "asks_what_if": envelope.ends_on >= clock.today(),
        "history": history_of_envelope(envelope, after=request.GET.get("after", "")),
    }
    return render(request, "stagegates/envelope.html", context)


@require_safe
def tranche_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What of it is released, and what was it spent on?"""
    return _show(request, _tranche(request, pk))


@require_POST
def tranche_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Release what is withheld."""
    tranche, actor = _tranche(request, pk), signed_in(request)
    if not can_release(actor, tranche):
        raise PermissionDenied(RELEASING)
    page = TranchePage(actor, tranche)
    form = ReleaseForm(page.to_override, request.POST)
    if attempt(form, lambda: release_tranche(tranche, actor=actor, overrides=form.overrides())):
        announce(request, "Released.")
        return redirect(tranche)
    page.release_form = form
    return _show(request, tranche, page, form)


@require_POST
def tranche_spend(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what was spent."""
    tranche, actor = _tranche(request, pk), signed_in(request)
    if not can_record_spend(actor, tranche.initiative):
        raise PermissionDenied(SPENDING)
    page = TranchePage(actor, tranche)
    form = SpendForm(request.POST)

    def record() -> FundingEntry:
        try:
            return record_spend(tranche, actor=actor, most_overspent=form.most_overspent(), **form.cleaned_data)
        except OverspendError as error:
            page.would_overspend = error.over
            raise

    if attempt(form, record):
        announce(request, "Spending recorded.")
        return redirect(tranche)
    page.spend_form = form
    return _show(request, tranche, page, form)


@require_http_methods(["GET", "HEAD", "POST"])
def entry_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    """What was wrong with it?"""
    actor = signed_in(request)
    rows = FundingEntry.objects.visible_to(actor).spending().select_related("tranche__initiative")
    entry = get_object_or_404(rows.defer("tranche__initiative__search"), pk=pk)
    if not can_record_spend(actor, entry.tranche.initiative):
        raise PermissionDenied(SPENDING)
    form = ReasonedForm(posted(request))
    if attempt(form, lambda: reverse_spend(entry, actor=actor, **form.cleaned_data)):
        announce(request, "Reversed.")
        return redirect(entry.tranche)
    context = {"entry": entry, "tranche": entry.tranche, "form": form}
    return render(request, "stagegates/entry_reverse.html", context, status=status_of(form))


def _show(
    request: HttpRequest, tranche: Tranche, page: TranchePage | None = None, form: forms.Form | None = None
) -> HttpResponse:
    context = {"tranche": tranche, "page": page or TranchePage(signed_in(request), tranche)}
    return render(request, "stagegates/tranche.html", context, status=status_of(form) if form else 200)


def _reader(request: HttpRequest) -> User:
    viewer = signed_in(request)
    if not can_see_funding(viewer):
        raise PermissionDenied(SEEING)
    return viewer


def _setter(request: HttpRequest) -> User:
    actor = signed_in(request)
    if not can_set_envelopes(actor):
        raise PermissionDenied(SETTING)
    return actor


def _tranche(request: HttpRequest, pk: int) -> Tranche:
    rows = with_names(Tranche.objects.visible_to(signed_in(request)))
    found: Tranche = get_object_or_404(rows, pk=pk)
    return found
