from celery import shared_task
from django.db import transaction

from aiso.events.models import Event
from aiso.events.telling import tell

from .actions.ballots import close_ballot
from .deciding import body_of
from .decision_messages import messages_of
from .models import GateReview, WrittenBallot


@shared_task
def tell_of_decision(event_id: int) -> None:
    """Tell those whom a decision, a ballot or a condition concerns. Each is told once an event."""
    event = Event.objects.select_related("actor").get(pk=event_id)
    if event.name == "review.submitted":
        put_before_body(event.payload["review"])
    for message in messages_of(event):
        about = {"initiative": message.initiative}
        tell(message.people, event=event, kind=message.kind, text=message.text, path=message.path, about=about)


@transaction.atomic
def put_before_body(review_id: int) -> None:
    """Keep the body that a submitted review waits for, so that lists find it. One that has a body keeps it."""
    review = GateReview.objects.select_for_update(of=["self"]).select_related("initiative").get(pk=review_id)
    if review.body_id is None and review.is_ready:
        review.body = body_of(review)
        review.save(update_fields=["body"])


@shared_task
def close_ballots() -> None:
    """Count the ballots whose last day has passed. Repeating it finds none."""
    for ballot in WrittenBallot.objects.lapsing().select_related("review"):
        close_ballot(ballot)
