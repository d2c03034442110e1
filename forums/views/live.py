"""The meeting while it runs: the screen of those who lead it, and the one of those who follow."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.errors import ConflictError, DomainError
from aiso.web.attempts import refused
from aiso.web.htmx import wants_partial

from .. import following
from ..actions import live
from ..beats import ASKED_EVERY, beat_of
from ..forms.live import NoteForm
from ..live import LivePage
from ..models import AgendaItem, Meeting
from ..permissions import can_run_meetings
from .deeds import meeting_for, running

WHO_LEADS = "The chair, the secretary and the office lead the meeting."
# htmx asks no more after this answer.
STOP_ASKING = 286


@require_safe
def meeting_live(request: HttpRequest, pk: int) -> HttpResponse:
    """What is decided now, and what comes next? Whoever does not lead it follows it."""
    person, meeting = _following(request, pk)
    if not can_run_meetings(person, meeting.forum):
        return redirect("forums:meeting_follow", pk)
    return _answer(request, meeting, person, leads=True)


@require_safe
def meeting_follow(request: HttpRequest, pk: int) -> HttpResponse:
    """What is spoken of now, and what do I vote on?"""
    person, meeting = _following(request, pk)
    return _answer(request, meeting, person, leads=False)


@require_safe
def meeting_beat(request: HttpRequest, pk: int, at: str) -> HttpResponse:
    """What changed since the beat that was `seen`? `BeatMiddleware` has answered most of those who ask."""
    number = beat_of(pk) if at in ("live", "follow") else None
    if number is None:
        raise Http404
    leads = at == "live"
    person, meeting = leading(request, pk) if leads else _following(request, pk)
    sight = "" if leads else following.check(meeting, person, number, request.session.session_key or "")
    if request.GET.get("seen") == str(number):
        return HttpResponse(status=204)
    draw = partial(_part, request, meeting, person, number, leads=leads, is_shared=True)
    return HttpResponse(following.whole(meeting, number, sight, draw), status=_status(meeting))


@require_POST
def meeting_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin it."""
    return _lead(request, pk, lambda meeting, actor: live.start_meeting(meeting, actor=actor))


@require_POST
def meeting_next(request: HttpRequest, pk: int) -> HttpResponse:
    return _lead(request, pk, lambda meeting, actor: live.go_on(meeting, actor=actor, seen=_seen(request)))


@require_POST
def meeting_previous(request: HttpRequest, pk: int) -> HttpResponse:
    return _lead(request, pk, lambda meeting, actor: live.go_on(meeting, actor=actor, back=True, seen=_seen(request)))


@require_POST
def meeting_break(request: HttpRequest, pk: int) -> HttpResponse:
    return _lead(request, pk, lambda meeting, actor: live.take_break(meeting, actor=actor))


@require_POST
def meeting_resume(request: HttpRequest, pk: int) -> HttpResponse:
    return _lead(request, pk, lambda meeting, actor: live.resume_meeting(meeting, actor=actor))


@require_POST
def item_show(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Put it on everybody's screen."""
    return _lead(request, pk, lambda meeting, actor: live.show_item(_item(meeting, actor, item), actor=actor))


@require_POST
def item_put_off_live(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """To the backlog, from the screen."""
    return _lead(request, pk, lambda meeting, actor: live.put_off_live(_item(meeting, actor, item), actor=actor))


@require_POST
def item_record(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Decide it. What was typed comes back with what is wrong; who was second reads who was first."""
    person, meeting = leading(request, pk)
    thing = _item(meeting, person, item)
    try:
        live.record_item(thing, actor=person, data=request.POST)
    except (DomainError, ValidationError) as error:
        told = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        thing.refresh_from_db()
        # Settled by somebody else meanwhile, there is no form to come back to.
        data = request.POST if thing.is_waiting else None
        meeting.refresh_from_db()
        status = 422 if thing.is_waiting else 409
        return _answer(request, meeting, person, leads=True, data=data, refusal=told, status=status)
    return _shown(request, meeting, person, leads=True)


@require_POST
def item_motion(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Let the members vote on what is chosen in the form. What was typed there stays."""
    person, meeting = leading(request, pk)
    thing, told = _item(meeting, person, item), ""
    try:
        live.put_to_vote(thing, actor=person, data=request.POST)
    except DomainError as error:
        told = str(error)
    thing.refresh_from_db()
    # A page that is swapped keeps its form; one that is loaded anew gets back what was typed.
    data = request.POST if thing.is_waiting and not wants_partial(request) else None
    return _answer(request, meeting, person, leads=True, data=data, refusal=told, status=422 if told else 200)


@require_POST
def item_note(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Keep the note; what somebody else wrote meanwhile is shown before either is lost."""
    person, meeting = leading(request, pk)
    thing = _item(meeting, person, item)
    form = NoteForm(thing, request.POST)
    status = 200
    if form.is_valid():
        try:
            live.write_note(thing, actor=person, note=form.cleaned_data["note"], seen=form.seen())
        except ConflictError as conflict:
            form.show_conflict(conflict)
            status = 409
        except DomainError as error:
            form.add_error(None, str(error))
    if form.errors:
        meeting.refresh_from_db()
        return _answer(request, meeting, person, leads=True, note=form, status=409 if status == 409 else 422)
    return _shown(request, meeting, person, leads=True)


@require_POST
def item_vote(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Vote, for oneself or by the proxy that one holds."""

    def vote(meeting: Meeting, actor: User) -> None:
        voter, motion = request.POST.get("person", ""), request.POST.get("motion", "")
        person = get_object_or_404(User, pk=voter) if voter.isdecimal() else None
        live.cast_item_vote(
            _item(meeting, actor, item),
            actor=actor,
            choice=request.POST.get("choice", ""),
            reason=request.POST.get("reason", "")[:1000],
            motion=int(motion) if motion.isdecimal() else None,
            person=person,
        )

    return _follow(request, pk, vote)


@require_POST
def meeting_arrive(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that one is there oneself."""
    return _follow(request, pk, lambda meeting, actor: live.arrive(meeting, actor=actor, person=actor))


def _following(request: HttpRequest, pk: int) -> tuple[User, Meeting]:
    person = signed_in(request)
    return person, meeting_for(person, pk)


def leading(request: HttpRequest, pk: int) -> tuple[User, Meeting]:
    return running(request, pk, WHO_LEADS)


def _lead(request: HttpRequest, pk: int, deed: Callable[[Meeting, User], Any]) -> HttpResponse:
    person, meeting = leading(request, pk)
    refused(request, lambda: deed(meeting, person))
    return _shown(request, meeting, person, leads=True)


def _follow(request: HttpRequest, pk: int, deed: Callable[[Meeting, User], Any]) -> HttpResponse:
    """A deed of a member, on whichever of the two screens they are."""
    person, meeting = _following(request, pk)
    refused(request, lambda: deed(meeting, person))
    leads = request.POST.get("at") == "live" and can_run_meetings(person, meeting.forum)
    return _shown(request, meeting, person, leads=leads)


def _shown(request: HttpRequest, meeting: Meeting, person: User, *, leads: bool) -> HttpResponse:
    if not wants_partial(request):
        return redirect("forums:meeting_live" if leads else "forums:meeting_follow", meeting.pk)
    return _answer(request, meeting_for(person, meeting.pk), person, leads=leads)


def _answer(
    request: HttpRequest, meeting: Meeting, person: User, *, leads: bool, status: int = 200, **told: Any
) -> HttpResponse:
    """The whole page, or the part of it that is swapped."""
    number = beat_of(meeting.pk) or 0
    # Read after the number: what is written between the two is then shown with the next one.
    meeting = meeting_for(person, meeting.pk)
    part = _part(request, meeting, person, number, leads=leads, **told)
    if wants_partial(request):
        return HttpResponse(part, status=status)
    context = {"meeting": meeting, "leads": leads, "part": part}
    return render(request, "forums/live.html", context, status=status)


def _part(
    request: HttpRequest,
    meeting: Meeting,
    person: User,
    number: int,
    *,
    leads: bool,
    is_shared: bool = False,
    data: QueryDict | None = None,
    refusal: str = "",
    note: NoteForm | None = None,
) -> str:
    page = LivePage(meeting, person, leads=leads, data=data, beat=number if is_shared else None)
    if page.leads and page.item:
        note = note or NoteForm(page.item)
    context = {"page": page, "meeting": meeting, "number": number, "refusal": refusal, "note": note}
    context["every"] = ASKED_EVERY
    # A part that several people share carries no token of one of them: the page's header sends it.
    return render_to_string("forums/_live.html", context, request if leads or page.seat else None)


def _status(meeting: Meeting) -> int:
    return STOP_ASKING if meeting.is_locked else 200


def _seen(request: HttpRequest) -> int | None:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() else None


def _item(meeting: Meeting, person: User, pk: int) -> AgendaItem:
    """One of the meeting's items that the person sees."""
    items = meeting.items.visible_to(person).select_related("meeting__forum", "forum", "initiative")
    found: AgendaItem = get_object_or_404(items, pk=pk)
    return found
