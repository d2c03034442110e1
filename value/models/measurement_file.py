"""Files of measurements on their way in."""

from portfolio.models.row_file import RowFile, RowFileQuerySet


class MeasurementFile(RowFile):
    """One uploaded table of measurements."""

    under = "/measurements/files/"
    objects = RowFileQuerySet["MeasurementFile"].as_manager()
