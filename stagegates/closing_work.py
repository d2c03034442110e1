"""What is to be switched off waits for its owners, and reminds them."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from aiso import clock
from aiso.accounts.models import User
from aiso.events.models import Notification
from aiso.events.reminders import Due
from aiso.web import figures
from aiso.web.work import WorkItem
from portfolio.permissions import changes_nothing

from .models import DecommissioningTask

Kind = Notification.Kind
# Rows of one kind at most.
MOST = 100
# Days before a thing is due on which its owner is reminded.
AHEAD = 7


def things_waiting(person: User) -> Iterator[WorkItem]:
    """What the person is to see to now that an initiative ended."""
    if changes_nothing(person):
        return
    tasks = DecommissioningTask.objects.visible_to(person).open().filter(owner=person)
    related = tasks.select_related("initiative", "closure__decision").defer("initiative__search")
    for task in related.order_by("due_on", "pk")[:MOST]:
        yield WorkItem(
            task.what,
            task.get_absolute_url(),
            "See to it",
            icon="plug",
            note="decommissioning",
            initiative=str(task.initiative),
            initiative_url=task.initiative.get_absolute_url(),
            since=figures.local_date(task.closure.decision.decided_at),
            due=task.due_on,
        )


def things_due() -> Iterable[Due]:
    """A week before a thing is due its owner; once it is late the business owner, too."""
    today = clock.today()
    soon = DecommissioningTask.objects.open().filter(due_on__lte=today + timedelta(days=AHEAD))
    for task in soon.select_related("initiative__business_owner", "owner").defer("initiative__search"):
        late, above = task.due_on < today, task.initiative.business_owner
        when = f"{'was' if late else 'is'} due on {figures.day(task.due_on)}"
        yield Due(
            key=f"{task.pk}:{task.due_on}:{task.owner_id}",
            step="late" if late else "a week before",
            people={task.owner, above} if late and above else {task.owner},
            text=f"Decommissioning of {task.initiative.reference} {when}: {task.what}",
            path=task.get_absolute_url(),
            kind=Kind.ESCALATION if late else Kind.REMINDER,
            about={"initiative": task.initiative_id},
        )
