import pghistory
from celery import shared_task

from aiso.accounts.models import User
from aiso.events.models import Event

from . import actions, demo


@shared_task
def end_memberships(event_id: int) -> None:
    """Free the seats of a person who left. Repeating it finds nothing more to end."""
    event = Event.objects.get(pk=event_id)
    person = User.objects.filter(pk=event.payload["person"], is_active=False).first()
    if person:
        reason = event.payload.get("reason") or f"{person} left."
        with pghistory.context(user=event.actor_id):
            actions.end_memberships_of(person, reason=reason)


@shared_task
def seat_invented_people(event_id: int) -> None:
    """Fill the forums of a demonstration. Repeating it finds the seats taken."""
    demo.seat_people()
