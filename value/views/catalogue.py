"""The catalogue of metrics, and which outcome metric is which."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso import clock
from aiso.accounts.signed_in import signed_in
from aiso.audit.history import history_of
from aiso.web.attempts import attempt, posted, refused, status_of
from aiso.web.htmx import announce
from portfolio.page import visible_initiative

from ..actions.catalogue import add_catalogue_metric, approve_unit_value, edit_catalogue_metric, match_metric
from ..forms.catalogue import CatalogueEditForm, CatalogueForm, MatchForm, UnitValueForm
from ..models import CatalogueMetric, UnitValue
from ..permissions import KEEPING, LINKING, VALUING, can_keep_catalogue, can_link, is_finance


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """By which metrics do initiatives compare, and what is one worth?"""
    today = clock.today()
    values = {each.metric_id: each for each in UnitValue.objects.on(today) if each.holds_on(today)}
    rows = [(each, values.get(each.pk)) for each in CatalogueMetric.objects.visible_to(signed_in(request))]
    context = {"rows": rows, "valued": len(values), "may_keep": can_keep_catalogue(request.user)}
    return render(request, "value/catalogue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def catalogue_add(request: HttpRequest) -> HttpResponse:
    """Which metric is missing?"""
    if not can_keep_catalogue(request.user):
        raise PermissionDenied(KEEPING)
    form = CatalogueForm(posted(request))
    if metric := attempt(form, lambda: add_catalogue_metric(actor=signed_in(request), **form.cleaned_data)):
        announce(request, f"“{metric}” is in the catalogue.")
        return redirect(metric)
    return render(request, "value/catalogue_form.html", {"form": form}, status=status_of(form))


@require_safe
def catalogue_metric(request: HttpRequest, pk: int) -> HttpResponse:
    """What counts as one, and what is it worth?"""
    metric = _metric(request, pk)
    context = {
        "metric": metric,
        "values": metric.values.select_related("approved_by"),
        "used": metric.links.count(),
        "may_keep": can_keep_catalogue(request.user),
        "may_value": is_finance(request.user) and metric.is_active,
        "history": history_of(metric, after=request.GET.get("after", "")),
    }
    return render(request, "value/catalogue_metric.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def catalogue_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is it called, and can it be chosen?"""
    metric = _metric(request, pk)
    if not can_keep_catalogue(request.user):
        raise PermissionDenied(KEEPING)
    form = CatalogueEditForm(metric, posted(request))
    if attempt(form, lambda: edit_catalogue_metric(metric, actor=signed_in(request), **form.cleaned_data)):
        announce(request, "Saved.")
        return redirect(metric)
    return render(request, "value/catalogue_form.html", {"form": form, "metric": metric}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def unit_value_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """What is one unit worth?"""
    metric = _metric(request, pk)
    if not is_finance(request.user):
        raise PermissionDenied(VALUING)
    form = UnitValueForm(metric, posted(request))
    if attempt(form, lambda: approve_unit_value(metric, actor=signed_in(request), **form.cleaned_data)):
        announce(request, "Approved. It holds for what is posted from now on.")
        return redirect(metric)
    context = {"form": form, "metric": metric, "is_value": True}
    return render(request, "value/catalogue_form.html", context, status=status_of(form))


@require_POST
def metric_match(request: HttpRequest, pk: int, metric: int) -> HttpResponse:
    """Say which metric of the catalogue an outcome metric is."""
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    found = get_object_or_404(initiative.outcome_metrics.all(), pk=metric)
    if not can_link(actor, initiative):
        raise PermissionDenied(LINKING)
    form = MatchForm(request.POST)
    if form.is_valid():
        refused(request, lambda: match_metric(found, form.cleaned_data["entry"], actor=actor))
    return redirect(f"{reverse('value:initiative_value', args=[initiative.reference])}#tab")


def _metric(request: HttpRequest, pk: int) -> CatalogueMetric:
    found: CatalogueMetric = get_object_or_404(CatalogueMetric.objects.visible_to(signed_in(request)), pk=pk)
    return found
