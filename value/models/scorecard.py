"""Where each metric of a scorecard stands, kept so that the whole portfolio is read at once (DESIGN §7)."""

from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from aiso.accounts.models import User
from portfolio.models import Initiative, OutcomeMetric

Category, Direction = OutcomeMetric.Category, OutcomeMetric.Direction


class Source(models.TextChoices):
    """What a line is read from: an outcome metric, readings of the workflow, or readings of a decision class."""

    METRIC = "metric", "Outcome metric"
    ACTIVE = "active", "Active users"
    REPEAT = "repeat", "Repeat use"
    OPT_OUTS = "opt_outs", "Opt-outs"
    SATISFACTION = "satisfaction", "Satisfaction"
    OVERRIDES = "overrides", "Overrides"
    ERRORS = "errors", "Errors"
    VOLUME = "volume", "Decisions a week"


OF_ADOPTION = (Source.ACTIVE, Source.REPEAT, Source.OPT_OUTS, Source.SATISFACTION)
OF_DECISIONS = (Source.OVERRIDES, Source.ERRORS, Source.VOLUME)
# Those that are shares, 0 to 1.
SHARES = (Source.ACTIVE, Source.REPEAT, Source.OPT_OUTS, Source.OVERRIDES, Source.ERRORS)


def _figure() -> "models.DecimalField[Any, Any]":
    return models.DecimalField(max_digits=24, decimal_places=6, null=True)


class ScorecardLineQuerySet(models.QuerySet["ScorecardLine"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(initiative__in=Initiative.objects.visible_to(user))


class ScorecardLine(models.Model):
    """One metric of one initiative's scorecard. It follows from what was measured, read and set, and from no day: what
    depends on today is judged when it is read (`scorecards.judged`). Written by `value.kept` alone.
    """

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="scorecard_lines")
    category = models.CharField(max_length=24, choices=Category)
    source = models.CharField(max_length=12, choices=Source)
    key = models.BigIntegerField(help_text="The id of the metric, workflow or decision class.")
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=40, blank=True)
    direction = models.CharField(max_length=4, choices=Direction)
    is_comparable = models.BooleanField(help_text="Whether it means the same in every initiative.")
    baseline = _figure()
    target = _figure()
    latest = _figure()
    latest_on = models.DateField(null=True)
    counted = models.BigIntegerField(null=True, help_text="Of how many decisions the latest value is told.")
    is_proven = models.BooleanField(help_text="Whether nothing has to confirm the latest value any more.")
    is_withheld = models.BooleanField(help_text="Whether the newest reading is of a group under five people.")
    previous = _figure()
    previous_on = models.DateField(null=True)

    objects = ScorecardLineQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "source", "key"], name="scorecard_line_once"),
        ]

    def __str__(self) -> str:
        return self.name
