"""What merges add to the apps below, and what they listen to. Called when the app is ready."""

from django.db.models import Exists, OuterRef

from aiso.events.outbox import subscribe
from portfolio.gaps import register_gaps
from portfolio.merging import Mover, register_family, register_mover
from portfolio.models import Initiative
from portfolio.panels import Panel, register_panel

from . import decision_tasks, merge_messages, tasks
from .family import members_of, survivor_seen
from .merge_page import merged_note, merged_panel
from .models import Condition, Merge
from .models.condition import ConditionQuerySet


def _open_conditions(merged: Initiative, survivor: Initiative) -> ConditionQuerySet:
    return Condition.objects.open().filter(initiative=merged)


def register_merges() -> None:
    register_family(members_of, survivor_seen)
    register_mover(Mover("conditions", "open condition", "open conditions", _open_conditions))
    # No gap: it is read with the initiative, so that the panel costs no query where nothing was merged.
    register_gaps(lambda initiative: (), has_merged=Exists(Merge.objects.standing().filter(survivor=OuterRef("pk"))))
    register_panel(Panel("merged", "note", merged_note))
    register_panel(Panel("merged", "main", merged_panel, order=64))
    for name in merge_messages.EVENTS:
        subscribe(name, decision_tasks.tell_of_decision)
        subscribe(name, tasks.renew_reviews)
