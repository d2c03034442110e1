"""The tab of what went wrong with an initiative."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ..incident_permissions import can_report_incident
from ..models import IncidentShare
from ..page import page_for
from .initiative_tab import show_tab


@require_safe
def initiative_incidents(request: HttpRequest, pk: int) -> HttpResponse:
    """What went wrong with it, and what was learnt?"""
    page = page_for(request, pk, "incidents")
    shares = IncidentShare.objects.filter(initiative=page.initiative)
    shares = shares.select_related("incident__support_owner", "incident__asset")
    context = {
        "shares": shares.order_by("-incident"),
        "assets": page.initiative.assets.filter(is_active=True).order_by("name"),
        "may_report": page.takes_a_lane and can_report_incident(page.person, page.initiative),
    }
    return show_tab(request, page, "portfolio/initiative_incidents.html", context)
