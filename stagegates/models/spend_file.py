"""Files of spending on their way onto tranches."""

from portfolio.models.row_file import RowFile, RowFileQuerySet


class SpendFile(RowFile):
    """One uploaded table of spending."""

    under = "/funding/spending/"
    objects = RowFileQuerySet["SpendFile"].as_manager()
