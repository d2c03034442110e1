"""What was decided: the list, one decision, and the list as a file."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from portfolio.permissions import can_see_money
from portfolio.views.files import asked_file

from ..decision_lists import DecisionList, DecisionSheet, fetched
from ..models import Closure, Decision, FastLaneAudit, MeetingDecision, Merge


@require_safe
def decision_list(request: HttpRequest) -> HttpResponse:
    """What was decided, by whom, and why?"""
    return render(request, "stagegates/decisions.html", {"found": DecisionList(signed_in(request), request.GET)})


@require_safe
def decision_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What was decided, and what follows from it?"""
    viewer = signed_in(request)
    decision = get_object_or_404(fetched(Decision.objects.visible_to(viewer)), pk=pk)
    sees_money = can_see_money(viewer, decision.initiative)
    context = {
        "decision": decision,
        "tranches": decision.tranches.all() if sees_money else (),
        "later": Decision.objects.filter(supersedes=decision).first(),
        "conditions": decision.conditions.select_related("owner"),
        "changes": decision.stage_changes.select_related("stage_change"),
        "audit": FastLaneAudit.objects.visible_to(viewer).filter(decision=decision).first(),
        "met": MeetingDecision.objects.filter(decision=decision).prefetch_related("voices__person").first(),
        "closure": Closure.objects.filter(decision=decision).first(),
        "sees_money": sees_money,
        "merge": _merge_of(decision, viewer),
    }
    return render(request, "stagegates/decision.html", context)


def _merge_of(decision: Decision, viewer: User) -> Merge | None:
    """What it merged or took apart, for those who see both initiatives."""
    rows = Merge.objects.visible_to(viewer).select_related("merged", "survivor")
    return rows.filter(Q(decision=decision) | Q(undone_by=decision)).first() if decision.is_about_a_merge else None


@require_safe
def decision_export(request: HttpRequest) -> HttpResponseBase:
    """The list as it is filtered, as a file."""
    viewer = signed_in(request)
    rows = DecisionList(viewer, request.GET).matching
    sheet = DecisionSheet(rows, viewer)
    return asked_file(request, sheet, rows.count, "", of="decisions")
