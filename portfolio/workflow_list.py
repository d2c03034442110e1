"""The workflows with what their initiatives decide."""

from typing import Any

from django.db.models import Count, Q, Sum

from aiso.accounts.models import User

from .levels import LEVELS
from .models import AutonomyLevel, DecisionClass, Initiative, Workflow
from .models.stage import ENDED


def workflow_rows(viewer: User) -> list[dict[str, Any]]:
    """Each workflow in use, and initiatives without one as a last row, with their counts. Two queries."""
    running = Initiative.objects.visible_to(viewer).on_register().exclude(stage__in=ENDED)
    decided = Q(decision_classes__isnull=False)
    counted = (
        running.order_by()
        .values("workflow")
        .annotate(initiatives=Count("pk", distinct=True), deciding=Count("pk", filter=decided, distinct=True))
    )
    rows: dict[Any, dict[str, Any]] = {row["workflow"]: {**row} for row in counted}
    decisions = DecisionClass.objects.filter(initiative__in=running.values("pk")).order_by()
    told = decisions.values("initiative__workflow").annotate(
        decisions=Count("pk"),
        a_week=Sum("volume_per_week"),
        listed=Count("pk", filter=~Q(not_automated_because="")),
        stepped_down=Count("pk", filter=Q(steps_down__gt=0)),
        **{level.value: Count("pk", filter=Q(autonomy=level)) for level in AutonomyLevel},
    )
    for each in told:
        rows[each["initiative__workflow"]] |= {**each}
    named = [(workflow, rows.get(workflow.pk, {})) for workflow in Workflow.objects.visible_to(viewer).order_by("name")]
    shown = [{**row, "workflow": workflow} for workflow, row in named if row or workflow.is_active]
    without = rows.get(None)
    return [_with_highest(row) for row in [*shown, *([{**without, "workflow": None}] if without else [])]]


def _with_highest(row: dict[str, Any]) -> dict[str, Any]:
    levels = [level for level in LEVELS if row.get(level.value)]
    counts = dict.fromkeys(("initiatives", "decisions", "listed", "stepped_down", *AutonomyLevel.values), 0)
    return counts | {"a_week": None} | row | {"highest": levels[-1] if levels else None}
