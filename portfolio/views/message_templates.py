"""The templates of what people are told of incidents."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from aiso.accounts.models import User
from aiso.accounts.permissions import can_see_administration
from aiso.accounts.signed_in import signed_in
from aiso.audit.history import history_of
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.tell_of_incidents import add_template, edit_template
from ..forms.incidents import TemplateForm
from ..incident_permissions import WHO_KEEPS_TEMPLATES, can_keep_templates
from ..models import MessageTemplate


@require_safe
def template_list(request: HttpRequest) -> HttpResponse:
    """What do we tell people when something goes wrong?"""
    viewer = signed_in(request)
    if not can_see_administration(viewer):
        raise PermissionDenied("The office keeps the templates; auditors read them.")
    context = {"templates": MessageTemplate.objects.all(), "may_keep": can_keep_templates(viewer)}
    return render(request, "portfolio/message_templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def template_add(request: HttpRequest) -> HttpResponse:
    """What should people be told, time and again?"""
    actor = _keeper(request)
    form = TemplateForm(None, posted(request))
    if template := attempt(form, lambda: add_template(actor=actor, **form.cleaned_data)):
        announce(request, f"{template} added.")
        return redirect("portfolio:template_list")
    return render(request, "portfolio/message_template.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def template_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What does it say, and is it in use?"""
    actor = _keeper(request)
    template = get_object_or_404(MessageTemplate, pk=pk)
    form = TemplateForm(template, posted(request))
    if attempt(form, lambda: edit_template(template, actor=actor, seen=form.seen(), **form.cleaned_data)):
        announce(request, f"{template} saved.")
        return redirect("portfolio:template_list")
    context = {"form": form, "template": template, "history": history_of(template, after=request.GET.get("after", ""))}
    return render(request, "portfolio/message_template.html", context, status=status_of(form))


def _keeper(request: HttpRequest) -> User:
    actor = signed_in(request)
    if not can_keep_templates(actor):
        raise PermissionDenied(WHO_KEEPS_TEMPLATES)
    return actor
