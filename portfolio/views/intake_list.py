"""The requests: one's own, and for the office those that wait for it."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aiso.accounts.models import Role
from aiso.accounts.models.role import OFFICE
from aiso.accounts.signed_in import signed_in
from aiso.web.keyset import AS_MADE, LATEST_FIRST, page_of

from ..intake_page import holder_of, since_of
from ..models import Intake
from ..permissions import can_request

PAGE = 50
STATES = dict(Intake.State.choices)


@require_safe
def intake_list(request: HttpRequest) -> HttpResponse:
    """What became of my requests, and which ones wait for the office?"""
    viewer = signed_in(request)
    visible = Intake.objects.visible_to(viewer)
    is_office = viewer.has_role(*OFFICE, Role.AUDITOR)
    queue = Intake.objects.to_triage_by(viewer)
    shows = {"mine": visible.filter(requester=viewer), "queue": queue, "all": visible}
    asked = request.GET.get("show", "")
    show = asked if asked in shows else "queue" if queue.exists() else "mine"
    state = request.GET.get("state", "")
    rows = shows[show].filter(state=state) if state in STATES else shows[show]
    order = AS_MADE if show == "queue" else LATEST_FIRST
    rows = rows.select_related("requester", "unit", "initiative", "joined_to").defer("submitted_answers")
    page = page_of(rows, order, size=PAGE, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    context = {
        "page": page,
        "rows": [(intake, holder_of(intake, viewer), since_of(intake)) for intake in page.rows],
        "show": show,
        "state": state if state in STATES else "",
        "states": [each for each in Intake.State.choices if show != "queue"],
        "counts": visible.aggregate(
            mine=Count("pk", filter=Q(requester=viewer)),
            waiting=Count("pk", filter=Q(state=Intake.State.SUBMITTED)),
            asked=Count("pk", filter=Q(state=Intake.State.ASKED)),
            drafts=Count("pk", filter=Q(requester=viewer, state=Intake.State.DRAFT)),
            all=Count("pk"),
        ),
        "queued": queue.count(),
        "is_office": is_office,
        "may_request": can_request(viewer),
    }
    return render(request, "portfolio/intake_list.html", context)
