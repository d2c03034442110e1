"""The plan of an initiative: what it is to bring and to cost, by month and kind, version by version (DESIGN §4)."""

from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate

from .initiative import Initiative
from .outcome import OutcomeMetric


class PlanKind(models.TextChoices):
    """The kinds of benefit, which are never added up without saying so, and of cost (DESIGN §7)."""

    CASHABLE = "cashable", "Cashable"
    CAPACITY = "capacity", "Capacity freed"
    COST_AVOIDANCE = "cost_avoidance", "Cost avoidance"
    REVENUE = "revenue", "Revenue"
    BUILD_COST = "build_cost", "Build cost"
    RUN_COST = "run_cost", "Run cost"


BENEFITS = (PlanKind.CASHABLE, PlanKind.CAPACITY, PlanKind.COST_AVOIDANCE, PlanKind.REVENUE)
COSTS = (PlanKind.BUILD_COST, PlanKind.RUN_COST)


def _refused_once_frozen(name: str, operation: "pgtrigger.Operation | pgtrigger.Operations") -> pgtrigger.Trigger:
    """Rows of a frozen version are neither added, changed nor removed."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        func="""
            IF EXISTS (
                SELECT 1 FROM portfolio_plan
                WHERE id IN (OLD.plan_id, NEW.plan_id) AND frozen_at IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'A frozen plan is never changed; write the next version.';
            END IF;
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            RETURN NEW;
        """,
    )


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Plans are money: those of initiatives that the user sees and whose money they see (DESIGN §8)."""
        return self.filter(initiative__in=Initiative.objects.visible_to(user).with_money_for(user))

    def newest(self) -> Self:
        """The newest version of each initiative."""
        return self.order_by("initiative_id", "-number").distinct("initiative_id")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Plan(models.Model):
    """One version of a plan. The newest changes until a decision approves it; then it is frozen for good."""

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="plans")
    number = models.PositiveSmallIntegerField("version", default=1)
    reason = models.TextField(blank=True, max_length=2000, help_text="Why the approved plan changes.")
    starts_on = models.DateField("work begins", null=True, blank=True)
    in_use_on = models.DateField("in use", null=True, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now, help_text="The last change to it or to its lines.")
    frozen_at = models.DateTimeField(null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["initiative_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "number"], name="plan_version_once"),
            models.UniqueConstraint(fields=["initiative"], condition=Q(frozen_at=None), name="one_open_plan_version"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="later_plan_has_a_reason"),
            models.CheckConstraint(condition=Q(number__gte=1), name="plan_versions_count_from_one"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="frozen_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__frozen_at__isnull=False),
            ),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"Plan version {self.number}"

    def get_absolute_url(self) -> str:
        return f"{self.initiative.get_absolute_url()}plan/{self.number}/"

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None


class PlanRowQuerySet[Row: models.Model](models.QuerySet[Row]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(plan__in=Plan.objects.visible_to(user))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class PlanLine(models.Model):
    """What one kind comes to in one month, in the reporting currency."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="lines")
    month = models.DateField(help_text="Its first day.")
    kind = models.CharField(max_length=20, choices=PlanKind)
    amount = models.DecimalField(max_digits=16, decimal_places=2, validators=[MinValueValidator(0)])

    objects = PlanRowQuerySet["PlanLine"].as_manager()

    class Meta:
        ordering = ["month", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "month", "kind"], name="plan_line_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="plan_month_is_its_first_day"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="plan_amount_not_negative"),
        ]
        triggers = [
            _refused_once_frozen("frozen_stays", pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.month:%Y-%m}"


@pghistory.track(pghistory.InsertEvent())
class PlanMetric(models.Model):
    """An outcome metric as it stood when its version was frozen."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="metrics")
    # The id alone: the metric may be taken away later, the copy stays.
    metric = models.BigIntegerField(help_text="The id of the metric that it is a copy of.")
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=40)
    direction = models.CharField(max_length=4, choices=OutcomeMetric.Direction)
    category = models.CharField(
        max_length=24, choices=OutcomeMetric.Category, default=OutcomeMetric.Category.BUSINESS_OUTCOME
    )
    baseline = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    baseline_on = models.DateField(null=True)
    baseline_source = models.CharField(max_length=300, blank=True)
    target = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    horizon_on = models.DateField(null=True)
    constraint = models.CharField(max_length=300, blank=True)

    objects = PlanRowQuerySet["PlanMetric"].as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "metric"], name="plan_metric_once")]
        triggers = [
            _refused_once_frozen("frozen_stays", pgtrigger.Insert),
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return self.name


# What a frozen version keeps of each metric.
COPIED = (
    "name",
    "unit",
    "direction",
    "category",
    "baseline",
    "baseline_on",
    "baseline_source",
    "target",
    "horizon_on",
    "constraint",
)
