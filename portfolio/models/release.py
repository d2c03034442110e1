"""Releases of a system to users, with what each had to meet and what was measured (DESIGN §4)."""

from decimal import Decimal
from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from aiso import clock
from aiso.accounts.models import User

from .discussion import BelongingQuerySet


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Release(models.Model):
    """One release to users: planned, and once it is out, closed for good."""

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="releases")
    name = models.CharField("version", max_length=120, help_text="As users or engineers call it, e.g. 2.1.")
    planned_on = models.DateField("planned for", null=True, blank=True)
    scope = models.CharField("for whom", max_length=300, help_text="Which users, sites or cases get it.")
    volume_share = models.DecimalField(
        "share of the volume",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
        help_text="Per cent of all cases that it handles.",
    )
    rollback = models.CharField(
        "way back", max_length=500, blank=True, help_text="How it is taken back: a plan, a page, a command."
    )
    notes = models.TextField(max_length=5000, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)
    released_on = models.DateField(null=True, blank=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    despite = models.CharField(
        "released although not all was met",
        max_length=1000,
        blank=True,
        help_text="The risk owner's reason for releasing what did not meet all it had to.",
    )

    called_by = "name"
    objects = BelongingQuerySet["Release"].as_manager()

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "name"], name="release_once_an_initiative"),
            models.CheckConstraint(
                condition=Q(released_on=None, released_by=None, despite="")
                | Q(released_on__isnull=False, released_by__isnull=False),
                name="release_out_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(volume_share=None) | Q(volume_share__gte=0, volume_share__lte=100),
                name="release_share_is_per_cent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_out(self) -> bool:
        return self.released_on is not None

    def clean(self) -> None:
        """The constraint says it too, in words for machines."""
        others = type(self).objects.filter(initiative=self.initiative_id, name=self.name).exclude(pk=self.pk)
        if others.exists():
            raise ValidationError({"name": "This initiative has a release of this name already."})


class ReleaseCriterionQuerySet(models.QuerySet["ReleaseCriterion"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(release__in=Release.objects.visible_to(user))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ReleaseCriterion(models.Model):
    """One thing that a release has to meet, and what was measured."""

    class Category(models.TextChoices):
        EVALUATION = "evaluation", "Evaluation"
        FAIRNESS = "fairness", "Fairness"
        RED_TEAM = "red_team", "Red team"
        PERFORMANCE = "performance", "Performance"
        OTHER = "other", "Other"

    class Demand(models.TextChoices):
        AT_LEAST = "at_least", "At least"
        AT_MOST = "at_most", "At most"
        YES = "yes", "Yes"

    release = models.ForeignKey(Release, models.CASCADE, related_name="criteria")
    category = models.CharField(max_length=20, choices=Category)
    name = models.CharField("criterion", max_length=200, help_text="What is measured, e.g. share of right answers.")
    demand = models.CharField("required", max_length=10, choices=Demand)
    threshold = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=40, blank=True, help_text="What one is, e.g. % or seconds.")
    is_required = models.BooleanField(
        "must be met", default=True, help_text="Not met, it stops the release. Otherwise it is only told."
    )
    result = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    answer = models.BooleanField("yes or no", null=True, blank=True)
    evidence = models.URLField(max_length=1000, blank=True, help_text="Where the result can be looked up.")
    measured_on = models.DateField(null=True, blank=True)

    called_by = "name"
    objects = ReleaseCriterionQuerySet.as_manager()

    class Meta:
        verbose_name = "criterion"
        verbose_name_plural = "criteria"
        ordering = ["category", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["release", "name"], name="criterion_once_a_release"),
            models.CheckConstraint(
                condition=Q(demand="yes", threshold=None, result=None)
                | Q(demand__in=["at_least", "at_most"], threshold__isnull=False, answer=None),
                name="criterion_by_figure_or_by_yes",
            ),
            models.CheckConstraint(
                condition=Q(result=None, answer=None) | Q(measured_on__isnull=False), name="result_of_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The constraints say it too, in words for machines."""
        if self.demand == self.Demand.YES and self.threshold is not None:
            raise ValidationError({"threshold": "What must be yes has no threshold."})
        if self.demand in (self.Demand.AT_LEAST, self.Demand.AT_MOST) and self.threshold is None:
            raise ValidationError({"threshold": "Say the figure that it must reach."})
        others = type(self).objects.filter(release=self.release_id, name=self.name).exclude(pk=self.pk)
        if others.exists():
            raise ValidationError({"name": "This release has a criterion of this name already."})
