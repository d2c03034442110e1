"""What delegates let through in the fast lane, looked at afterwards."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.fast_lane import record_audit
from ..decision_lists import audits_seen_by
from ..forms.decisions import AuditForm
from ..models import FastLaneAudit
from ..permissions import can_audit

# Audits on one page; those that wait come first.
SHOWN = 200


@require_safe
def audit_list(request: HttpRequest) -> HttpResponse:
    """Which decisions of the fast lane are to be looked at, and what was found?"""
    viewer = signed_in(request)
    context = {
        "audits": audits_seen_by(viewer)[:SHOWN],
        "waiting": FastLaneAudit.objects.visible_to(viewer).waiting().count(),
    }
    return render(request, "stagegates/audits.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def audit_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Was it right to decide this in the fast lane?"""
    actor = signed_in(request)
    audit = get_object_or_404(audits_seen_by(actor), pk=pk)
    if not can_audit(actor, audit):
        raise PermissionDenied("The office and the risk function audit, never whoever decided it or a party to it.")
    form = AuditForm(posted(request))
    if attempt(form, lambda: record_audit(audit, actor=actor, **form.cleaned_data)):
        announce(request, "Recorded.")
        return redirect("stagegates:audit_list")
    return render(request, "stagegates/audit.html", {"audit": audit, "form": form}, status=status_of(form))
