"""Reminders before a deadline and escalations after it. Each app registers a source in AppConfig.ready().

    register_reminders("sign-offs", sign_offs_due)

A source gives, in a fixed number of queries, every step that has been reached and is not settled, told or not:

    Due(key=f"{sign_off.pk}:{sign_off.due_on}", step="2 days before", people=[reviewer], kind=Kind.REMINDER, …)

The hourly task tells each step of a key once. A deadline that moves, or another person who answers for it, makes a new
key when it stands in the key; what was settled is simply not given any more.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction

from aiso.accounts.models import User

from . import outbox, telling
from .models import Notification, Reminded

# Steps whose telling is looked up at once.
BATCH = 500


@dataclass(frozen=True)
class Due:
    """One step towards or past a deadline. `about` names what must be seen to be told: {"initiative": 4}."""

    key: str
    step: str
    people: Iterable[User]
    text: str
    path: str
    kind: Notification.Kind = Notification.Kind.REMINDER
    about: Mapping[str, int] = field(default_factory=dict)


type Source = Callable[[], Iterable[Due]]
_sources: dict[str, Source] = {}


def register_reminders(name: str, find: Source) -> None:
    """Name a source of deadlines."""
    _sources[name] = find


def sources() -> list[str]:
    return [*_sources]


def remind_of(name: str) -> int:
    """Tell what a source finds and nobody was told yet; returns how many steps were told now."""
    found = [*_sources[name]()]
    return sum(_remind_batch(name, found[start : start + BATCH]) for start in range(0, len(found), BATCH))


def _remind_batch(name: str, dues: list[Due]) -> int:
    known = Reminded.objects.filter(source=name, key__in={due.key for due in dues})
    told = {*known.values_list("key", "step")}
    return sum(_remind(name, due) for due in dues if (due.key, due.step) not in told)


def _remind(name: str, due: Due) -> bool:
    """Tell one step. Where nobody could be told, nothing is noted, so that a later run finds somebody."""
    try:
        with transaction.atomic():
            event = outbox.publish("deadline.near", actor=None, source=name, key=due.key, step=due.step, **due.about)
            Reminded.objects.create(source=name, key=due.key, step=due.step, event=event)
            told = telling.tell(due.people, event=event, kind=due.kind, text=due.text, path=due.path)
            transaction.set_rollback(not told)
    except IntegrityError:
        # Another run told it at the same moment.
        return False
    return bool(told)
