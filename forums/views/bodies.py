"""Who decides: for everybody to read, and for the office lead to keep."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso import clock
from aiso.accounts.models import User
from aiso.accounts.permissions import can_see_administration
from aiso.accounts.signed_in import signed_in
from aiso.web import figures
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.keep_forums import add_member, change_forum, end_membership
from ..forms.bodies import EndForm, ForumForm, MemberForm
from ..histories import history_of_forum
from ..meeting_page import next_meetings
from ..models import Forum, Membership
from ..permissions import can_manage_forums

LATEST = 5


@require_safe
def forum_list(request: HttpRequest) -> HttpResponse:
    """Who decides, and who sits there?"""
    return render(request, "forums/forums.html", _bodies(signed_in(request)))


@require_safe
def administration(request: HttpRequest) -> HttpResponse:
    """Which bodies are there, and which have too few people to decide?"""
    return render(request, "forums/administration.html", _bodies(_overseer(request)))


@require_safe
def forum_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """How does it decide, and who sits in it?"""
    viewer = _overseer(request)
    return _show(request, viewer, _forum(viewer, slug), MemberForm())


@require_http_methods(["GET", "HEAD", "POST"])
def forum_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """How does it decide from now on?"""
    actor = _manager(request)
    forum = _forum(actor, slug)
    form = ForumForm(forum, posted(request))
    if saved := attempt(form, lambda: change_forum(forum, actor=actor, seen=form.seen(), **form.cleaned_data)):
        announce(request, f"{saved} saved.")
        return redirect("forums:forum_detail", slug)
    return render(request, "forums/forum_edit.html", {"forum": forum, "form": form}, status=status_of(form))


@require_safe
def forum_history(request: HttpRequest, slug: str) -> HttpResponse:
    forum = _forum(_overseer(request), slug)
    context = {"forum": forum, "history": history_of_forum(forum, after=request.GET.get("after", ""))}
    return render(request, "forums/forum_history.html", context)


@require_POST
def member_add(request: HttpRequest, slug: str) -> HttpResponse:
    actor = _manager(request)
    forum, form = _forum(actor, slug), MemberForm(request.POST)
    if seat := attempt(form, lambda: add_member(forum, actor=actor, **form.cleaned_data)):
        announce(request, f"{seat.person} sits in {forum} from {figures.day(seat.started_on)}.")
        return redirect("forums:forum_detail", slug)
    return _show(request, actor, forum, form)


@require_http_methods(["GET", "HEAD", "POST"])
def member_end(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """When does this seat end?"""
    actor = _manager(request)
    forum = _forum(actor, slug)
    seat = get_object_or_404(forum.memberships.visible_to(actor).select_related("person"), pk=pk)
    form = EndForm(posted(request))
    if ended := attempt(form, lambda: end_membership(seat, actor=actor, **form.cleaned_data)):
        announce(request, f"The seat of {ended.person} ends on {figures.day(ended.ended_on)}.")
        return redirect("forums:forum_detail", slug)
    context = {"forum": forum, "seat": seat, "form": form}
    return render(request, "forums/member_end.html", context, status=status_of(form))


def _show(request: HttpRequest, viewer: User, forum: Forum, form: MemberForm) -> HttpResponse:
    today = clock.today()
    seats = forum.memberships.select_related("person").in_order()
    present = [*seats.on(today)]
    context = {
        "forum": forum,
        "seats": present,
        "coming": seats.filter(started_on__gt=today),
        "past": seats.filter(ended_on__lte=today).order_by("-ended_on", "-pk")[:20],
        "standing": standing_of(forum, present),
        "form": form,
        "history": history_of_forum(forum, size=LATEST),
        "may_manage": can_manage_forums(viewer),
    }
    return render(request, "forums/forum.html", context, status=status_of(form))


def _bodies(viewer: User) -> dict[str, Any]:
    forums = Forum.objects.visible_to(viewer).with_seats(clock.today()).select_related("unit")
    following = next_meetings(forums)
    rows = [
        (forum, forum.seats, standing_of(forum, forum.seats), following.get(forum.pk))  # type: ignore[attr-defined]
        for forum in forums
    ]
    return {
        "rows": rows,
        "unable": sum(not standing["can_decide"] for _, _, standing, _ in rows),
        "may_see_administration": can_see_administration(viewer),
    }


def standing_of(forum: Forum, seats: list[Membership]) -> dict[str, Any]:
    """How many may vote, how many of them must, and whether that can be."""
    voting = sum(seat.has_vote for seat in seats)
    needed = forum.quorum(voting)
    return {"voting": voting, "needed": needed, "can_decide": voting >= needed}


def _overseer(request: HttpRequest) -> User:
    viewer = signed_in(request)
    if not can_see_administration(viewer):
        raise PermissionDenied("The office keeps the forums; auditors read them.")
    return viewer


def _manager(request: HttpRequest) -> User:
    actor = signed_in(request)
    if not can_manage_forums(actor):
        raise PermissionDenied("An office lead for the whole company says who decides.")
    return actor


def _forum(viewer: User, slug: str) -> Forum:
    return get_object_or_404(Forum.objects.visible_to(viewer).select_related("unit", "cadence"), slug=slug)
