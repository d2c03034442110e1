from typing import Self

import pghistory
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from aiso.accounts.models import User


class OutcomeMetricQuerySet(models.QuerySet["OutcomeMetric"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        from .initiative import Initiative

        return self.filter(initiative__in=Initiative.objects.visible_to(user))


@pghistory.track()
class OutcomeMetric(models.Model):
    """A figure that the initiative is to move, from a baseline to a target by a horizon."""

    class Direction(models.TextChoices):
        UP = "up", "Higher is better"
        DOWN = "down", "Lower is better"

    class Category(models.TextChoices):
        """The five parts of a scorecard (DESIGN §7)."""

        BUSINESS_OUTCOME = "business_outcome", "Business outcome"
        PROCESS_EFFICIENCY = "process_efficiency", "Process efficiency"
        MODEL_QUALITY = "model_quality", "Model quality"
        PLATFORM_RELIABILITY = "platform_reliability", "Platform reliability"
        ADOPTION_HEALTH = "adoption_health", "Adoption health"

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="outcome_metrics")
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=40, help_text="What one is, e.g. days, % or calls a week.")
    direction = models.CharField(max_length=4, choices=Direction)
    category = models.CharField(
        max_length=24,
        choices=Category,
        default=Category.BUSINESS_OUTCOME,
        help_text="Where it stands on the scorecard; one that is of the catalogue stands where the catalogue says.",
    )
    baseline = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    baseline_on = models.DateField("baseline date", null=True, blank=True)
    baseline_source = models.CharField(max_length=300, blank=True, help_text="Where the baseline comes from.")
    target = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    horizon_on = models.DateField("target date", null=True, blank=True)
    constraint = models.CharField(max_length=300, blank=True, help_text="What must not get worse meanwhile.")

    objects = OutcomeMetricQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "name"], name="metric_once_an_initiative"),
            models.CheckConstraint(
                condition=Q(baseline=None) | (Q(baseline_on__isnull=False) & ~Q(baseline_source="")),
                name="baseline_has_date_and_source",
            ),
        ]

    def __str__(self) -> str:
        return self.name
