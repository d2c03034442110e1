"""Which initiatives' lines an event changes; the night finds what no event told."""

from aiso.events.models import Event
from portfolio.models import Initiative
from stagegates.touched import touched_by

from ..models import CatalogueLink

CHANGING = (
    *("metric.added", "metric.edited", "metric.removed", "metric.matched", "metric.unmatched", "catalogue.edited"),
    *("measurement.recorded", "measurement.confirmed", "measurement.rejected"),
    *("adoption.recorded", "adoption.corrected", "decision_reading.recorded", "decision_reading.corrected"),
    *("decision_class.edited", "decision_class.removed", "initiative.edited", "initiatives.edited"),
    *("initiatives.edit_undone", "initiative.merged", "merge.undone", "import.finished", "import.undone"),
    *("initiative.registered", "list.entry_edited"),
)


def changed_by(event: Event) -> list[int]:
    """The ids of the initiatives whose lines an event may have changed."""
    told = event.payload
    if event.name.startswith("adoption."):
        return _of_workflow(told["workflow"])
    if event.name == "list.entry_edited":
        return _of_workflow(told["entry"]) if told["list"] == "workflow" else []
    if event.name == "catalogue.edited":
        linked = CatalogueLink.objects.filter(entry=told["metric"])
        return [*linked.values_list("metric__initiative", flat=True).distinct().order_by()]
    return touched_by(event)


def _of_workflow(workflow: int) -> list[int]:
    return [*Initiative.objects.filter(workflow=workflow).order_by().values_list("pk", flat=True)]
