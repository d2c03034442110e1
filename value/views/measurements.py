"""Measurements: the tab of an initiative, the list and its file, one of them, and what is said of it."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce
from portfolio.models import OutcomeMetric
from portfolio.page import page_for, visible_initiative
from portfolio.views.files import asked_file
from portfolio.views.initiative_tab import show_tab

from ..actions.land_measurements import may_upload
from ..actions.measure import confirm_measurement, record_measurement, reject_measurement
from ..forms.measurements import ConfirmForm, MeasurementForm, RejectForm
from ..measurement_list import MeasurementLine, MeasurementList, fetched
from ..metric_page import measured
from ..models import Measurement
from ..permissions import CONFIRMING, MEASURING, can_answer_measurement, can_measure
from ..work import answerable_by


@require_safe
def initiative_measurements(request: HttpRequest, pk: int) -> HttpResponse:
    """Do the outcome metrics move, and does finance agree?"""
    page = page_for(request, pk, "measurements")
    context = {"metrics": measured(page.initiative, page.person)}
    return show_tab(request, page, "value/initiative_measurements.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def measurement_record(request: HttpRequest, pk: int, metric: int) -> HttpResponse:
    """What was measured?"""
    initiative = visible_initiative(request, pk)
    found = get_object_or_404(initiative.outcome_metrics.select_related("initiative"), pk=metric)
    return _measure(request, signed_in(request), found, None)


@require_http_methods(["GET", "HEAD", "POST"])
def measurement_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """What should it have said?"""
    measurement = _measurement(request, pk)
    return _measure(request, signed_in(request), measurement.metric, measurement)


@require_safe
def measurement_list(request: HttpRequest) -> HttpResponse:
    """What waits for finance, and what did it confirm?"""
    viewer = signed_in(request)
    context = {"found": MeasurementList(viewer, request.GET), "may_upload": may_upload(viewer)}
    return render(request, "value/measurements.html", context)


@require_safe
def measurement_export(request: HttpRequest) -> HttpResponseBase:
    """What the list shows, all of it, as a file."""
    found = MeasurementList(signed_in(request), request.GET)
    return asked_file(request, found, lambda: found.count, found.address)


@require_safe
def measurement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What was measured, how, and does finance agree?"""
    return _show(request, _measurement(request, pk))


@require_POST
def measurement_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    measurement, actor = _answerable(request, pk)
    form = ConfirmForm(request.POST)
    if attempt(form, lambda: confirm_measurement(measurement, actor=actor, **form.cleaned_data)):
        announce(request, "Confirmed. It counts as evidence from now on.")
        return redirect(measurement)
    return _show(request, measurement, confirm=form)


@require_POST
def measurement_reject(request: HttpRequest, pk: int) -> HttpResponse:
    measurement, actor = _answerable(request, pk)
    form = RejectForm(request.POST)
    if attempt(form, lambda: reject_measurement(measurement, actor=actor, **form.cleaned_data)):
        announce(request, f"Rejected. {measurement.recorded_by} is told why.")
        return redirect(measurement)
    return _show(request, measurement, reject=form)


def _measure(request: HttpRequest, actor: User, metric: OutcomeMetric, corrects: Measurement | None) -> HttpResponse:
    if not can_measure(actor, metric.initiative):
        raise PermissionDenied(MEASURING)
    form = MeasurementForm(metric, posted(request), corrects=corrects)
    if made := attempt(form, lambda: record_measurement(metric, actor=actor, corrects=corrects, **form.cleaned_data)):
        announce(request, "Recorded. It counts once finance confirms it.")
        return redirect(made)
    context = {"form": form, "metric": metric, "initiative": metric.initiative, "corrects": corrects}
    return render(request, "value/measurement_form.html", context, status=status_of(form))


def _show(
    request: HttpRequest,
    measurement: Measurement,
    *,
    confirm: forms.Form | None = None,
    reject: forms.Form | None = None,
) -> HttpResponse:
    person, line = signed_in(request), MeasurementLine(measurement)
    is_open = line.state == "waiting"
    context = {
        "line": line,
        "measurement": measurement,
        "initiative": measurement.metric.initiative,
        "may_answer": is_open and can_answer_measurement(person, measurement),
        "may_correct": line.state != "corrected" and can_measure(person, measurement.metric.initiative),
        "confirm": confirm or ConfirmForm(),
        "reject": reject or RejectForm(),
        "is_rejecting": reject is not None,
    }
    if not is_open:
        waiting = answerable_by(person).order_by("pk")
        context |= {"next_waiting": waiting.first(), "left": waiting.count()}
    status = next((status_of(form) for form in (confirm, reject) if form), 200)
    return render(request, "value/measurement.html", context, status=status)


def _answerable(request: HttpRequest, pk: int) -> tuple[Measurement, User]:
    measurement, actor = _measurement(request, pk), signed_in(request)
    if not can_answer_measurement(actor, measurement):
        raise PermissionDenied(CONFIRMING)
    return measurement, actor


def _measurement(request: HttpRequest, pk: int) -> Measurement:
    return get_object_or_404(fetched(Measurement.objects.visible_to(signed_in(request))), pk=pk)
