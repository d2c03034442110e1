from collections.abc import Callable

from celery import shared_task

from aiso.events.models import Event
from aiso.events.telling import Message, tell
from stagegates.touched import touched_by

from .actions.schedule_checks import schedule_all_checks, schedule_checks
from .baselines import baseline_message
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


@shared_task
def tell_of_baseline(event_id: int) -> None:
    """Tell who is to confirm a baseline, or that it is confirmed. Once a person and event."""
    _tell(Event.objects.get(pk=event_id), baseline_message)


@shared_task
def schedule_checks_after(event_id: int) -> None:
    """Schedule when what was confirmed is measured again, of the initiatives that an event concerns."""
    if touched := touched_by(Event.objects.get(pk=event_id)):
        schedule_checks(touched)


@shared_task
def schedule_checks_of_the_night() -> None:
    """The same of all initiatives, for what no event told."""
    schedule_all_checks()


def _tell(event: Event, message: Callable[[Event], Message | None]) -> None:
    if told := message(event):
        tell(told.people, event=event, kind=told.kind, text=told.text, path=told.path, about=told.about)
