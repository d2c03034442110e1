"""What happens by night, and to open reviews after an event. Safe to repeat."""

from typing import Any

from celery import shared_task
from django.db import transaction

from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.actions.choose_level import renew_bodies

from .actions import monitor
from .actions.renew_review import renew_requirements
from .actions.submit_review import lock_review
from .models import GateReview

# Events that may change the tier, the jurisdictions, the use-case type or the autonomy of initiatives.
CHANGING = (
    "initiative.edited",
    "initiatives.edited",
    "initiatives.edit_undone",
    "initiative.questions_answered",
    "decision_class.added",
    "decision_class.edited",
    "decision_class.removed",
    "decision_class.level_chosen",
    "decision_class.level_agreed",
    "decision_class.level_ended",
    "autonomy.stepped_down",
    "autonomy.step_lifted",
)


@shared_task
def renew_reviews(event_id: int) -> None:
    """Let open reviews ask what the situation of their initiatives asks now, under the rules they began with; and
    levels that wait for a body the one that it is now.
    """
    told: dict[str, Any] = Event.objects.get(pk=event_id).payload
    listed = told.get("initiatives") if isinstance(told.get("initiatives"), list) else [told.get("initiative")]
    touched = [each for each in listed or () if each]
    for review in GateReview.objects.open().filter(initiative__in=touched):
        _renew(review)
    renew_bodies(touched)


@transaction.atomic
def _renew(review: GateReview) -> None:
    try:
        renew_requirements(lock_review(review))
    except DomainError:
        return  # closed meanwhile


@shared_task
def schedule_monitoring() -> None:
    """Schedule, move and drop looks at systems in use, as the rules and stages of this night say."""
    monitor.schedule_monitoring()
