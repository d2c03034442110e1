"""Publishing and subscribing. An event commits with its change; the relay hands it on afterwards.

A subscriber is a Celery task that takes the event's id. It must be safe to repeat: an event is
delivered at least once, and again when a worker dies in the middle.
"""

from collections import defaultdict
from functools import partial
from typing import Any

import structlog
from celery import Task
from django.db import models, transaction
from kombu.exceptions import OperationalError

from aiso import clock
from aiso.accounts.models import User

from . import tasks
from .models import Event

_subscribers: dict[str, list[Task[..., Any]]] = defaultdict(list)
log = structlog.get_logger(__name__)


def subscribe(name: str, task: "Task[..., Any]") -> None:
    """Run `task` with the event's id after each event of this `name`. Called in AppConfig.ready()."""
    if task not in _subscribers[name]:
        _subscribers[name].append(task)


def subscribers(name: str) -> "list[Task[..., Any]]":
    return _subscribers.get(name, [])


def publish(name: str, *, actor: User | None, **about: Any) -> Event:
    """Record an event in the transaction of the change that it reports.

    `about` holds what it concerns: a model instance is stored by its id, anything else must be JSON.
    An event that nobody listens to is born relayed.
    """
    payload = {key: value.pk if isinstance(value, models.Model) else value for key, value in about.items()}
    relayed_at = None if subscribers(name) else clock.now()
    event = Event.objects.create(name=name, actor=actor, payload=payload, relayed_at=relayed_at)
    if relayed_at is None:
        transaction.on_commit(partial(_hurry, event.pk))
    return event


def _hurry(event_id: int) -> None:
    """Ask for the relay now. Should the broker be away, the periodic relay finds the event later."""
    try:
        tasks.relay_events.apply_async(retry=False)
    except OperationalError:
        log.warning("broker_away", event=event_id)
