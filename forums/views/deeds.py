"""How the buttons of an agenda answer: with the agenda that they changed, or with the page it stands on."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from aiso.accounts.signed_in import signed_in
from aiso.errors import DomainError
from aiso.web.htmx import announce, wants_partial

from ..meeting_page import MeetingPage
from ..models import Meeting


def refused(request: HttpRequest, deed: Callable[[], Any]) -> bool:
    """Do what a button asks; a rule that refuses it is told on the page that comes."""
    try:
        deed()
    except DomainError as error:
        announce(request, str(error), level=messages.ERROR)
        return True
    return False


def told(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """The agenda for the script that swaps it, else the meeting's page."""
    if not wants_partial(request):
        return redirect(meeting)
    meeting.refresh_from_db()
    return render(request, "forums/_agenda.html", {"page": MeetingPage(meeting, signed_in(request)), "swap": True})
