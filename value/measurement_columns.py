"""The columns of files of measurements, and what their cells say."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from aiso.web.forms import AMBIGUOUS
from portfolio.inventory_columns import INITIATIVE, CellError, Column, read_day, words

from .forms.measurements import VALUE


def _measured(cell: str) -> Decimal:
    """A figure as people type it; a comma is for thousands."""
    try:
        if AMBIGUOUS.search(cell):
            raise ValidationError("Write thousands with commas and decimals with a dot, e.g. 1,500.5")
        found: Decimal = VALUE.clean(cell.replace(",", "").replace(" ", "").replace("\N{NO-BREAK SPACE}", ""))
    except ValidationError as error:
        raise CellError(f"“{cell[:40]}”: {error.messages[0].rstrip('.')}") from error
    return found


def _link(cell: str) -> str:
    try:
        URLValidator(schemes=["http", "https"])(cell)
    except ValidationError as error:
        raise CellError(f"“{cell[:60]}” is no link; begin it with https://") from error
    return words(1000)(cell)


MEASUREMENT_COLUMNS = (
    INITIATIVE,
    Column("metric", "Metric", words(200), ("outcome metric", "metric name", "kpi"), is_required=True),
    Column("value", "Measured", _measured, ("value", "measured value", "actual", "result"), is_required=True),
    Column("measured_on", "Measured on", read_day, ("date", "day", "as of"), is_required=True),
    Column("method", "Method", words(500), ("how it was measured", "how", "source"), is_required=True),
    Column("evidence", "Evidence", _link, ("link", "url", "report")),
)
