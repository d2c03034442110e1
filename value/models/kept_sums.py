"""Rows that follow from facts, kept so that a dashboard reads few of them, and the marks of what changed since.

Nobody writes them but `value.kept`. None of them knows of today: each says from which `as_of` on it is seen.
"""

from django.db import models
from django.db.models import Q

from aiso.accounts.models import BusinessUnit
from portfolio.models import Bucket, Initiative, OutcomeMetric


class KeptMark(models.Model):
    """What changed and is not counted yet. Written by triggers in the transaction of the change, taken when counted.

    Plain numbers instead of keys: what is marked may be gone by the time it is counted.
    """

    class About(models.TextChoices):
        ENTRIES = "entries", "Entries of the ledger"
        ANSWERS = "answers", "Answers to claims"
        MEASURED = "measured", "Measurements and what finance said of them"
        BASELINES = "baselines", "Baselines confirmed"
        STAGES = "stages", "Changes of stage"
        OWNERS = "owners", "Owners"
        TAKEN_BACK = "taken", "Stages or owners taken back as if they had not been"
        MOVED = "moved", "Initiatives of another unit or bucket, or no longer confidential"
        READINGS = "readings", "Adoption readings"
        UNITS = "units", "The tree of units"
        SCORED = "scored", "Metrics, readings and workflows of initiatives"
        ALL = "all", "Everything"

    about = models.CharField(max_length=10, choices=About)
    initiative_id = models.BigIntegerField(null=True)
    metric_id = models.BigIntegerField(null=True)
    workflow_id = models.BigIntegerField(null=True)
    # The cell that an initiative left.
    unit_id = models.BigIntegerField(null=True)
    bucket_id = models.BigIntegerField(null=True)
    is_confidential = models.BooleanField(null=True)
    # Of entries, the earliest and the latest first day; of claims among them the latest last day.
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    claimed_to = models.DateField(null=True)
    has_run_costs = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_about_display()} of {self.initiative_id or self.metric_id or self.unit_id}"


class DailySum(models.Model):
    """The sum of one part on each of some days: of a unit itself, of all units below it, or of the whole company.

    The amount of one day is amount ÷ (denominator × days covered).
    """

    class Level(models.IntegerChoices):
        """What is added up; below no unit lies the whole company."""

        OWN = 0, "The unit itself, by bucket"
        BELOW = 1, "All units below it, by bucket"
        ALL_BUCKETS = 2, "All units below it, of all buckets"

    unit = models.ForeignKey(
        BusinessUnit, models.CASCADE, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    level = models.SmallIntegerField(choices=Level)
    bucket = models.ForeignKey(Bucket, models.CASCADE, null=True, db_constraint=False, db_index=False, related_name="+")
    is_confidential = models.BooleanField()
    part = models.CharField(max_length=10)
    benefit_type = models.CharField(max_length=20)
    first_on = models.DateField()
    last_on = models.DateField()
    covered = models.IntegerField(help_text="Days that its entries cover.")
    # Of what decayed, where the part that counts no more is no whole number; else 1.
    denominator = models.DecimalField(max_digits=34, decimal_places=0)
    shows_on = models.DateField(help_text="The first as-of day that sees it.")
    hides_on = models.DateField(null=True, help_text="The as-of day from which it is seen no more.")
    amount = models.DecimalField(max_digits=100, decimal_places=2)
    recorded_at = models.DateTimeField(help_text="When the latest of its facts was recorded.")

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["unit", "level", "last_on", "first_on"], name="sums_of_unit"),
            # Where the sums of many units on some days are added up.
            models.Index(fields=["unit", "part", "first_on"], condition=Q(level=0), name="own_sums_of_unit"),
        ]

    def __str__(self) -> str:
        below = "" if self.level == self.Level.OWN else "below "
        where = f"{below}unit {self.unit_id}" if self.unit_id else "the company"
        return f"{self.part} {self.benefit_type} of {where}, bucket {self.bucket_id}, {self.first_on} to {self.last_on}"


class LostSpan(models.Model):
    """Days on which part of what finance confirmed of an outcome counts no more (`value.durability`)."""

    initiative = models.ForeignKey(
        Initiative, models.CASCADE, db_constraint=False, db_index=False, related_name="lost_spans"
    )
    metric = models.ForeignKey(OutcomeMetric, models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField(null=True, help_text="Empty: no end yet.")
    numerator = models.DecimalField(max_digits=30, decimal_places=0)
    denominator = models.DecimalField(max_digits=30, decimal_places=0)
    shows_on = models.DateField(help_text="The first as-of day that sees it.")
    hides_on = models.DateField(null=True, help_text="The as-of day from which it is seen no more.")
    recorded_at = models.DateTimeField(null=True, help_text="When what was measured on the first day was recorded.")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["initiative", "metric"], name="lost_of_outcome")]

    def __str__(self) -> str:
        until = self.last_on or "now"
        return f"{self.numerator}/{self.denominator} of metric {self.metric_id}, {self.first_on} to {until}"


class LiveSpell(models.Model):
    """Days on which an initiative was in production."""

    initiative = models.ForeignKey(
        Initiative, models.CASCADE, db_constraint=False, db_index=False, related_name="live_spells"
    )
    first_on = models.DateField()
    last_on = models.DateField(null=True, help_text="Empty: it still is.")
    before_on = models.DateField(null=True, help_text="The last day of the spell before. Empty: it is the first.")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["initiative"], name="spells_of_initiative")]

    def __str__(self) -> str:
        return f"Initiative {self.initiative_id} in production, {self.first_on} to {self.last_on or 'now'}"


class CostMonth(models.Model):
    """A month in which an initiative was in production, covered by a run cost."""

    initiative = models.ForeignKey(
        Initiative, models.CASCADE, db_constraint=False, db_index=False, related_name="cost_months"
    )
    month = models.DateField()
    first_on = models.DateField(help_text="The first day of the month in production.")
    last_on = models.DateField(help_text="The last day of the month in production.")
    shows_on = models.DateField(help_text="The first as-of day that sees it.")
    hides_on = models.DateField(null=True, help_text="The as-of day from which it is seen no more.")

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["initiative"], name="cost_months_of_initiative"),
            # All that a month is asked for.
            models.Index(
                fields=["month", "initiative"],
                include=["first_on", "last_on", "shows_on", "hides_on"],
                name="cost_months_in_month",
            ),
        ]

    def __str__(self) -> str:
        return f"Run costs of initiative {self.initiative_id}, {self.month:%B %Y}"
