"""What holds initiatives up: over the whole portfolio, for one person, and what is late."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import User
from aiso.events.models import Event, Notification
from aiso.events.reminders import Due
from aiso.events.telling import Message
from aiso.web import figures
from aiso.web.work import WorkItem
from aiso.workdays import due_after

from .models import Barrier

# Working days that a barrier has unless somebody says another day.
USUAL_DAYS = 10
# Working days before the day it is wanted by on which its owner is reminded.
REMIND_DAYS = 2
# Rows of My work.
MOST = 100


def usual_day() -> date:
    """The day by which a barrier raised now is to be lifted, by the office calendar."""
    return due_after(clock.now(), USUAL_DAYS)


def barriers_due() -> Iterator[Due]:
    """Reminders: to its owner two working days before and once it is late; then to whoever raised it, too."""
    soon = due_after(clock.now(), REMIND_DAYS)
    rows = Barrier.objects.open().filter(wanted_by__lte=soon, owner__is_active=True)
    for barrier in rows.select_related("owner", "raised_by", "initiative").order_by("wanted_by", "pk"):
        is_late = barrier.wanted_by < clock.today()
        told = f"late since {figures.day(barrier.wanted_by)}" if is_late else f"due {figures.day(barrier.wanted_by)}"
        yield Due(
            key=f"{barrier.pk}:{barrier.wanted_by}:{barrier.owner_id}",
            step="late" if is_late else "before",
            people=[barrier.owner, barrier.raised_by] if is_late else [barrier.owner],
            text=f"Barrier on {barrier.initiative.reference} {told}: {barrier.what}",
            path=address_of(barrier),
            kind=Notification.Kind.ESCALATION if is_late else Notification.Kind.REMINDER,
            about={"initiative": barrier.initiative_id},
        )


def barriers_of(person: User) -> Iterator[WorkItem]:
    """My work: the open barriers that a person owns. One query."""
    own = Barrier.objects.visible_to(person).open().filter(owner=person).select_related("initiative")
    for barrier in own.order_by("wanted_by", "pk")[:MOST]:
        yield WorkItem(
            what=f"Barrier: {barrier.what}",
            url=address_of(barrier),
            verb="Lift",
            icon="hand-stop",
            note=f"waiting for {barrier.waiting_on}" if barrier.waiting_on else "",
            initiative=str(barrier.initiative),
            initiative_url=barrier.initiative.get_absolute_url(),
            since=figures.local_date(barrier.raised_at),
            due=barrier.wanted_by,
        )


def barriers_open(person: User) -> int:
    """For the navigation: how many open barriers a person owns."""
    return Barrier.objects.visible_to(person).open().filter(owner=person).count()


def barrier_counts(viewer: User) -> dict[str, int]:
    """Open, late and lifted, as far as the viewer may see. One query."""
    visible = Barrier.objects.visible_to(viewer)
    open_ones, late = visible.open().values("pk"), visible.late().values("pk")
    mine = Q(pk__in=open_ones, owner=viewer)
    found: dict[str, int] = visible.aggregate(
        open=Count("pk", filter=Q(pk__in=open_ones)),
        late=Count("pk", filter=Q(pk__in=late)),
        mine=Count("pk", filter=mine),
        lifted=Count("pk", filter=Q(lifted_at__isnull=False)),
    )
    return found


def address_of(barrier: Barrier) -> str:
    tab = reverse("portfolio:initiative_barriers", args=[barrier.initiative.reference])
    return f"{tab}#barrier-{barrier.pk}"


def message_of_barrier(event: Event) -> Message | None:
    """Whom an event of a barrier concerns: its owner, or, once it is lifted, whoever raised it."""
    barrier = Barrier.objects.select_related("owner", "raised_by", "initiative").filter(pk=event.payload["barrier"])
    found = barrier.first()
    if found is None:
        return None
    if event.name == "barrier.changed" and "owner" not in event.payload["fields"]:
        return None
    if event.name == "barrier.lifted":
        person, told = found.raised_by, "Lifted"
    else:
        person, told = found.owner, "Yours to lift" + (" again" if event.name == "barrier.reopened" else "")
    text, about = f"{told} on {found.initiative.reference}: {found.what}", {"initiative": found.initiative_id}
    kind = Notification.Kind.NEWS if event.name == "barrier.lifted" else Notification.Kind.REQUEST
    return Message([person], text, address_of(found), kind, about)
