"""Who may still see what a notification is about. Asked when somebody is told, when mail goes out, and in the list.

    register_sight("initiative", lambda person, pks: Initiative.objects.visible_to(person).filter(pk__in=pks))

The name is that of a member of events' payloads, which holds the id of one such thing. A notification that is about
several is for whoever sees all of them; names that no app registered hide nothing.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.db.models import QuerySet

from aiso.accounts.models import User

from .models import Event, Notification

type Sight = Callable[[User, Collection[int]], QuerySet[Any]]
_sights: dict[str, Sight] = {}


def register_sight(name: str, seen: Sight) -> None:
    """Say how to find, of some things, those that a person sees. Called in AppConfig.ready()."""
    _sights[name] = seen


def things_of(event: Event) -> dict[str, int]:
    """What an event is about, as far as anybody's sight of it is limited."""
    return {name: event.payload[name] for name in _sights if isinstance(event.payload.get(name), int)}


def still_seen(person: User, notifications: Iterable[Notification]) -> list[Notification]:
    """Those of a person's notifications whose things they may see. A query for each name, however many there are."""
    notifications = [*notifications]
    for name, sight in _sights.items():
        about = {each.about[name] for each in notifications if name in each.about}
        if about:
            seen = {*sight(person, about).values_list("pk", flat=True)}
            notifications = [each for each in notifications if each.about.get(name) in seen | {None}]
    return notifications
