"""Which initiatives an event changed: open reviews and their sign-offs follow it."""

from typing import Any

from aiso.events.models import Event
from portfolio.models import ImportRow, Initiative

from .models import GateReview

LANDED = (ImportRow.Outcome.CREATED, ImportRow.Outcome.UPDATED)


def touched_by(event: Event) -> list[int]:
    """The ids of the initiatives whose facts or people an event changed."""
    told: dict[str, Any] = event.payload
    if event.name == "decision.made":
        # What was approved for a workflow counts for all that is under review for it.
        of_workflow = Initiative.objects.filter(workflow__initiatives=told["initiative"])
        return [told["initiative"], *of_workflow.values_list("pk", flat=True)]
    if isinstance(told.get("survivor"), int):
        return [told["initiative"], told["survivor"]]
    if isinstance(told.get("initiative"), int):
        return [told["initiative"]]
    if isinstance(told.get("initiatives"), list):
        return [*told["initiatives"]]
    uses = Initiative.tools.through.objects
    match event.name:
        case "tool.cleared":
            return [*uses.filter(tool=told["tool"]).values_list("initiative", flat=True)]
        case "tool.edited":
            return [*uses.filter(tool=told["entry"]).values_list("initiative", flat=True)]
        case "person.deactivated":
            # Those whose sign-offs were passed to whoever left.
            held = GateReview.objects.open().filter(sign_offs__assigned_to=told["person"])
            return [*held.values_list("initiative", flat=True)]
        case "import.finished" | "import.undone":
            rows = ImportRow.objects.filter(job=told["job"], outcome__in=LANDED, initiative__isnull=False)
            return [*rows.values_list("initiative", flat=True).distinct().order_by()]
    return []
