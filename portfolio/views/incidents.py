"""Incidents over the whole portfolio, the page of one, and the deeds that one form asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import register_converter, reverse
from django.urls.converters import StringConverter
from django.views.decorators.http import require_http_methods, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.handle_incidents import (
    add_note,
    contain_incident,
    judge_incident,
    record_rollback,
    reopen_incident,
    resolve_incident,
)
from ..actions.report_incidents import change_incident, report_incident
from ..forms.incidents import (
    HowForm,
    IncidentForm,
    NoteForm,
    ReasonForm,
    ReportForm,
    RollbackForm,
    SeverityForm,
    WhichInitiativeForm,
)
from ..incident_page import IncidentPage, visible_incident
from ..incident_permissions import WHO_HANDLES, WHO_REPORTS, can_handle_incident, can_report_incident
from ..incident_register import IncidentRegister
from ..models import Incident
from ..page import visible_initiative
from .files import asked_file


@dataclass(frozen=True)
class Deed:
    """What one form does to an incident: its words, and the action that takes its fields."""

    title: str
    about: str
    verb: str
    form: type[forms.Form]
    do: Callable[..., Any]
    done: str


DEEDS = {
    "contain": Deed(
        "Contain it",
        "The harm is stopped; the cause may still be there.",
        "Mark as contained",
        HowForm,
        contain_incident,
        "Contained.",
    ),
    "resolve": Deed(
        "Resolve it",
        "The cause is put right. The clock of its review begins.",
        "Mark as resolved",
        HowForm,
        resolve_incident,
        "Resolved. Now say what is learnt from it.",
    ),
    "reopen": Deed(
        "Reopen it",
        "It is open again and its clocks begin anew. What its review says stays, and can be changed.",
        "Reopen",
        ReasonForm,
        reopen_incident,
        "Open again.",
    ),
    "severity": Deed(
        "Change its severity",
        "Its clocks are those of the new one, counted from its detection. Severe steps the decision classes concerned "
        "down one level at once; they stay there until their risk owner or the office answers that.",
        "Change the severity",
        SeverityForm,
        judge_incident,
        "Severity changed.",
    ),
    "rollback": Deed(
        "Record a rollback",
        "What was taken back to an earlier state, and when.",
        "Record the rollback",
        RollbackForm,
        record_rollback,
        "Rollback recorded.",
    ),
    "note": Deed(
        "Add to the timeline",
        "What happened, and when. It stays as it is said.",
        "Add the note",
        NoteForm,
        add_note,
        "Added.",
    ),
}
register_converter(
    type("DeedConverter", (StringConverter,), {"regex": f"(?:{'|'.join(DEEDS)})"}),
    "incident_deed",
)


@require_safe
def incident_list(request: HttpRequest) -> HttpResponse:
    """What went wrong, and who sees to it?"""
    return render(request, "portfolio/incidents.html", {"register": IncidentRegister(signed_in(request), request.GET)})


@require_safe
def incident_export(request: HttpRequest) -> HttpResponseBase:
    """What the page shows, all of it, as a file."""
    register = IncidentRegister(signed_in(request), request.GET)
    return asked_file(request, register, lambda: register.count, register.address())


@require_http_methods(["GET", "HEAD", "POST"])
def incident_begin(request: HttpRequest) -> HttpResponse:
    """Which initiative did it hit?"""
    form = WhichInitiativeForm(signed_in(request), posted(request))
    if form.is_bound and form.is_valid():
        return redirect("portfolio:incident_report", form.cleaned_data["initiative"].reference)
    about = "Say first which initiative it hit; others that it concerns are added afterwards."
    return ask(request, form, title="Report an incident", about=about, verb="Go on")


@require_http_methods(["GET", "HEAD", "POST"])
def incident_report(request: HttpRequest, pk: int) -> HttpResponse:
    """What went wrong, how bad is it, and who sees to it?"""
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    if not can_report_incident(actor, initiative):
        raise PermissionDenied(WHO_REPORTS)
    form = ReportForm(initiative, posted(request))
    if incident := attempt(form, lambda: report_incident(initiative, actor=actor, **form.cleaned_data)):
        told = f"{incident.reference} reported: {incident.support_owner} sees to it."
        if incident.is_severe and not incident.decisions.exists():
            told += " No decision class is named, so nothing was stepped down."
        announce(request, told)
        return redirect(incident)
    back = reverse("portfolio:initiative_incidents", args=[initiative.reference])
    about = f"What went wrong with {initiative.reference} {initiative.name}."
    return ask(request, form, title="Report an incident", about=about, verb="Report the incident", back=f"{back}#tab")


@require_safe
def incident_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What went wrong, where does it stand, and what is learnt?"""
    return show_incident(request, visible_incident(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def incident_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Which facts were wrong?"""
    incident, actor = handled(request, pk), signed_in(request)
    form = IncidentForm(incident, posted(request))
    if attempt(form, lambda: change_incident(incident, actor=actor, seen=form.seen(), **form.cleaned_data)):
        announce(request, "Incident saved.")
        return redirect(incident)
    about = "Its severity and its state are changed by deeds of their own."
    return ask(request, form, title="Edit the facts", about=about, verb="Save changes", incident=incident)


@require_http_methods(["GET", "HEAD", "POST"])
def incident_deed(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """How was it contained, resolved or rolled back; why is it reopened or judged anew; what happened?"""
    incident, actor, asked = handled(request, pk), signed_in(request), DEEDS[deed]
    form = asked.form(posted(request))
    if attempt(form, lambda: asked.do(incident, actor=actor, **form.cleaned_data)):
        announce(request, asked.done)
        return redirect(incident)
    return ask(request, form, title=asked.title, about=asked.about, verb=asked.verb, incident=incident)


def handled(request: HttpRequest, pk: int) -> Incident:
    """An incident for somebody who handles it; 403 for others who see it."""
    incident = visible_incident(request, pk)
    if not can_handle_incident(signed_in(request), incident):
        raise PermissionDenied(WHO_HANDLES)
    return incident


def show_incident(request: HttpRequest, incident: Incident, **more: Any) -> HttpResponse:
    page = IncidentPage(signed_in(request), incident)
    status = more.pop("status", 200)
    return render(request, "portfolio/incident.html", {"page": page, "incident": incident, **more}, status=status)


def ask(
    request: HttpRequest,
    form: forms.Form,
    *,
    title: str,
    about: str,
    verb: str,
    incident: Incident | None = None,
    back: str = "",
) -> HttpResponse:
    """A form on a page of its own."""
    back = back or (incident.get_absolute_url() if incident else reverse("portfolio:incident_list"))
    context = {"form": form, "title": title, "about": about, "verb": verb, "incident": incident, "back": back}
    return render(request, "portfolio/incident_form.html", context, status=status_of(form))
