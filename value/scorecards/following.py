"""The events after which lines of scorecards are brought up to date soon; triggers mark what changed (`kept`)."""

from ..kept.counting import CHANGING as COUNTED

CHANGING = (
    *("metric.added", "metric.edited", "metric.removed", "metric.matched", "metric.unmatched", "catalogue.edited"),
    *("measurement.recorded", "measurement.confirmed", "measurement.rejected"),
    *("adoption.recorded", "adoption.corrected", "decision_reading.recorded", "decision_reading.corrected"),
    *("decision_class.edited", "decision_class.removed", "initiative.edited", "initiatives.edited"),
    *("initiatives.edit_undone", "initiative.merged", "merge.undone", "import.finished", "import.undone"),
    *("initiative.registered", "list.entry_edited"),
)
# Those after which nothing is counted yet.
FOLLOWED = tuple(name for name in CHANGING if name not in COUNTED)
