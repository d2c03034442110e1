"""Files of costs on their way into the ledger."""

from portfolio.models.row_file import RowFile, RowFileQuerySet


class CostFile(RowFile):
    """One uploaded table of costs."""

    under = "/ledger/files/"
    objects = RowFileQuerySet["CostFile"].as_manager()
