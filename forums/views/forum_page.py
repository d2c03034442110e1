"""One forum: when it meets, what waits for it, who sits in it; and on which day of the month it meets."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.meetings import set_cadence
from ..forms.meetings import CadenceForm
from ..forum_page import ForumPage
from ..invitations import calendar_of
from ..models import Cadence, Forum
from ..permissions import can_manage_forums
from .deeds import calendar_file


@require_safe
def forum_meetings(request: HttpRequest, slug: str) -> HttpResponse:
    """When does it meet next, and what waits for it?"""
    person = signed_in(request)
    forum = get_object_or_404(Forum.objects.visible_to(person).select_related("unit", "cadence"), slug=slug)
    return render(request, "forums/forum_meetings.html", {"page": ForumPage(forum, person, request.GET)})


@require_safe
def forum_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Its meetings to come, as a file for one's calendar."""
    forum = get_object_or_404(Forum.objects.visible_to(signed_in(request)).filter(is_delegate=False), slug=slug)
    return calendar_file(calendar_of(forum), forum)


@require_http_methods(["GET", "HEAD", "POST"])
def cadence_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """On which day of each month does it meet?"""
    actor = signed_in(request)
    if not can_manage_forums(actor):
        raise PermissionDenied("An office lead for the whole company says when the forums meet.")
    forum = get_object_or_404(Forum.objects.visible_to(actor).filter(is_delegate=False), slug=slug)
    cadence = Cadence.objects.filter(forum=forum).first()
    form = CadenceForm(cadence or Cadence(forum=forum), posted(request))
    seen = form.seen() if cadence and form.is_bound else None
    if saved := attempt(form, lambda: set_cadence(forum, actor=actor, seen=seen, **form.cleaned_data)):
        announce(request, f"Saved: the {str(saved).lower()}.")
        return redirect(forum)
    context = {"forum": forum, "form": form}
    return render(request, "forums/cadence_edit.html", context, status=status_of(form))
