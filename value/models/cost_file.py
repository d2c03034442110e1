"""Files of costs on their way into the ledger."""

from portfolio.models.row_file import RowFile, RowFileQuerySet


class CostFile(RowFile):
    """One uploaded table of costs."""

    objects = RowFileQuerySet["CostFile"].as_manager()

    def get_absolute_url(self) -> str:
        return f"/ledger/files/{self.pk}/"
