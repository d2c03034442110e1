"""Files of decisions or readings on their way into the inventory."""

from django.db import models

from .row_file import RowFile, RowFileQuerySet


class InventoryFile(RowFile):
    """One uploaded table of decisions or of readings."""

    class Kind(models.TextChoices):
        DECISIONS = "decisions", "Decisions"
        READINGS = "readings", "Readings"

    under = "/decision-classes/import/"
    kind = models.CharField(max_length=20, choices=Kind)

    objects = RowFileQuerySet["InventoryFile"].as_manager()
