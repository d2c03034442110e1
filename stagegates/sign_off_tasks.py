"""What happens to sign-offs after an event, and by the clock. Every task is safe to repeat."""

from collections.abc import Iterable

from celery import shared_task
from django.db import transaction

from aiso.events.models import Event
from portfolio.models import Initiative
from portfolio.models.stage import ENDED
from standards.models import BEGINNING

from .actions.escalate_sign_offs import escalate_sign_offs
from .actions.follow_closed import follow_closed
from .actions.pass_up import pass_up
from .actions.sign_offs import refresh_sign_offs
from .models import GateReview
from .sign_off_messages import messages_of
from .touched import touched_by


@shared_task
def tell_of_sign_off(event_id: int) -> None:
    """Tell whom an event of a sign-off concerns, each once."""
    event = Event.objects.get(pk=event_id)
    if "sign_off" in event.payload:
        for message in messages_of(event):
            message.tell(event)


@shared_task
def follow_changes(event_id: int) -> None:
    """Let the sign-offs of the initiatives that an event changed follow it. Repeating it finds them done."""
    refresh_all(touched_by(Event.objects.get(pk=event_id)))


@shared_task
def follow_published(event_id: int) -> None:
    """A checklist that was published anew may ask and say other things of every initiative under review."""
    if Event.objects.get(pk=event_id).payload["kind"].startswith(BEGINNING):
        refresh_sign_offs_of_the_night()


@shared_task
def refresh_sign_offs_of_the_night() -> None:
    """Let all reviews follow what no event tells: clearances, evidence and assessments that ended."""
    refresh_all(GateReview.objects.order_by().values_list("initiative", flat=True).distinct())


@shared_task
def escalate_late_sign_offs() -> None:
    """Tell upwards of clocks that ran out. Repeating it tells nobody twice."""
    escalate_sign_offs()


def refresh_all(initiatives: Iterable[int]) -> None:
    """Refresh the open reviews of some initiatives, and what was said on closed ones, each in a transaction of its own,
    under the initiative's lock.
    """
    touched = [*initiatives]
    reviews = GateReview.objects.open().filter(initiative__in=touched)
    for review in reviews.order_by("pk").only("initiative"):
        with transaction.atomic():
            Initiative.objects.select_for_update(of=["self"]).defer("search").get(pk=review.initiative_id)
            refresh_sign_offs(review)
            locked = GateReview.objects.select_for_update(of=["self"]).select_related("initiative", "body")
            pass_up(locked.get(pk=review.pk))
    said = GateReview.objects.filter(closed_at__isnull=False, sign_offs__answer__isnull=False)
    released = Initiative.objects.filter(pk__in=touched, reviews__in=said).exclude(stage__in=ENDED).distinct()
    for initiative in released.only("pk").order_by("pk"):
        follow_closed(initiative)
