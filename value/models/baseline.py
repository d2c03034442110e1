"""Who confirmed the baseline of an outcome metric, and what it was then (DESIGN §7)."""

from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from portfolio.models import Initiative, OutcomeMetric

PERSON = settings.AUTH_USER_MODEL


class BaselineConfirmationQuerySet(models.QuerySet["BaselineConfirmation"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(metric__initiative__in=Initiative.objects.visible_to(user))

    def holding(self) -> Self:
        """Those whose metric still is what was confirmed."""
        return self.filter(**{name: F(f"metric__{name}") for name in BaselineConfirmation.AGAINST})

    @classmethod
    def of_metric(cls, name: str = "pk") -> Exists:
        """Whether the baseline of a metric, by the name of its id, is confirmed as it stands."""
        return Exists(BaselineConfirmation.objects.holding().filter(metric=OuterRef(name)))


@pghistory.track(pghistory.InsertEvent())
class BaselineConfirmation(models.Model):
    """Somebody who has no part in an initiative agrees that a metric stood there before. Inserted once, never edited:
    it keeps the baseline as it was, and counts no more once the metric says another.
    """

    # What of the metric a confirmation rests on.
    AGAINST = ("baseline", "baseline_on", "baseline_source", "unit", "direction")

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="+")
    metric = models.ForeignKey(OutcomeMetric, models.PROTECT, related_name="baseline_confirmations")
    baseline = models.DecimalField(max_digits=18, decimal_places=4)
    baseline_on = models.DateField()
    baseline_source = models.CharField(max_length=300)
    unit = models.CharField(max_length=40)
    direction = models.CharField(max_length=4, choices=OutcomeMetric.Direction)
    is_after_launch = models.BooleanField(help_text="Whether the initiative was in production by then.")
    note = models.CharField("remark", max_length=1000, blank=True)
    confirmed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=clock.now)

    objects = BaselineConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"Baseline of {self.metric}: confirmed{' after launch' if self.is_after_launch else ''}"

    def holds_for(self, metric: OutcomeMetric) -> bool:
        return all(getattr(self, name) == getattr(metric, name) for name in self.AGAINST)
