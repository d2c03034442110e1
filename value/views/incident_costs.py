"""What an incident cost."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted
from aiso.web.htmx import announce
from portfolio.incident_page import visible_incident
from portfolio.views.incidents import ask

from ..actions.cost_incidents import post_incident_cost
from ..forms.incident_cost import IncidentCostForm
from ..incident_costs import postable
from ..permissions import POSTING


@require_http_methods(["GET", "HEAD", "POST"])
def incident_cost(request: HttpRequest, pk: int) -> HttpResponse:
    """What did it cost each of its initiatives?"""
    incident, actor = visible_incident(request, pk), signed_in(request)
    initiatives = postable(actor, incident)
    if not initiatives:
        raise PermissionDenied(POSTING)
    form = IncidentCostForm(initiatives, posted(request))
    told = ("currency", "happened_on", "evidence", "key")
    if attempt(
        form,
        lambda: post_incident_cost(
            incident, actor=actor, amounts=form.amounts(), **{name: form.cleaned_data[name] for name in told}
        ),
    ):
        announce(request, "Posted as risk loss.")
        return redirect(f"{incident.get_absolute_url()}#costs")
    about = "It goes to the ledger as risk loss and lowers net value. A mistake is reversed there."
    return ask(request, form, title="Post a cost", about=about, verb="Post the cost", incident=incident)
