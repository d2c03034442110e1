"""A person's notifications, and the way to the place of each."""

from django.db.models import Count, DateTimeField, F
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.web.htmx import announce
from aiso.web.keyset import Order, page_of
from aiso.web.navigation import forget_counts

from ..actions import mark_read
from ..models import Notification
from ..models.notification import NotificationQuerySet
from ..sight import still_seen

PAGE = 50
NEWEST = Order(F("created_at"), DateTimeField(), descending=True)
Kind = Notification.Kind


@require_safe
def notification_list(request: HttpRequest) -> HttpResponse:
    """What was I told?"""
    person = signed_in(request)
    mine, only_unread, kind = _chosen(person, request.GET)
    page = page_of(mine, NEWEST, size=PAGE, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    counts = _unread_by_kind(person)
    context = {
        "page": page,
        "seen": {each.pk for each in still_seen(person, page.rows)},
        "unread": sum(counts.values()),
        "unread_shown": counts.get(kind, 0) if kind else sum(counts.values()),
        "only_unread": only_unread,
        "kind": kind,
        "kinds": [(each.value, each.label, counts.get(each.value, 0)) for each in Kind],
        "kept": _kept(only_unread, kind).urlencode(),
    }
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
    """All of them at once, or all of one kind."""
    person = signed_in(request)
    mine, _, kind = _chosen(person, request.POST)
    if mark_read(mine, actor=person):
        announce(request, f"All {Kind(kind).label.lower()} notifications are read." if kind else "All are read.")
    forget_counts(person)
    return redirect(f"{reverse('events:notification_list')}?{_kept(False, kind).urlencode()}".rstrip("?"))


def _chosen(person: User, asked: QueryDict) -> tuple[NotificationQuerySet, bool, str]:
    """The notifications that the address or the form means, whether only the unread, and of which kind."""
    mine: NotificationQuerySet = Notification.objects.visible_to(person)
    only_unread, kind = asked.get("show") == "unread", asked.get("kind", "")
    if kind in Kind.values:
        mine = mine.filter(kind=kind)
    return mine.unread() if only_unread else mine, only_unread, kind if kind in Kind.values else ""


def _kept(only_unread: bool, kind: str) -> QueryDict:
    """What the address of another page, or of the list afterwards, says too."""
    kept = QueryDict(mutable=True)
    kept.update(({"show": "unread"} if only_unread else {}) | ({"kind": kind} if kind else {}))
    return kept


def _unread_by_kind(person: User) -> dict[str, int]:
    unread = Notification.objects.visible_to(person).unread().order_by()
    return dict(unread.values_list("kind").annotate(Count("pk")))


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
