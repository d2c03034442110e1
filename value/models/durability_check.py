from typing import Self

import pghistory
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import Initiative, OutcomeMetric
from portfolio.models.stage import ENDED

from .measurement import Measurement


class DurabilityCheckQuerySet(models.QuerySet["DurabilityCheck"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(initiative__in=Initiative.objects.visible_to(user))

    def asking(self) -> Self:
        """Those that are due and that nothing measured since answers; of a metric the latest."""
        since = Measurement.objects.current().exclude(answer__is_confirmed=False)
        answered = since.filter(metric=OuterRef("metric"), measured_on__gte=OuterRef("due_on"))
        due = self.filter(due_on__lte=clock.today(), initiative__is_off_register=False)
        unanswered = due.exclude(initiative__stage__in=ENDED).exclude(Exists(answered))
        return unanswered.order_by("metric_id", "-due_on").distinct("metric_id")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class DurabilityCheck(models.Model):
    """A metric is to be measured again so many months after launch. It only asks: what counts follows from the facts
    (`value.durability`), also where none was scheduled.
    """

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="durability_checks")
    metric = models.ForeignKey(OutcomeMetric, models.CASCADE, related_name="durability_checks")
    months = models.PositiveSmallIntegerField(help_text="Calendar months after launch.")
    due_on = models.DateField()

    objects = DurabilityCheckQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["metric", "months"], name="durability_checked_once")]
        indexes = [models.Index(fields=["due_on"], name="durability_due")]

    def __str__(self) -> str:
        return f"{self.metric}, {self.months} months after launch"
