"""One item: its page, and what people do with it on an agenda or in the backlog."""

from django.contrib.messages import ERROR
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.web import figures
from aiso.web.attempts import attempt, posted, refused, status_of
from aiso.web.htmx import announce

from ..actions.agenda import (
    change_item,
    move_item,
    put_back,
    put_in_backlog,
    put_off,
    put_on_agenda,
    reorder,
    take_in,
    take_off,
)
from ..forms.meetings import ItemForm, PutOffForm
from ..forms.new_items import NewItemForm
from ..item_page import sections_of
from ..meeting_page import Line, MeetingPage
from ..models import AgendaItem, Forum, Meeting
from ..permissions import can_put_on_agenda, can_run_meetings
from .deeds import meeting_for, told

WHO_PREPARES = "The chair, the secretary and the office prepare the agenda."
WHO_PUTS = "Members of the forum and the office put items on its agenda; owners do so from their initiative's page."


@require_safe
def item_detail(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """What is asked, and what speaks for and against it?"""
    person = signed_in(request)
    meeting, found = _item(person, pk, item)
    page = MeetingPage(meeting, person)
    line = next((each for each in page.lines if each.item.pk == found.pk), Line(found, True))
    context = {"page": page, "meeting": meeting, "line": line, "sections": sections_of([found], person)[found.pk]}
    return render(request, "forums/item.html", context | {"form": PutOffForm(page.later)})


@require_http_methods(["GET", "HEAD", "POST"])
def item_add(request: HttpRequest, pk: int) -> HttpResponse:
    """What else is to be spoken of?"""
    actor = signed_in(request)
    meeting = meeting_for(actor, pk)
    if not can_put_on_agenda(actor, meeting.forum):
        raise PermissionDenied(WHO_PUTS)
    form = NewItemForm(actor, meeting.forum, posted(request))
    if item := attempt(form, lambda: put_on_agenda(meeting, actor=actor, **form.cleaned_data)):
        announce(request, f"“{item.title}” is on the agenda.")
        return redirect(meeting)
    context = {"forum": meeting.forum, "meeting": meeting, "form": form}
    return render(request, "forums/item_add.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def backlog_add(request: HttpRequest, slug: str) -> HttpResponse:
    """What is to be spoken of at some later meeting?"""
    actor = signed_in(request)
    forum = get_object_or_404(Forum.objects.visible_to(actor), slug=slug)
    if not can_put_on_agenda(actor, forum):
        raise PermissionDenied(WHO_PUTS)
    form = NewItemForm(actor, forum, posted(request))
    if item := attempt(form, lambda: put_in_backlog(forum, actor=actor, **form.cleaned_data)):
        announce(request, f"“{item.title}” waits in the backlog.")
        return redirect(forum)
    return render(request, "forums/item_add.html", {"forum": forum, "form": form}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def item_edit(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """What does it say, and how many minutes does it take?"""
    actor, meeting, found = _preparing(request, pk, item)
    form = ItemForm(found, posted(request))
    if attempt(form, lambda: change_item(found, actor=actor, seen=form.seen(), **form.cleaned_data)):
        announce(request, "Item saved.")
        return redirect(meeting)
    context = {"meeting": meeting, "item": found, "form": form}
    return render(request, "forums/item_edit.html", context, status=status_of(form))


@require_POST
def item_move(request: HttpRequest, pk: int, item: int, way: str) -> HttpResponse:
    """One place up or down."""
    actor, meeting, found = _preparing(request, pk, item)
    refused(request, lambda: move_item(found, actor=actor, places=-1 if way == "up" else 1))
    return told(request, meeting)


@require_POST
def agenda_order(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole order, as somebody dragged it."""
    actor = signed_in(request)
    meeting = meeting_for(actor, pk)
    if not can_run_meetings(actor, meeting.forum):
        raise PermissionDenied(WHO_PREPARES)
    items = [int(pk) for pk in request.POST.getlist("item") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    refused(request, lambda: reorder(meeting, items, actor=actor))
    return told(request, meeting)


@require_POST
def item_take_off(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    actor = signed_in(request)
    meeting, found = _item(actor, pk, item)
    if not refused(request, lambda: take_off(found, actor=actor)):
        announce(request, f"“{found.title}” was taken off.", undo=reverse("forums:item_put_back", args=[pk, item]))
    return told(request, meeting)


@require_POST
def item_put_back(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    actor = signed_in(request)
    meeting, found = _item(actor, pk, item)
    refused(request, lambda: put_back(found, actor=actor))
    return told(request, meeting)


@require_POST
def item_put_off(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """To a later meeting, or to the backlog."""
    actor, meeting, found = _preparing(request, pk, item)
    form = PutOffForm(MeetingPage(meeting, actor).later, request.POST)
    if later := attempt(form, lambda: put_off(found, actor=actor, **form.cleaned_data)):
        where = f"to {figures.day(later.meeting.starts_at)}" if later.meeting else "to the backlog"
        announce(request, f"“{found.title}” was put off {where}.")
        return redirect(meeting)
    for error in form.errors.get("to", form.non_field_errors()):
        announce(request, str(error), level=ERROR)
    return redirect(found)


@require_POST
def backlog_take_in(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """From the backlog onto this agenda."""
    actor = signed_in(request)
    meeting = meeting_for(actor, pk)
    found = _waiting(actor, meeting.forum, item)
    if not refused(request, lambda: take_in(found, meeting, actor=actor)):
        announce(request, f"“{found.title}” is on the agenda of {figures.day(meeting.starts_at)}.")
    return redirect(meeting)


@require_POST
def backlog_take_off(request: HttpRequest, slug: str, item: int) -> HttpResponse:
    actor = signed_in(request)
    forum = get_object_or_404(Forum.objects.visible_to(actor), slug=slug)
    found = _waiting(actor, forum, item)
    if not refused(request, lambda: take_off(found, actor=actor)):
        announce(request, f"“{found.title}” was taken off the backlog.")
    return redirect(forum)


def _item(person: User, pk: int, item: int) -> tuple[Meeting, AgendaItem]:
    """An item that the person sees on a meeting's agenda, or 404."""
    meeting = meeting_for(person, pk)
    visible = meeting.items.visible_to(person).select_related("initiative", "forum", "meeting", "put_by", "settled_by")
    return meeting, get_object_or_404(visible, pk=item)


def _preparing(request: HttpRequest, pk: int, item: int) -> tuple[User, Meeting, AgendaItem]:
    actor = signed_in(request)
    meeting, found = _item(actor, pk, item)
    if not can_run_meetings(actor, meeting.forum):
        raise PermissionDenied(WHO_PREPARES)
    return actor, meeting, found


def _waiting(person: User, forum: Forum, item: int) -> AgendaItem:
    visible = forum.items.backlog().visible_to(person).select_related("initiative", "forum", "meeting")
    found: AgendaItem = get_object_or_404(visible, pk=item)
    return found
