"""Files of spending on their way onto tranches."""

from portfolio.models.row_file import RowFile, RowFileQuerySet


class SpendFile(RowFile):
    """One uploaded table of spending."""

    objects = RowFileQuerySet["SpendFile"].as_manager()

    def get_absolute_url(self) -> str:
        return f"/funding/spending/{self.pk}/"
