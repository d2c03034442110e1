"""Files of measurements: upload, check, land, and what was rejected."""

from portfolio.views.row_files import RowFilePages

from ..actions.land_measurements import land_measurements, may_upload, planned_measurements, upload_measurements
from ..measurement_columns import MEASUREMENT_COLUMNS
from ..models import MeasurementFile
from ..permissions import MEASURING

MEASUREMENT_FILES = RowFilePages(
    name="measurements",
    template="value/measurements",
    title="Import measurements",
    verb="record",
    done="recorded",
    model=MeasurementFile,
    columns=MEASUREMENT_COLUMNS,
    refusal=MEASURING,
    may_upload=may_upload,
    upload=upload_measurements,
    planned=planned_measurements,
    land=land_measurements,
)
