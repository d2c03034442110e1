"""Baselines: which wait, and confirming one."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import refused
from aiso.web.htmx import announce
from portfolio.page import visible_initiative

from ..actions.baselines import confirm_baseline
from ..baselines import BaselineQueue, address_of, may_have_queue
from ..permissions import BASING, can_confirm_baseline


@require_safe
def baseline_queue(request: HttpRequest) -> HttpResponse:
    """Which baselines are to be confirmed?"""
    person = signed_in(request)
    if not may_have_queue(person):
        raise PermissionDenied(BASING)
    place = {name: request.GET.get(name, "") for name in ("after", "before")}
    return render(request, "value/baselines.html", {"found": BaselineQueue(person, place)})


@require_http_methods(["GET", "HEAD", "POST"])
def baseline_confirm(request: HttpRequest, pk: int, metric: int) -> HttpResponse:
    """Agree that it stood there before."""
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    found = get_object_or_404(initiative.outcome_metrics.select_related("initiative"), pk=metric)
    if request.method != "POST":
        return redirect(address_of(found))
    if not can_confirm_baseline(actor, found):
        raise PermissionDenied(BASING)
    note = request.POST.get("note", "")[:1000]
    if not refused(request, lambda: confirm_baseline(found, actor=actor, note=note)):
        announce(request, "Baseline confirmed. A later change of it shows.")
    return redirect(address_of(found))
