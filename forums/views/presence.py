"""Who is at a meeting, and who votes for whom."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from aiso.accounts.models import User
from aiso.web.attempts import attempt, refused, status_of
from aiso.web.htmx import wants_partial

from ..actions import live
from ..forms.live import GuestForm, ProxyForm
from ..live import LivePage
from ..models import Meeting, Proxy
from .live import leading


@require_safe
def meeting_presence(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is there, and is that a quorum?"""
    person, meeting = leading(request, pk)
    return _page(request, meeting, person)


@require_POST
def person_arrive(request: HttpRequest, pk: int) -> HttpResponse:
    """A member by the button beside their name, a guest by the form."""
    actor, meeting = leading(request, pk)
    if (known := request.POST.get("seat", "")).isdecimal():
        person = get_object_or_404(User, pk=known)
        return _done(request, meeting, lambda: live.arrive(meeting, actor=actor, person=person))
    form = GuestForm(request.POST)
    if attempt(form, lambda: live.arrive(meeting, actor=actor, **form.cleaned_data)):
        return _shown(request, meeting, actor)
    return _page(request, meeting, actor, guest=form, status=status_of(form))


@require_POST
def person_leave(request: HttpRequest, pk: int) -> HttpResponse:
    actor, meeting = leading(request, pk)
    known = request.POST.get("seat", "")
    person = get_object_or_404(User, pk=known if known.isdecimal() else 0)
    return _done(request, meeting, lambda: live.leave(meeting, actor=actor, person=person))


@require_POST
def proxy_give(request: HttpRequest, pk: int) -> HttpResponse:
    actor, meeting = leading(request, pk)
    form = _proxy_form(LivePage(meeting, actor, leads=True), request.POST)
    if attempt(form, lambda: live.give_proxy(meeting, actor=actor, **form.cleaned_data)):
        return _shown(request, meeting, actor)
    return _page(request, meeting, actor, proxy=form, status=status_of(form))


@require_POST
def proxy_end(request: HttpRequest, pk: int, proxy: int) -> HttpResponse:
    actor, meeting = leading(request, pk)
    given = get_object_or_404(Proxy.objects.select_related("meeting__forum"), meeting=meeting, pk=proxy)
    return _done(request, meeting, lambda: live.end_proxy(given, actor=actor))


def _done(request: HttpRequest, meeting: Meeting, deed: Callable[[], Any]) -> HttpResponse:
    refused(request, deed)
    return _shown(request, meeting, leading(request, meeting.pk)[0])


def _shown(request: HttpRequest, meeting: Meeting, person: User) -> HttpResponse:
    if wants_partial(request):
        return _page(request, meeting, person)
    return redirect("forums:meeting_presence", meeting.pk)


def _page(
    request: HttpRequest,
    meeting: Meeting,
    person: User,
    *,
    guest: GuestForm | None = None,
    proxy: ProxyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    page = LivePage(meeting, person, leads=True)
    template = "forums/presence.html" + ("#people" if wants_partial(request) else "")
    context = {"page": page, "meeting": meeting, "guest": guest or GuestForm(), "proxy": proxy or _proxy_form(page)}
    return render(request, template, context, status=status)


def _proxy_form(page: LivePage, data: Any = None) -> ProxyForm:
    chamber = page.chamber
    away = [seat for seat in chamber.voting if seat.person_id not in chamber.there]
    there = [seat for seat in chamber.voting if seat.person_id in chamber.there]
    return ProxyForm(away, there, data)
