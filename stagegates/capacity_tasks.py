from celery import shared_task

from aiso.events.models import Event
from aiso.events.telling import tell

from .capacity_messages import message_of_specialists


@shared_task
def notify_of_specialists(event_id: int) -> None:
    """Tell who is asked for hours, or that they answered. Once a person and event, however often this runs."""
    event = Event.objects.get(pk=event_id)
    if told := message_of_specialists(event):
        tell(told.people, event=event, kind=told.kind, text=told.text, path=told.path, about=told.about)
