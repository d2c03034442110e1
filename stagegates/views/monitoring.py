"""Recording a look at a system in use."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce
from portfolio.page import visible_initiative

from ..actions.monitor import record_monitoring
from ..forms.monitoring import MonitoringForm
from ..permissions import can_record_monitoring


@require_http_methods(["GET", "HEAD", "POST"])
def monitoring_record(request: HttpRequest, pk: int, task: int) -> HttpResponse:
    """Does it still do what it should?"""
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    found = get_object_or_404(initiative.monitoring_tasks.select_related("version", "done_by"), pk=task)
    if not can_record_monitoring(actor, initiative):
        raise PermissionDenied("Its owners, their deputies and the office record its monitoring.")
    form = MonitoringForm(posted(request))
    if attempt(form, lambda: record_monitoring(found, actor=actor, **form.cleaned_data)):
        announce(request, "Recorded. The next look is scheduled.")
        return redirect(f"{initiative.get_absolute_url()}#monitoring")
    earlier = initiative.monitoring_tasks.done().select_related("done_by")[:3]
    context = {"initiative": initiative, "task": found, "form": form, "earlier": earlier}
    return render(request, "stagegates/monitoring_record.html", context, status=status_of(form))
