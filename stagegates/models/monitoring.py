"""The looks at a system in use that the governance matrix asks for, again and again (DESIGN §4)."""

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from aiso import clock
from aiso.accounts.models import User
from aiso.configuration.models import ConfigurationVersion
from portfolio.models import Initiative


class MonitoringTaskQuerySet(models.QuerySet["MonitoringTask"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(initiative__in=Initiative.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(done_at=None, dropped_at=None)

    def done(self) -> Self:
        return self.filter(done_at__isnull=False)

    def late(self) -> Self:
        return self.open().filter(due_on__lt=clock.today())


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class MonitoringTask(models.Model):
    """One look that is due: whether it still does what it should. The next is scheduled when this one is done.

    It falls away when the initiative leaves production, or when no rule asks for it any more.
    """

    class Finding(models.TextChoices):
        AS_EXPECTED = "as_expected", "Works as expected"
        ATTENTION = "attention", "Needs attention"
        STOP = "stop", "Must be stopped or set back"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="monitoring_tasks")
    due_on = models.DateField()
    counted_from = models.DateField(
        help_text="The day from which its months count: the last look, or the first asking."
    )
    months = models.PositiveSmallIntegerField(help_text="Months between two looks.")
    rule = models.SlugField(max_length=60, help_text="The code of the rule that asks most often.")
    rule_name = models.CharField(max_length=120)
    version = models.ForeignKey(ConfigurationVersion, models.PROTECT, related_name="+")
    finding = models.CharField(max_length=20, choices=Finding, blank=True)
    note = models.TextField(blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_because = models.CharField(max_length=200, blank=True)

    objects = MonitoringTaskQuerySet.as_manager()

    class Meta:
        ordering = ["-due_on", "-pk"]
        indexes = [models.Index(fields=["due_on"], condition=Q(done_at=None, dropped_at=None), name="monitoring_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative"],
                condition=Q(done_at=None, dropped_at=None),
                name="one_open_monitoring_task_an_initiative",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, finding="", done_by=None)
                | (Q(done_at__isnull=False, done_by__isnull=False) & ~Q(finding="")),
                name="done_monitoring_has_a_finding",
            ),
            models.CheckConstraint(condition=Q(done_at=None) | Q(dropped_at=None), name="monitoring_done_or_dropped"),
            models.CheckConstraint(
                condition=Q(dropped_at=None) | ~Q(dropped_because=""), name="dropped_monitoring_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"Monitoring due {self.due_on}"

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.dropped_at is None

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_on < clock.today()
