from datetime import timedelta

import structlog
from celery import shared_task
from django.conf import settings
from django.db import transaction

from aiso import clock

from . import digests, mailing, outbox, reminders
from .models import Event, Mail, Notification

# Events handed on in one transaction: small, so that a slow broker holds few rows.
BATCH = 100
log = structlog.get_logger(__name__)


@shared_task
def relay_events() -> None:
    """Hand waiting events to their subscribers. Two relays at once share the work; a broken one repeats it."""
    while _relay_batch():
        pass


@transaction.atomic
def _relay_batch() -> bool:
    """Relay up to BATCH events. True when there may be more."""
    events = list(Event.objects.waiting().select_for_update(skip_locked=True)[:BATCH])
    for event in events:
        for task in outbox.subscribers(event.name):
            task.delay(event.pk)
    Event.objects.filter(pk__in=[event.pk for event in events]).update(relayed_at=clock.now())
    return len(events) == BATCH


@shared_task
def send_mails() -> None:
    """Send the mails that wait. Two at once share the work."""
    mailing.send_waiting()


@shared_task
def write_digests() -> None:
    """Write the digests whose hour has come. Repeating it finds them written."""
    if digests.write_digests():
        mailing.send_waiting()


@shared_task
def remind() -> None:
    """Ask each source of deadlines, apart, so that one that fails does not silence the others."""
    for name in reminders.sources():
        remind_of.delay(name)


@shared_task
def remind_of(name: str) -> None:
    """Tell what one source finds. Repeating it tells nothing twice."""
    reminders.remind_of(name)


@shared_task
def forget_read_notifications() -> None:
    """Remove notifications long read, and mail long settled: what happened stays in history and events."""
    before = clock.now() - timedelta(days=settings.NOTIFICATIONS_KEPT_DAYS)
    Notification.objects.filter(read_at__lt=before).delete()
    Mail.objects.exclude(state=Mail.State.WAITING).filter(settled_at__lt=before).delete()
