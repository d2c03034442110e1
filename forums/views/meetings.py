"""A meeting: what it speaks of, who is invited; called, moved, cancelled, its agenda refreshed and sent."""

from datetime import datetime, time

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso import clock
from aiso.accounts.signed_in import signed_in
from aiso.web import figures
from aiso.web.attempts import attempt, posted, refused, status_of
from aiso.web.htmx import announce

from ..actions.agenda import fill_agenda
from ..actions.meetings import USUAL_LENGTH, call_meeting, cancel_meeting, move_meeting, open_meeting
from ..forms.meetings import CancelForm, MeetingForm
from ..histories import history_of_meeting
from ..invitations import invitation
from ..item_page import sections_of
from ..meeting_page import MeetingPage
from ..models import Forum
from ..permissions import can_run_meetings
from .deeds import calendar_file, meeting_for, running, told

WHO_RUNS = "The chair, the secretary and the office call and prepare meetings."
# What a meeting that is called begins at unless told.
USUAL_HOUR = time(10)


@require_safe
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What will be spoken of, for how long, and who comes?"""
    person = signed_in(request)
    return render(request, "forums/meeting.html", {"page": MeetingPage(meeting_for(person, pk), person)})


@require_safe
def pre_read(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be read before the meeting, one page an item?"""
    person = signed_in(request)
    page = MeetingPage(meeting_for(person, pk), person)
    seen = [line.item for line in page.lines if line.is_seen]
    sections = sections_of(seen, person)
    sheets = [(line, sections.get(line.item.pk, [])) for line in page.lines]
    return render(request, "forums/pre_read.html", {"page": page, "meeting": page.meeting, "sheets": sheets})


@require_safe
def meeting_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """The meeting as a file for one's calendar."""
    meeting = meeting_for(signed_in(request), pk)
    return calendar_file(invitation(meeting), meeting)


@require_safe
def meeting_history(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = meeting_for(signed_in(request), pk)
    history = history_of_meeting(meeting, after=request.GET.get("after", ""))
    return render(request, "forums/meeting_history.html", {"meeting": meeting, "history": history})


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_call(request: HttpRequest, slug: str) -> HttpResponse:
    """When does the forum meet besides?"""
    actor = signed_in(request)
    forum = get_object_or_404(Forum.objects.visible_to(actor), slug=slug)
    if not can_run_meetings(actor, forum):
        raise PermissionDenied(WHO_RUNS)
    in_a_week = timezone.make_aware(datetime.combine(clock.days_ahead(7), USUAL_HOUR))
    form = MeetingForm(None, posted(request), starts_at=in_a_week, minutes_planned=USUAL_LENGTH)
    if meeting := attempt(form, lambda: call_meeting(forum, actor=actor, **form.cleaned_data)):
        announce(request, f"{forum} meets on {figures.moment(meeting.starts_at)}.")
        return redirect(meeting)
    return render(request, "forums/meeting_edit.html", {"forum": forum, "form": form}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_move(request: HttpRequest, pk: int) -> HttpResponse:
    """When and where does it take place instead?"""
    actor, meeting = running(request, pk, WHO_RUNS)
    form = MeetingForm(meeting, posted(request))
    if moved := attempt(form, lambda: move_meeting(meeting, actor=actor, seen=form.seen(), **form.cleaned_data)):
        announce(request, f"{moved.forum} meets on {figures.moment(moved.starts_at)}. Its members are told.")
        return redirect(moved)
    context = {"forum": meeting.forum, "meeting": meeting, "form": form}
    return render(request, "forums/meeting_edit.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Why does it not take place, and what becomes of its agenda?"""
    actor, meeting = running(request, pk, WHO_RUNS)
    form = CancelForm(posted(request))
    if attempt(form, lambda: cancel_meeting(meeting, actor=actor, **form.cleaned_data)):
        announce(request, "Cancelled. Its members are told, and its items wait in the backlog.")
        return redirect(meeting.forum)
    context = {"meeting": meeting, "form": form, "waiting": meeting.items.to_come().count()}
    return render(request, "forums/meeting_cancel.html", context, status=status_of(form))


@require_POST
def meeting_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the agenda."""
    actor, meeting = running(request, pk, WHO_RUNS)
    if not refused(request, lambda: open_meeting(meeting, actor=actor)):
        announce(request, "The agenda was sent to the members.")
    return redirect(meeting)


@require_POST
def agenda_refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the sources anew what is to be spoken of."""
    actor, meeting = running(request, pk, WHO_RUNS)

    def fill() -> None:
        filled = fill_agenda(meeting, actor=actor)
        off = f", {filled.taken_off} taken off" if filled.taken_off else ""
        announce(request, f"{figures.plural(filled.put, 'item')} put on{off}.")

    refused(request, fill)
    return told(request, meeting)
