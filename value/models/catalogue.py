"""Metrics that mean the same everywhere, and what finance says one unit of each is worth (DESIGN §7)."""

from datetime import date
from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from aiso.web import figures
from portfolio.models import Initiative, OutcomeMetric

PERSON = settings.AUTH_USER_MODEL


class BenefitType(models.TextChoices):
    """Kinds of benefit, which are never added up without saying so."""

    CASHABLE = "cashable", "Cashable"
    CAPACITY = "capacity", "Capacity freed"
    COST_AVOIDANCE = "cost_avoidance", "Cost avoidance"
    REVENUE = "revenue", "Revenue"


class CatalogueMetricQuerySet(models.QuerySet["CatalogueMetric"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The catalogue is no secret: everybody signed in."""
        return self if user.is_authenticated else self.none()

    def active(self) -> Self:
        return self.filter(is_active=True)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class CatalogueMetric(models.Model):
    """A metric by which initiatives compare. Its unit and direction stay: what is counted otherwise is another one."""

    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=40, help_text="What one is, e.g. hours, calls.")
    direction = models.CharField(max_length=4, choices=OutcomeMetric.Direction)
    category = models.CharField(
        max_length=24,
        choices=OutcomeMetric.Category,
        default=OutcomeMetric.Category.BUSINESS_OUTCOME,
        help_text="Where it stands on every scorecard.",
    )
    about = models.CharField("what counts", max_length=500, blank=True, help_text="What counts as one, and what not.")
    is_active = models.BooleanField(default=True)

    called_by = "name"
    objects = CatalogueMetricQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="catalogue_metric_once")]
        triggers = [
            pgtrigger.Protect(
                name="counted_alike",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("unit", "direction"),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/catalogue/{self.pk}/"


class UnitValueQuerySet(models.QuerySet["UnitValue"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self if user.is_authenticated else self.none()

    def on(self, day: date) -> Self:
        """Of each metric the value that holds on a day: of those whose day has come the latest approved one."""
        rows: Self = self.filter(starts_on__lte=day).order_by("metric_id", "-pk").distinct("metric_id")
        return rows


class UnitValue(models.Model):
    """What one unit of a catalogue metric is worth from a day on, and as which kind of benefit. Never edited: finance
    approves the next one.
    """

    metric = models.ForeignKey(CatalogueMetric, models.PROTECT, related_name="values")
    amount = models.DecimalField(
        "value of one", max_digits=16, decimal_places=4, help_text="In the reporting currency."
    )
    benefit_type = models.CharField("kind of benefit", max_length=20, choices=BenefitType)
    starts_on = models.DateField("from")
    ends_on = models.DateField("until", null=True, blank=True, help_text="Its last day; empty holds until the next.")
    method = models.CharField("how it was worked out", max_length=500)
    evidence = models.CharField(max_length=300)
    approved_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(default=clock.now)

    objects = UnitValueQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="unit_value_positive"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="unit_value_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(method="") & ~Q(evidence=""), name="unit_value_says_why"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.metric}, from {self.starts_on}"

    @property
    def worth_of_one(self) -> str:
        """`320 €`, with all its decimals."""
        return f"{figures.measured(self.amount)}{figures.NBSP}{figures.symbol()}"

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)


class CatalogueLinkQuerySet(models.QuerySet["CatalogueLink"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(metric__initiative__in=Initiative.objects.visible_to(user))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class CatalogueLink(models.Model):
    """Which metric of the catalogue an outcome metric is. One without is not comparable."""

    metric = models.OneToOneField(OutcomeMetric, models.CASCADE, related_name="catalogue_link")
    entry = models.ForeignKey(CatalogueMetric, models.PROTECT, related_name="links")
    linked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    linked_at = models.DateTimeField(default=clock.now)

    objects = CatalogueLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.metric} is {self.entry}"

    @property
    def holds(self) -> bool:
        """Whether both still count the same way; an outcome metric may have changed since."""
        return counts_alike(self.metric, self.entry)


def counts_alike(metric: OutcomeMetric, entry: CatalogueMetric) -> bool:
    return metric.unit.casefold() == entry.unit.casefold() and metric.direction == entry.direction
