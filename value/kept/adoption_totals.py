"""Running totals of adoption readings: each window of a workflow is one of them less another (DESIGN §6.3)."""

from typing import Any

from django.db.backends.utils import CursorWrapper
from django.db.models import Count, Value, Window
from django.db.models.functions import Coalesce

from ..adoption import SUMS
from ..adoption_told import TELLS
from ..models import AdoptionReading, AdoptionTotal
from .tables import KeptTable, Query, all_rows, start_table
from .touched import TAKEN, Touched

WORKFLOWS = "read_workflows"
TOUCHED = f"SELECT DISTINCT workflow_id FROM {TAKEN} WHERE about = 'readings'"  # noqa: S608 (a constant)
THESE = f"workflow_id IN (SELECT workflow_id FROM {WORKFLOWS})"  # noqa: S608 (a constant)


def want_totals(cursor: CursorWrapper, touched: Touched) -> Query:
    """What no later reading corrects, week by week, as `SUMS` adds it up."""
    if not touched.is_all:
        start_table(cursor, WORKFLOWS, TOUCHED)
    these = "TRUE" if touched.is_all else THESE
    select, values = _running().query.sql_with_params()
    return f"SELECT * FROM ({select}) AS totals WHERE {these}", values  # noqa: S608


def _running() -> Any:
    """In the order of the columns."""
    sums = {"read": Count("pk"), "told": Count("pk", filter=TELLS)}
    sums |= {name: SUMS[f"sum_{name}"] for name in AdoptionTotal.SUMS if name not in sums}
    # What no other corrects is not told otherwise.
    rows = AdoptionReading.objects.current().order_by().annotate(is_retold=Value(False))
    field: Any = AdoptionTotal._meta.get_field
    running: dict[str, Any] = {
        f"running_{name}": Coalesce(
            Window(each, partition_by="workflow", order_by="week_ends_on"), Value(0), output_field=field(name)
        )
        for name, each in sums.items()
    }
    return rows.annotate(**running).values_list("workflow_id", "week_ends_on", *running)


def _present(table: KeptTable, touched: Touched) -> str:
    return all_rows(table) if touched.is_all else all_rows(table, THESE)


ADOPTION_TOTALS = KeptTable("adoption_totals", AdoptionTotal, want_totals, _present, about=("readings",))
