"""What an incident cost, as its page shows it."""

from decimal import Decimal

from django.conf import settings
from django.db.models import Sum
from django.template.loader import render_to_string

from aiso.accounts.models import User
from portfolio.incident_page import IncidentPage
from portfolio.models import Incident, Initiative
from portfolio.permissions import money_seen_among

from .ledger_list import EntryLine, fetched
from .models import IncidentCost, LedgerEntry
from .permissions import posts_among
from .posting import why_not_post


def costs_panel(page: IncidentPage) -> str:
    """What it cost, where the viewer sees the money of one of its initiatives."""
    initiatives = [share.initiative for share in page.shares]
    seen = money_seen_among(page.viewer, initiatives)
    if not any(seen(each) for each in initiatives):
        return ""
    rows = LedgerEntry.objects.visible_to(page.viewer).filter(incident_cost__incident=page.incident)
    context = {
        "incident": page.incident,
        "lines": [EntryLine(each) for each in fetched(rows).order_by("-pk")],
        "total": cost_of_incident(page.viewer, page.incident),
        "currency": settings.REPORTING_CURRENCY,
        "may_post": bool(postable(page.viewer, page.incident)),
    }
    return render_to_string("value/_incident_costs.html", context)


def cost_of_incident(viewer: User, incident: Incident) -> Decimal | None:
    """What stands in the reporting currency, as far as the viewer sees the money: reversed costs count nothing."""
    costs = IncidentCost.objects.visible_to(viewer).filter(incident=incident, entry__reversed_by=None)
    total: Decimal | None = costs.aggregate(total=Sum("entry__reporting_amount"))["total"]
    return total


def postable(viewer: User, incident: Incident) -> list[Initiative]:
    """Those of its initiatives on which the viewer may post a cost."""
    rows = Initiative.objects.visible_to(viewer).filter(incident_shares__incident=incident).defer("search")
    rows = rows.order_by("-incident_shares__is_lead", "pk")
    found = [*rows]
    may = posts_among(viewer, found)
    return [each for each in found if may(each) and not why_not_post(each)]
