from collections.abc import Callable

from celery import shared_task

from aiso.events.models import Event
from aiso.events.telling import Message, tell

from .claim_work import claim_message
from .work import message_of


@shared_task
def tell_of_measurement(event_id: int) -> None:
    """Tell who is to confirm what was measured, or what finance said of it. Once a person and event."""
    _tell(Event.objects.get(pk=event_id), message_of)


@shared_task
def tell_of_claim(event_id: int) -> None:
    """Tell who is to answer a claim, or what finance said of it. Once a person and event."""
    _tell(Event.objects.get(pk=event_id), claim_message)


def _tell(event: Event, message: Callable[[Event], Message | None]) -> None:
    if told := message(event):
        tell(told.people, event=event, kind=told.kind, text=told.text, path=told.path, about=told.about)
