from celery import shared_task
from django.db import transaction

from aiso import clock

from . import outbox
from .models import Event

# Events handed on in one transaction: small, so that a slow broker holds few rows.
BATCH = 100


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
