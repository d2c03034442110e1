"""What happens by night, and to open reviews after an event. Safe to repeat."""

from celery import shared_task

from aiso.events.models import Event
from portfolio.actions.choose_level import renew_bodies

from .actions import monitor
from .actions.renew_review import behind, renew_review
from .models import GateReview
from .touched import touched_by

# Reviews that are compared at a time.
PAGE = 500

# Events that may change the tier, the jurisdictions, the use-case type or the autonomy of initiatives.
CHANGING = (
    "initiative.edited",
    "initiatives.edited",
    "initiatives.edit_undone",
    "import.finished",
    "import.undone",
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
    touched = touched_by(Event.objects.get(pk=event_id))
    for review in GateReview.objects.open().filter(initiative__in=touched).order_by("pk"):
        renew_review(review)
    renew_bodies(touched)


@shared_task
def renew_reviews_of_the_night() -> None:
    """Let all open reviews ask what no event told, a page of them at a time. Repeating it finds nothing to do."""
    after, reviews = 0, GateReview.objects.open().order_by("pk")
    while page := [*reviews.filter(pk__gt=after)[:PAGE]]:
        for review in behind(page):
            renew_review(review)
        after = page[-1].pk


@shared_task
def schedule_monitoring() -> None:
    """Schedule, move and drop looks at systems in use, as the rules and stages of this night say."""
    monitor.schedule_monitoring()
