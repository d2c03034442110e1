from datetime import timedelta
from typing import Self

from django.db import models

from aiso import clock
from portfolio.models.row_file import RowFile, RowFileQuerySet


class CostFileQuerySet(RowFileQuerySet["CostFile"]):
    def stalled(self, minutes: float) -> Self:
        """Files that a worker should be busy with and that have not moved for a while: it died."""
        since = clock.now() - timedelta(minutes=minutes)
        return self.filter(state__in=CostFile.MOVING, moved_at__lt=since)


class CostFile(RowFile):
    """Costs as a finance system gives them, on their way into the ledger. A long one is read and landed by a worker."""

    class State(models.TextChoices):
        READING = "reading", "Being read"
        CHECKED = "checked", "Checked"
        LANDING = "landing", "Being posted"
        FAILED = "failed", "Failed"

    under = "/ledger/files/"
    MOVING = (State.READING, State.LANDING)

    state = models.CharField(max_length=10, choices=State, default=State.CHECKED)
    content = models.BinaryField(null=True, help_text="A long file, until it is read.")
    told = models.JSONField(
        default=dict, help_text="Of a long file: how many rows have which outcome, and the first of each."
    )
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often a worker took it up.")
    moved_at = models.DateTimeField(null=True, blank=True, help_text="The last sign of life.")
    failure = models.CharField(max_length=500, blank=True)

    objects = CostFileQuerySet.as_manager()

    @property
    def is_moving(self) -> bool:
        return self.state in self.MOVING

    @property
    def is_long(self) -> bool:
        """Whether a worker reads and lands it."""
        return self.moved_at is not None
