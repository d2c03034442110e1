"""What holds initiatives up: over the whole portfolio, for one person, and what is late."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Count, Q
from django.urls import reverse

from aiso.accounts.models import User
from aiso.events.models import Event
from aiso.web import figures
from aiso.web.work import WorkItem

from .intake_work import Message
from .models import Barrier
from .models.barrier import BarrierQuerySet

# Working days that a barrier has unless somebody says another day.
USUAL_DAYS = 10
# Rows of My work.
MOST = 100


def usual_day(start: date) -> date:
    """The tenth weekday after a day."""
    day, left = start, USUAL_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


def barriers_due(as_of: date | None = None) -> BarrierQuerySet:
    """Open barriers that are late on a day, the longest first, with their owners: whom to remind."""
    return Barrier.objects.late(as_of).select_related("owner", "initiative").order_by("wanted_by", "pk")


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
    if person.pk == event.actor_id or not person.is_active:
        return None
    text = f"{told} on {found.initiative.reference}: {found.what}"
    return Message([person], text[:300], address_of(found))
