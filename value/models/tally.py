"""How many initiatives are active, paused and owned, kept as changes from day to day (DESIGN §6.2)."""

from django.db import models

from aiso.accounts.models import BusinessUnit
from portfolio.models import Bucket


class StandingTally(models.Model):
    """By how many a day differs from the one before: in one unit, or without one in the whole company, there by bucket
    and of all buckets.

    What stands on a day is the sum of all changes up to it.
    """

    COUNTS = (
        "active",
        "paused",
        "lacks_business",
        "lacks_technical",
        "lacks_risk",
        "owned",
        "stable_30",
        "stable_60",
        "stable_90",
    )

    unit = models.ForeignKey(
        BusinessUnit, models.CASCADE, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    bucket = models.ForeignKey(Bucket, models.CASCADE, null=True, db_constraint=False, db_index=False, related_name="+")
    is_of_all_buckets = models.BooleanField(default=False)
    is_confidential = models.BooleanField()
    day = models.DateField()
    active = models.IntegerField()
    paused = models.IntegerField()
    lacks_business = models.IntegerField(help_text="Of the active, those without a business owner.")
    lacks_technical = models.IntegerField()
    lacks_risk = models.IntegerField()
    owned = models.IntegerField(help_text="Of the active, those with all three owners.")
    stable_30 = models.IntegerField(help_text="Of these, those whose business owner is the same for 30 days.")
    stable_60 = models.IntegerField()
    stable_90 = models.IntegerField()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "standing tallies"
        indexes = [models.Index(fields=["unit", "is_of_all_buckets", "day"], name="tallies_of_unit")]

    def __str__(self) -> str:
        return f"{'Unit ' + str(self.unit_id) if self.unit_id else 'The company'}, {self.day}"
