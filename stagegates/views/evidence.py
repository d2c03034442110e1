"""Giving evidence, and taking it back."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from aiso.accounts.signed_in import signed_in
from aiso.errors import DomainError
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce
from portfolio.models import Initiative
from portfolio.page import visible_initiative

from ..actions.give_evidence import SUITING, asked_of, give_evidence, withdraw_evidence
from ..forms.reviews import ReasonForm, evidence_form
from ..models import GateReview, Requirement
from ..permissions import can_give_evidence
from .answers import show_form


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_give(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """What shows that this requirement is met?"""
    initiative, actor = _evidenced(request, pk), signed_in(request)
    try:
        line = asked_of(initiative, code)
    except DomainError as error:
        raise Http404(str(error)) from error
    if Requirement.Evidence(line.evidence) not in SUITING:
        raise Http404("The system fills this in from what it knows.")
    form = evidence_form(line, posted(request), request.FILES or None)
    if not form.is_bound and line.evidence == Requirement.Evidence.STATEMENT:
        present = initiative.evidence.current().filter(code=code).first()
        # Whoever mends an answer seldom writes it anew.
        form.initial["text"] = present.text if present else ""
    given = attempt(form, lambda: give_evidence(initiative, actor=actor, code=code, **form.cleaned_data))
    if given is not None:
        announce(request, f"“{line.text}”: version {given.version} given.")
        return redirect(where_it_stands(initiative))
    context = {"initiative": initiative, "line": line, "form": form, "back": where_it_stands(initiative)}
    return show_form(request, "stagegates/evidence_give.html", context, status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_withdraw(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """Why does it no longer count?"""
    initiative, actor = _evidenced(request, pk), signed_in(request)
    found = get_object_or_404(initiative.evidence.select_related("initiative", "attachment"), pk=evidence)
    form = ReasonForm("Why does it no longer count?", posted(request))
    if attempt(form, lambda: withdraw_evidence(found, actor=actor, **form.cleaned_data)):
        announce(request, "Withdrawn. It stays on record and no longer counts.")
        return redirect(where_it_stands(initiative))
    context = {"initiative": initiative, "evidence": found, "form": form, "back": where_it_stands(initiative)}
    return show_form(request, "stagegates/evidence_withdraw.html", context, status_of(form))


def where_it_stands(initiative: Initiative) -> str:
    """The page that shows its checklist: the open review, or else the tab of its gates."""
    review = GateReview.objects.open().filter(initiative=initiative).first()
    if review is not None:
        return review.get_absolute_url()
    return reverse("stagegates:initiative_gates", args=[initiative.reference])


def _evidenced(request: HttpRequest, pk: int) -> Initiative:
    initiative = visible_initiative(request, pk)
    if not can_give_evidence(signed_in(request), initiative):
        raise PermissionDenied("Its owners and the office give and withdraw evidence.")
    return initiative
