"""What every deed on a meeting starts from, and how the buttons of an agenda answer."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.web.htmx import wants_partial

from ..invitations import MEDIA_TYPE, file_name_of
from ..meeting_page import MeetingPage
from ..models import Forum, Meeting
from ..permissions import can_run_meetings


def meeting_for(person: User, pk: int) -> Meeting:
    """One that the person may see."""
    meetings = Meeting.objects.visible_to(person).select_related("forum", "current")
    found: Meeting = get_object_or_404(meetings, pk=pk)
    return found


def running(request: HttpRequest, pk: int, why_not: str) -> tuple[User, Meeting]:
    """Who asks, and a meeting of which they may see to the course; PermissionDenied with `why_not` for others."""
    person = signed_in(request)
    meeting = meeting_for(person, pk)
    if not can_run_meetings(person, meeting.forum):
        raise PermissionDenied(why_not)
    return person, meeting


def told(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """The agenda for the script that swaps it, else the meeting's page."""
    if not wants_partial(request):
        return redirect(meeting)
    meeting.refresh_from_db()
    return render(request, "forums/_agenda.html", {"page": MeetingPage(meeting, signed_in(request)), "swap": True})


def calendar_file(content: bytes, of: Meeting | Forum) -> HttpResponse:
    """A calendar file, to be kept or opened."""
    headers = {"Content-Disposition": f'attachment; filename="{file_name_of(of)}"'}
    return HttpResponse(content, content_type=f"{MEDIA_TYPE}; charset=utf-8", headers=headers)
