"""What was measured of an outcome metric, and what finance said of it (DESIGN §6, §7)."""

from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from aiso.web import figures
from portfolio.models import Initiative, OutcomeMetric

PERSON = settings.AUTH_USER_MODEL


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(metric__initiative__in=Initiative.objects.visible_to(user))

    def current(self) -> Self:
        """Those that no later one corrects."""
        return self.filter(corrected_by=None)

    def waiting(self) -> Self:
        """Those that finance has not answered."""
        return self.current().filter(answer=None)

    def confirmed(self) -> Self:
        """Those that finance confirmed, against the baseline that the metric still has."""
        same = {f"answer__{name}": F(f"metric__{name}") for name in MeasurementAnswer.AGAINST}
        return self.current().filter(answer__is_confirmed=True, **same)


@pghistory.track(pghistory.InsertEvent())
class Measurement(models.Model):
    """One value of an outcome metric on one day. Inserted once, never edited: a mistake is corrected by a later one."""

    # Where it was measured; its metric may have moved on since, with a merge.
    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="measurements")
    metric = models.ForeignKey(OutcomeMetric, models.PROTECT, related_name="measurements")
    value = models.DecimalField("measured", max_digits=18, decimal_places=4)
    measured_on = models.DateField("measured on")
    method = models.CharField("how it was measured", max_length=500)
    evidence = models.URLField(max_length=1000, blank=True)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    recorded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    done_to_metric = "measured"
    objects = MeasurementQuerySet.as_manager()

    class Meta:
        ordering = ["-measured_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(method=""), name="measurement_says_how"),
            models.CheckConstraint(condition=~Q(corrects=F("pk")), name="measurement_corrects_another"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.metric}, {figures.day(self.measured_on)}"

    def get_absolute_url(self) -> str:
        return reverse("value:measurement_detail", args=[self.pk])


class MeasurementAnswerQuerySet(models.QuerySet["MeasurementAnswer"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(measurement__in=Measurement.objects.visible_to(user))


@pghistory.track(pghistory.InsertEvent())
class MeasurementAnswer(models.Model):
    """A finance controller confirmed or rejected a measurement. A confirmation keeps what it was confirmed against:
    once the metric's baseline, unit or direction is another, it counts no more.
    """

    # What of the metric a confirmation rests on.
    AGAINST = ("baseline", "baseline_on", "unit", "direction")

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="+")
    measurement = models.OneToOneField(Measurement, models.PROTECT, related_name="answer")
    is_confirmed = models.BooleanField()
    reason = models.CharField(max_length=1000, blank=True)
    baseline = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    baseline_on = models.DateField(null=True)
    unit = models.CharField(max_length=40)
    direction = models.CharField(max_length=4, choices=OutcomeMetric.Direction)
    answered_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(default=clock.now)

    objects = MeasurementAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(is_confirmed=True) | ~Q(reason=""), name="rejection_says_why"),
            models.CheckConstraint(
                condition=Q(is_confirmed=False) | Q(baseline__isnull=False, baseline_on__isnull=False),
                name="confirmed_against_a_baseline",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.measurement}: {'confirmed' if self.is_confirmed else 'rejected'}"

    @property
    def holds(self) -> bool:
        """Whether it is a confirmation, and the metric is still what it was confirmed against."""
        metric = self.measurement.metric
        return self.is_confirmed and all(getattr(self, name) == getattr(metric, name) for name in self.AGAINST)
