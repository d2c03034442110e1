"""What was decided: the list, one decision, and the list as a file."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from aiso import clock
from aiso.accounts.signed_in import signed_in
from portfolio.export import MOST_XLSX, csv_lines, xlsx_bytes
from portfolio.permissions import can_see_money

from ..decision_lists import DecisionList, DecisionSheet, fetched
from ..models import Decision, FastLaneAudit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def decision_list(request: HttpRequest) -> HttpResponse:
    """What was decided, by whom, and why?"""
    return render(request, "stagegates/decisions.html", {"found": DecisionList(signed_in(request), request.GET)})


@require_safe
def decision_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What was decided, and what follows from it?"""
    viewer = signed_in(request)
    decision = get_object_or_404(fetched(Decision.objects.visible_to(viewer)), pk=pk)
    context = {
        "decision": decision,
        "later": Decision.objects.filter(supersedes=decision).first(),
        "conditions": decision.conditions.select_related("owner"),
        "changes": decision.stage_changes.select_related("stage_change"),
        "audit": FastLaneAudit.objects.visible_to(viewer).filter(decision=decision).first(),
        "sees_money": can_see_money(viewer, decision.initiative),
    }
    return render(request, "stagegates/decision.html", context)


@require_safe
def decision_export(request: HttpRequest) -> HttpResponseBase:
    """The list as it is filtered, as a file."""
    viewer = signed_in(request)
    rows = DecisionList(viewer, request.GET).matching
    sheet, name = DecisionSheet(rows, viewer), f"decisions-{clock.today().isoformat()}"
    if request.GET.get("format") == "csv":
        stream = StreamingHttpResponse(csv_lines(sheet), content_type="text/csv; charset=utf-8")
        stream["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return stream
    if rows.count() > MOST_XLSX:
        messages.error(request, f"Excel files hold up to {MOST_XLSX:,} decisions. Filter first, or take CSV.")
        return redirect("stagegates:decision_list")
    response = HttpResponse(xlsx_bytes(sheet, "Decisions"), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
