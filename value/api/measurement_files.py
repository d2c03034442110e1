from portfolio.api.row_files import RowFiles

from ..views.measurement_files import MEASUREMENT_FILES


class MeasurementFiles(RowFiles):
    """Files of measurements, with the columns Initiative, Metric, Measured, Measured on, Method and, if you like,
    Evidence. Another value of a day that was measured corrects it. For owners and the office.
    """

    tag = "Measurements"
    files = MEASUREMENT_FILES
