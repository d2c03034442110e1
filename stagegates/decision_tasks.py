from celery import shared_task

from aiso.events.models import Event

from .actions.ballots import close_ballot
from .decision_messages import messages_of
from .models import WrittenBallot


@shared_task
def tell_of_decision(event_id: int) -> None:
    """Tell those whom a decision, a ballot or a condition concerns. Each is told once an event."""
    event = Event.objects.select_related("actor").get(pk=event_id)
    for message in messages_of(event):
        message.tell(event)


@shared_task
def close_ballots() -> None:
    """Count the ballots whose last day has passed. Repeating it finds none."""
    for ballot in WrittenBallot.objects.lapsing().select_related("review"):
        close_ballot(ballot)
