"""The outcome metrics' tab."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.errors import ConflictError, DomainError
from aiso.web.htmx import announce

from ..actions.measure_outcomes import add_outcome_metric, edit_outcome_metric, remove_outcome_metric
from ..forms.outcome import MetricForm
from ..models import Initiative, OutcomeMetric
from ..page import page_for, visible_initiative
from ..permissions import can_edit
from ..plans import latest_plan
from ..undo import MetricRemoved, offer_undo
from .conflict import form_context
from .initiative_tab import go_on, show_tab, target_of


@require_safe
def initiative_outcomes(request: HttpRequest, pk: int) -> HttpResponse:
    return show_tab(request, page_for(request, pk, "outcomes"), "portfolio/initiative_outcomes.html")


@require_http_methods(["GET", "HEAD", "POST"])
def metric_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new metric; in a dialog, or on a page of its own."""
    return _metric_form(request, visible_initiative(request, pk), None)


@require_http_methods(["GET", "HEAD", "POST"])
def metric_edit(request: HttpRequest, pk: int, metric: int) -> HttpResponse:
    initiative = visible_initiative(request, pk)
    return _metric_form(request, initiative, get_object_or_404(initiative.outcome_metrics, pk=metric))


@require_POST
def metric_remove(request: HttpRequest, pk: int, metric: int) -> HttpResponse:
    initiative = visible_initiative(request, pk)
    found = get_object_or_404(initiative.outcome_metrics, pk=metric)
    fields = {name: getattr(found, name) for name in MetricForm.base_fields if name != "reason"}
    try:
        remove_outcome_metric(found, actor=signed_in(request))
    except DomainError as error:
        messages.error(request, str(error))
        return go_on(request, initiative, "portfolio:initiative_outcomes")
    undo = offer_undo(initiative, signed_in(request), MetricRemoved(fields))
    announce(request, f"“{found.name}” removed.", undo=undo)
    return go_on(request, initiative, "portfolio:initiative_outcomes")


def _metric_form(request: HttpRequest, initiative: Initiative, metric: OutcomeMetric | None) -> HttpResponse:
    if not can_edit(signed_in(request), initiative):
        raise PermissionDenied("Its owners and the office set the outcome metrics.")
    plan = latest_plan(initiative)
    asks_reason = bool(plan and plan.is_frozen)
    form = MetricForm(metric, request.POST if request.method == "POST" else None, asks_reason=asks_reason)
    if metric is None:
        form.initial["category"] = request.GET.get("category", "")
    if not form.is_bound or not form.is_valid():
        return _ask(request, initiative, form, 422 if form.is_bound else 200)
    try:
        _store(request, initiative, form)
    except ConflictError as conflict:
        return _ask(request, initiative, form.after(conflict), 409)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _ask(request, initiative, form, 422)
    except ValidationError as error:
        form.add_error(None, error)
        return _ask(request, initiative, form, 422)
    return go_on(request, initiative, "portfolio:initiative_outcomes")


def _store(request: HttpRequest, initiative: Initiative, form: MetricForm) -> None:
    actor = signed_in(request)
    if form.metric is None:
        metric = add_outcome_metric(initiative, actor=actor, **form.cleaned_data)
        announce(request, f"“{metric.name}” added.")
        return
    changes = form.changes()
    reason = changes.pop("reason").to if "reason" in changes else ""
    if changes:
        was = {name: change.was for name, change in changes.items()}
        wanted: dict[str, Any] = {name: change.to for name, change in changes.items()}
        edit_outcome_metric(form.metric, actor=actor, was=was, reason=reason, **wanted)
        announce(request, f"“{form.cleaned_data['name']}” saved.")


def _ask(request: HttpRequest, initiative: Initiative, form: MetricForm, status: int) -> HttpResponse:
    context = form_context(form, initiative, of_initiative=False)
    part = "#dialog" if target_of(request) == "dialog" else ""
    return render(request, f"portfolio/initiative_metric.html{part}", context, status=status)
