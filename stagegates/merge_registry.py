"""What merges add to the apps below, and what they listen to. Called when the app is ready."""

from django.db.models import Exists, OuterRef

from aiso import clock
from aiso.events.outbox import subscribe
from portfolio.gaps import register_gaps
from portfolio.merging import Mover, register_family, register_mover
from portfolio.models import Initiative
from portfolio.models.stage import IN_PRODUCTION
from portfolio.panels import Panel, register_panel

from . import decision_tasks, merge_messages, tasks
from .actions.monitor import move_looks_back
from .capacity import month_of
from .family import members_of, survivor_seen
from .merge_page import merged_note, merged_panel
from .models import Condition, Merge, MonitoringTask, SpecialistRequest
from .models.capacity import SpecialistRequestQuerySet
from .models.condition import ConditionQuerySet
from .models.monitoring import MonitoringTaskQuerySet


def _open_conditions(merged: Initiative, survivor: Initiative) -> ConditionQuerySet:
    return Condition.objects.open().filter(initiative=merged)


def _hours_to_come(merged: Initiative, survivor: Initiative) -> SpecialistRequestQuerySet:
    """Months that are over stay with the one that had the people."""
    return SpecialistRequest.objects.standing().filter(initiative=merged, last_month__gte=month_of(clock.today()))


def _due_looks(merged: Initiative, survivor: Initiative) -> MonitoringTaskQuerySet:
    """An initiative has one look due: none moves to one that has its own, nor to one that is not in production."""
    looks = MonitoringTask.objects.open()
    has_none = survivor.stage in IN_PRODUCTION and not looks.filter(initiative=survivor).exists()
    return looks.filter(initiative=merged) if has_none else looks.none()


def register_merges() -> None:
    register_family(members_of, survivor_seen)
    register_mover(Mover("conditions", "open condition", "open conditions", _open_conditions))
    register_mover(Mover("specialists", "request for specialists", "requests for specialists", _hours_to_come))
    register_mover(Mover("monitoring", "look that is due", "looks that are due", _due_looks, move_back=move_looks_back))
    # No gap: it is read with the initiative, so that the panel costs no query where nothing was merged.
    register_gaps(lambda initiative: (), has_merged=Exists(Merge.objects.standing().filter(survivor=OuterRef("pk"))))
    register_panel(Panel("merged", "note", merged_note))
    register_panel(Panel("merged", "main", merged_panel, order=64))
    for name in merge_messages.EVENTS:
        subscribe(name, decision_tasks.tell_of_decision)
        subscribe(name, tasks.renew_reviews)
