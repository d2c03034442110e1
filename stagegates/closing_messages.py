"""Who is told what when something is to be switched off, and when all of it is."""

from collections import Counter
from collections.abc import Iterable

from aiso.accounts.models import User
from aiso.events.models import Event, Notification
from aiso.events.telling import Message
from aiso.web import figures

from .decision_messages import MESSAGES, owners_of
from .models import Closure, DecommissioningTask
from .reviewers import office_of

Kind = Notification.Kind


def _asked(event: Event) -> Iterable[Message]:
    """One message a person, however many things are theirs."""
    closure = _closure(event)
    owners = Counter(closure.tasks.open().values_list("owner", flat=True))
    people = User.objects.in_bulk([*owners])
    for pk, count in owners.items():
        told = figures.plural(count, "thing")
        text = f"{closure.initiative.reference} was ended in production: you have {told} to see to"
        yield Message(
            [people[pk]], text, closure.get_absolute_url(), Kind.REQUEST, {"initiative": closure.initiative_id}
        )


def _handed_over(event: Event) -> Iterable[Message]:
    if not event.payload["is_new"]:
        return
    task = DecommissioningTask.objects.select_related("initiative", "owner").get(pk=event.payload["task"])
    text = f"For you to see to now that {task.initiative.reference} ended: {task.what}"
    yield Message([task.owner], text, task.get_absolute_url(), Kind.REQUEST, {"initiative": task.initiative_id})


def _finished(event: Event) -> Iterable[Message]:
    closure = _closure(event)
    ids = [pk for pk in owners_of(closure.initiative_id) if pk]
    people = [*User.objects.filter(pk__in=ids), *office_of(closure.initiative)]
    text = f"{closure.initiative.reference} is decommissioned: nothing is left to see to"
    yield Message(people, text, closure.get_absolute_url(), Kind.NEWS, {"initiative": closure.initiative_id})


def _closure(event: Event) -> Closure:
    return Closure.objects.select_related("initiative").get(pk=event.payload["closure"])


CLOSING_MESSAGES = {
    "decommissioning.asked": _asked,
    "decommissioning.handed_over": _handed_over,
    "decommissioning.finished": _finished,
}
MESSAGES |= CLOSING_MESSAGES
