from celery import shared_task

from aiso.events.models import Event
from aiso.events.telling import tell

from .work import message_of


@shared_task
def tell_of_measurement(event_id: int) -> None:
    """Tell who is to confirm what was measured, or what finance said of it. Once a person and event."""
    event = Event.objects.get(pk=event_id)
    if told := message_of(event):
        tell(told.people, event=event, kind=told.kind, text=told.text, path=told.path, about=told.about)
