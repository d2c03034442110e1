"""What is kept of an incident: its initiatives, its escalation, what people are told, its review and the actions."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.errors import DomainError
from aiso.web.attempts import attempt, posted, refused, status_of
from aiso.web.htmx import announce

from ..actions.report_incidents import add_initiative, change_share
from ..actions.review_incidents import conclude_review, drop_action, finish_action, give_action, write_review
from ..actions.tell_of_incidents import add_escalation, escalate, remove_escalation, send_message
from ..forms.incidents import (
    ActionForm,
    EscalationForm,
    JoinForm,
    MessageForm,
    ReasonForm,
    ResultForm,
    ReviewForm,
    ShareForm,
    WhenForm,
)
from ..incident_page import IncidentPage, visible_incident
from ..incident_permissions import WHO_DOES, WHO_REPORTS, can_finish_action, can_report_incident
from ..incidents import may_be_told, usual_day
from ..models import EscalationStep, IncidentAction, IncidentReview, MessageTemplate
from .incidents import ask, handled


@require_http_methods(["GET", "HEAD", "POST"])
def incident_join(request: HttpRequest, pk: int) -> HttpResponse:
    """Which other initiative does it concern?"""
    incident, actor = handled(request, pk), signed_in(request)
    form = JoinForm(actor, posted(request))
    if share := attempt(form, lambda: add_initiative(incident, actor=actor, **form.cleaned_data)):
        announce(request, f"{share.initiative.reference} is concerned, too.")
        if share.initiative.decision_classes.exists():
            return redirect("portfolio:incident_share", incident.reference, share.initiative.reference)
        return redirect(incident)
    about = "Then it is a coordinated incident: one page, one timeline, and of each initiative what happened there."
    return ask(request, form, title="Add an initiative", about=about, verb="Add the initiative", incident=incident)


@require_http_methods(["GET", "HEAD", "POST"])
def incident_share(request: HttpRequest, pk: int, initiative: int) -> HttpResponse:
    """What happened in this one of its initiatives?"""
    incident, actor = visible_incident(request, pk), signed_in(request)
    share = get_object_or_404(
        incident.shares.visible_to(actor).select_related("initiative", "incident"), initiative=initiative
    )
    if not can_report_incident(actor, share.initiative):
        raise PermissionDenied(WHO_REPORTS)
    form = ShareForm(share, posted(request))
    if attempt(form, lambda: change_share(share, actor=actor, **form.cleaned_data)):
        announce(request, "Saved.")
        return redirect(incident)
    about = f"{share.initiative}. A severe incident steps the decision classes that you name down one level at once."
    return ask(request, form, title="What happened there", about=about, verb="Save", incident=incident)


@require_http_methods(["GET", "HEAD", "POST"])
def escalation_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is next on the way up?"""
    incident, actor = handled(request, pk), signed_in(request)
    form = EscalationForm(posted(request))
    if attempt(form, lambda: add_escalation(incident, actor=actor, **form.cleaned_data)):
        announce(request, "Added to the escalation path.")
        return redirect(f"{incident.get_absolute_url()}#escalation")
    about = "A person, a function, or a person in a function."
    return ask(request, form, title="Escalation path", about=about, verb="Add to the path", incident=incident)


@require_http_methods(["GET", "HEAD", "POST"])
def escalation_told(request: HttpRequest, pk: int, step: int) -> HttpResponse:
    """When were they told?"""
    incident, actor = handled(request, pk), signed_in(request)
    found = get_object_or_404(incident.escalation.select_related("person", "incident"), pk=step)
    form = WhenForm(posted(request))
    if attempt(form, lambda: escalate(found, actor=actor, **form.cleaned_data)):
        announce(request, f"{found} is told.")
        return redirect(f"{incident.get_absolute_url()}#escalation")
    about = f"{found}. A person is told in the product, and by mail as they wish."
    return ask(request, form, title="Escalate", about=about, verb="Escalate", incident=incident)


@require_POST
def escalation_remove(request: HttpRequest, pk: int, step: int) -> HttpResponse:
    incident, actor = handled(request, pk), signed_in(request)
    found: EscalationStep = get_object_or_404(incident.escalation.select_related("incident"), pk=step)
    if not refused(request, lambda: remove_escalation(found, actor=actor)):
        announce(request, "Taken off the path.")
    return redirect(f"{incident.get_absolute_url()}#escalation")


@require_http_methods(["GET", "HEAD", "POST"])
def incident_message(request: HttpRequest, pk: int) -> HttpResponse:
    """What should whom be told?"""
    incident, actor = handled(request, pk), signed_in(request)
    templates = MessageTemplate.objects.active()
    asked = request.GET.get("template", "")
    template = templates.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 10 else None
    concerned = User.objects.filter(pk__in=[each.pk for each in may_be_told(incident, actor)]).order_by("name", "pk")
    form = MessageForm(concerned, template, posted(request))
    told = attempt(
        form,
        lambda: send_message(
            incident,
            actor=actor,
            subject=form.cleaned_data["subject"],
            body=form.cleaned_data["body"],
            recipients=form.recipients(),
            template=template,
            key=form.cleaned_data["key"],
        ),
    )
    if told:
        announce(request, "Sent.")
        return redirect(f"{incident.get_absolute_url()}#message-{told.pk}")
    context = {"form": form, "incident": incident, "templates": templates, "template": template}
    return render(request, "portfolio/incident_message.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def incident_review(request: HttpRequest, pk: int) -> HttpResponse:
    """What failed, why was it noticed late, and which control is to be added?"""
    incident, actor = handled(request, pk), signed_in(request)
    review = IncidentReview.objects.filter(incident=incident).first()
    form = ReviewForm(review, posted(request))
    if attempt(form, lambda: write_review(incident, actor=actor, seen=form.seen(), **form.cleaned_data)):
        announce(request, "Saved. Give somebody what is to be done, then conclude the review.")
        return redirect(f"{incident.get_absolute_url()}#review")
    about = "It looks for what to change, not for whom to blame. What is not known yet can wait."
    return ask(request, form, title="Post-incident review", about=about, verb="Save the review", incident=incident)


@require_POST
def incident_conclude(request: HttpRequest, pk: int) -> HttpResponse:
    """The review says all that it has to: the incident is closed."""
    incident, actor = handled(request, pk), signed_in(request)
    try:
        conclude_review(incident, actor=actor)
    except DomainError as error:
        context = {"page": IncidentPage(actor, incident), "incident": incident, "refusal": str(error)}
        return render(request, "portfolio/incident.html", context, status=409)
    announce(request, "Review concluded. Its actions go on.")
    return redirect(incident)


@require_http_methods(["GET", "HEAD", "POST"])
def incident_action_give(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be done, by whom and when?"""
    incident, actor = handled(request, pk), signed_in(request)
    form = ActionForm(posted(request), initial={"due_on": usual_day()})
    if given := attempt(form, lambda: give_action(incident, actor=actor, **form.cleaned_data)):
        announce(request, f"Given to {given.owner}.")
        return redirect(f"{incident.get_absolute_url()}#action-{given.pk}")
    about = "Its owner finds it in My work until it is done."
    return ask(request, form, title="Add an action", about=about, verb="Give the action", incident=incident)


@require_http_methods(["GET", "HEAD", "POST"])
def incident_action_done(request: HttpRequest, pk: int, action: int) -> HttpResponse:
    """What was done?"""
    found, actor = _action(request, pk, action), signed_in(request)
    form = ResultForm(posted(request))
    if attempt(form, lambda: finish_action(found, actor=actor, **form.cleaned_data)):
        announce(request, "Done.")
        return redirect(f"{found.incident.get_absolute_url()}#action-{found.pk}")
    return ask(request, form, title="Finish", about=found.text, verb="Mark as done", incident=found.incident)


@require_http_methods(["GET", "HEAD", "POST"])
def incident_action_drop(request: HttpRequest, pk: int, action: int) -> HttpResponse:
    """Why is it not needed any more?"""
    found, actor = _action(request, pk, action), signed_in(request)
    form = ReasonForm(posted(request))
    if attempt(form, lambda: drop_action(found, actor=actor, **form.cleaned_data)):
        announce(request, "Dropped.")
        return redirect(f"{found.incident.get_absolute_url()}#action-{found.pk}")
    return ask(request, form, title="Drop", about=found.text, verb="Drop the action", incident=found.incident)


def _action(request: HttpRequest, pk: int, action: int) -> IncidentAction:
    """An action for whoever may say what became of it."""
    incident = visible_incident(request, pk)
    found: IncidentAction = get_object_or_404(incident.actions.select_related("owner"), pk=action)
    found.incident = incident
    if not can_finish_action(signed_in(request), found):
        raise PermissionDenied(WHO_DOES)
    return found
