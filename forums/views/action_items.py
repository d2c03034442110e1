"""Action items: the list and its file, one of them, and what is done with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso import clock
from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.web import figures
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import add_trigger, announce, wants_partial
from portfolio.views.files import asked_file
from portfolio.views.initiative_tab import target_of

from ..action_register import RELATED, UNREAD, ActionRegister
from ..actions.action_items import drop_action, finish_action, give_action, move_action, pass_on_action
from ..forms.after import ActionForm, DropForm, FinishForm, MoveForm, PassOnForm
from ..histories import history_of_action
from ..models import ActionItem, Forum, Meeting
from ..permissions import can_drop_action, can_finish_action, can_give_action, can_move_action, can_run_meetings
from .deeds import meeting_for

# Days that an action has unless somebody says another day.
USUAL_DAYS = 14


@dataclass(frozen=True)
class Deed:
    """What may be done with an action: its word in the address, its form, who may, and what is said afterwards."""

    name: str
    verb: str
    form: Callable[[ActionItem, Any], forms.Form]
    act: Callable[..., ActionItem]
    may: Callable[[User, ActionItem], bool]
    said: str


FINISH = Deed("finish", "Done", lambda _, data: FinishForm(data), finish_action, can_finish_action, "Done.")
MOVE = Deed("move", "Change the day", MoveForm, move_action, can_move_action, "Moved. Who is concerned is told.")
PASS_ON = Deed("pass-on", "Pass it on", lambda _, data: PassOnForm(data), pass_on_action, can_move_action, "Passed on.")
DROP = Deed("drop", "Drop it", lambda _, data: DropForm(data), drop_action, can_drop_action, "Dropped.")
DEEDS = (FINISH, MOVE, PASS_ON, DROP)


@require_safe
def action_list(request: HttpRequest) -> HttpResponse:
    """Who promised what, until when?"""
    return render(request, "forums/actions.html", {"register": ActionRegister(signed_in(request), request.GET)})


@require_safe
def action_export(request: HttpRequest) -> HttpResponseBase:
    """What the list shows, all of it, as a file."""
    register = ActionRegister(signed_in(request), request.GET)
    return asked_file(request, register, lambda: register.count, register.address())


@require_http_methods(["GET", "HEAD", "POST"])
def action_give(request: HttpRequest, slug: str) -> HttpResponse:
    """What does the forum want done, by whom and until when?"""
    actor = signed_in(request)
    forum = get_object_or_404(Forum.objects.visible_to(actor).filter(is_delegate=False), slug=slug)
    return _give(request, actor, forum, None)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_action_give(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be done after what was said just now? `?item=` names the item that it is about."""
    actor = signed_in(request)
    meeting = meeting_for(actor, pk)
    return _give(request, actor, meeting.forum, meeting)


@require_safe
def action_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be done, and is it?"""
    return _show(request, _action(request, pk))


@require_POST
def action_finish(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, FINISH)


@require_POST
def action_move(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, MOVE)


@require_POST
def action_pass_on(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, PASS_ON)


@require_POST
def action_drop(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, DROP)


@require_safe
def action_history(request: HttpRequest, pk: int) -> HttpResponse:
    action = _action(request, pk)
    history = history_of_action(action, after=request.GET.get("after", ""))
    return render(request, "forums/action_history.html", {"action": action, "history": history})


def _give(request: HttpRequest, actor: User, forum: Forum, meeting: Meeting | None) -> HttpResponse:
    if not can_give_action(actor, forum):
        raise PermissionDenied("Members of the forum and the office give actions.")
    initial = {"due_on": clock.today() + timedelta(days=USUAL_DAYS), "item": request.GET.get("item", "")}
    form = ActionForm(meeting, actor, posted(request), **initial)
    if action := attempt(form, lambda: give_action(forum, actor=actor, meeting=meeting, **form.cleaned_data)):
        announce(request, f"{action.owner} has it by {figures.day(action.due_on)}.")
        return _given(request, action)
    back, target = _screen_of(meeting, actor), target_of(request)
    context = {"forum": forum, "meeting": meeting, "form": form, "back": back, "target": target}
    return render(request, "forums/action_give.html", context, status=status_of(form))


def _given(request: HttpRequest, action: ActionItem) -> HttpResponse:
    """In a live meeting the dialog closes, and the screen behind it tells by itself what was given."""
    if wants_partial(request):
        response = HttpResponse()
        add_trigger(response, "close-dialog", "")
        return response
    return redirect(_screen_of(action.meeting, signed_in(request)) or action)


def _screen_of(meeting: Meeting | None, person: User) -> str:
    """Where somebody follows a meeting: on the screen that fits them while it is live, else on its page."""
    if meeting is None or not meeting.is_live:
        return meeting.get_absolute_url() if meeting else ""
    leads = can_run_meetings(person, meeting.forum)
    return reverse("forums:meeting_live" if leads else "forums:meeting_follow", args=[meeting.pk])


def _do(request: HttpRequest, pk: int, deed: Deed) -> HttpResponse:
    action, actor = _action(request, pk), signed_in(request)
    if not deed.may(actor, action):
        raise PermissionDenied("Its owner, who gave it, and the chair and secretary of its forum see to an action.")
    form = deed.form(action, request.POST)
    if attempt(form, lambda: deed.act(action, actor=actor, **form.cleaned_data)):
        announce(request, deed.said)
        return redirect(action)
    return _show(request, _action(request, pk), (deed, form))


def _show(request: HttpRequest, action: ActionItem, sent: tuple[Deed, forms.Form] | None = None) -> HttpResponse:
    person = signed_in(request)
    deeds = [
        (deed, sent[1] if sent and sent[0] is deed else deed.form(action, None), bool(sent and sent[0] is deed))
        for deed in DEEDS
        if action.is_open and deed.may(person, action)
    ]
    context = {"action": action, "deeds": deeds, "refused": sent[1] if sent and not deeds else None}
    return render(request, "forums/action.html", context, status=status_of(sent[1]) if sent else 200)


def _action(request: HttpRequest, pk: int) -> ActionItem:
    person = signed_in(request)
    rows = ActionItem.objects.visible_to(person).with_sight(person).select_related(*RELATED).defer(*UNREAD)
    found: ActionItem = get_object_or_404(rows, pk=pk)
    return found
