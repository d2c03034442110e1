"""A person's notifications, and the way to the place of each."""

from django.db.models import DateTimeField, F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.web.htmx import announce
from aiso.web.keyset import Order, page_of
from aiso.web.navigation import forget_counts

from .actions import mark_read
from .models import Notification

PAGE = 50
NEWEST = Order(F("created_at"), DateTimeField(), descending=True)


@require_safe
def notification_list(request: HttpRequest) -> HttpResponse:
    """What was I told?"""
    person = signed_in(request)
    mine = Notification.objects.visible_to(person)
    only_unread = request.GET.get("show") == "unread"
    shown = (mine.unread() if only_unread else mine).select_related("event__actor")
    page = page_of(shown, NEWEST, size=PAGE, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    context = {"page": page, "unread": mine.unread().count(), "only_unread": only_unread}
    return render(request, "events/notifications.html", context)


@require_POST
def notification_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark it read, and go where it can be dealt with: inside this site, whatever is stored."""
    notification = _read(request, pk)
    inside = notification.path.startswith("/") and url_has_allowed_host_and_scheme(
        notification.path, allowed_hosts=None
    )
    return redirect(notification.path if inside else "events:notification_list")


@require_POST
def notification_read(request: HttpRequest, pk: int) -> HttpResponse:
    _read(request, pk)
    return redirect("events:notification_list")


@require_POST
def notifications_read(request: HttpRequest) -> HttpResponse:
    """All of them at once."""
    person = signed_in(request)
    if mark_read(Notification.objects.visible_to(person), actor=person):
        announce(request, "All notifications are read.")
    forget_counts(person)
    return redirect("events:notification_list")


def _read(request: HttpRequest, pk: int) -> Notification:
    person = signed_in(request)
    mine = Notification.objects.visible_to(person)
    notification: Notification = get_object_or_404(mine, pk=pk)
    mark_read(mine.filter(pk=pk), actor=person)
    forget_counts(person)
    return notification


def unread_count(person: User) -> int:
    """What the bell shows."""
    return Notification.objects.filter(person=person, read_at=None).count()
