"""Putting an initiative on the agenda of a forum's next meeting, from its own page."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from aiso.accounts.signed_in import signed_in
from aiso.web import figures
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce
from portfolio.page import visible_initiative

from ..actions.agenda import put_in_backlog, put_on_agenda
from ..forms.new_items import PutOnForm
from ..initiative_agenda import forums_for
from ..models import AgendaItem


@require_http_methods(["GET", "HEAD", "POST"])
def initiative_put_on_agenda(request: HttpRequest, pk: int) -> HttpResponse:
    """Which forum speaks of it next, and what is asked?"""
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    forums = forums_for(actor, initiative)
    if not forums:
        raise PermissionDenied("Its owners, members of a forum and the office put an initiative on an agenda.")
    form = PutOnForm(initiative, forums, posted(request))

    def put() -> AgendaItem:
        told = {"actor": actor, "initiative": initiative, **form.cleaned_data}
        forum = told.pop("forum")
        meeting = dict(forums)[forum]
        if meeting is None:
            return put_in_backlog(forum, **told)
        return put_on_agenda(meeting, **told)

    if item := attempt(form, put):
        where = f"the agenda of {figures.day(item.meeting.starts_at)}" if item.meeting else "the backlog"
        announce(request, f"{initiative.reference} is on {where} of the {item.forum}.")
        return redirect(initiative)
    context = {"initiative": initiative, "form": form}
    return render(request, "forums/put_on_agenda.html", context, status=status_of(form))
