import pghistory
from celery import shared_task

from aiso.accounts.models import User
from aiso.events.models import Event

from .actions import keep_forums


@shared_task
def end_memberships(event_id: int) -> None:
    """Free the seats of a person who left. Repeating it finds nothing more to end."""
    event = Event.objects.get(pk=event_id)
    person = User.objects.filter(pk=event.payload["person"], is_active=False).first()
    if person:
        reason = event.payload.get("reason") or f"{person} left."
        with pghistory.context(user=event.actor_id):
            keep_forums.end_memberships_of(person, reason=reason)
