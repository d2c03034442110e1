"""The one way to tell people something: a notification in the app, and mail as each of them wants it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from kombu.exceptions import OperationalError

from aiso.accounts.models import User

from . import tasks
from .enclosures import is_subscribed_to
from .models import Event, Mail, MailPreference, Notification
from .sight import still_seen, things_of

LONGEST = 300
How = MailPreference.How
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Message:
    """One sentence for some people, where it leads, and what they must see to be told: the things of the event where
    `about` says none.
    """

    people: Iterable[User]
    text: str
    path: str
    kind: Notification.Kind = Notification.Kind.NEWS
    about: Mapping[str, int] | None = None

    def tell(self, event: Event) -> None:
        """Once a person and event, however often it is told."""
        tell(self.people, event=event, kind=self.kind, text=self.text, path=self.path, about=self.about)


@transaction.atomic
def tell(
    people: Iterable[User],
    *,
    event: Event,
    kind: Notification.Kind | str,
    text: str,
    path: str,
    about: Mapping[str, int] | None = None,
    even_actor: bool = False,
) -> list[Notification]:
    """Tell `people` one sentence about an event; returns the notifications that are new.

    Each is told once an event, however often this runs. Left out are whoever did it themselves, unless
    `even_actor` (what the machine finished for them), people who left, service accounts, and those who may
    not see what it is about: the things of the event, or those of `about` ({"initiative": 4}; aiso/events/sight.py).
    `path` is the place inside this site where it is dealt with.
    """
    # Two deliveries of one event at once: the second waits, and finds all told.
    event = Event.objects.select_for_update().get(pk=event.pk)
    told = {*event.notifications.values_list("person", flat=True)} | ({None} if even_actor else {event.actor_id})
    wanted = {person.pk for person in people} - told
    listeners = User.objects.active().people().filter(pk__in=wanted).order_by("pk").select_related("mail_preference")
    says = {"event": event, "kind": Notification.Kind(kind), "text": shortened(text), "path": path}
    says["about"] = things_of(event) if about is None else dict(about)
    told_now = [note for person in listeners for note in still_seen(person, [_notification(person, says)])]
    Mail.objects.bulk_create([each.mail for each in told_now if each.mail])
    Notification.objects.bulk_create(told_now)
    if any(each.mail for each in told_now):
        transaction.on_commit(partial(hurry, event.pk))
    return told_now


def hurry(event_id: int | None = None) -> None:
    """Ask for the mail to go out now. Should the broker be away, the periodic task finds it later."""
    try:
        tasks.send_mails.apply_async(retry=False)
    except OperationalError:
        log.warning("broker_away", event=event_id)


def _notification(person: User, says: dict[str, Any]) -> Notification:
    how = MailPreference.of(person).how(says["kind"])
    at_once = how == How.AT_ONCE or is_subscribed_to(says["about"])
    mail = Mail(person=person) if at_once else None
    return Notification(person=person, awaits_digest=how == How.DIGEST and not at_once, mail=mail, **says)


def shortened(text: str) -> str:
    """One line of at most 300 characters."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
