"""Why an initiative was ended, what was learnt, and what is to be done once a system in use is switched off."""

from decimal import Decimal
from typing import Any, Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from portfolio.models import Initiative, Stage
from portfolio.models.stage import IN_PRODUCTION

from .decision import Decision
from .funding import FundingEntry

PERSON = settings.AUTH_USER_MODEL
BACK = (FundingEntry.Kind.FREE, FundingEntry.Kind.RETURN)


class ClosureQuerySet(models.QuerySet["Closure"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(initiative__in=Initiative.objects.visible_to(user))

    def with_handed_back(self) -> Self:
        """With `handed_back`: what its decision freed and returned, and what reversed spending returned since."""
        entries = FundingEntry.objects.filter(tranche__initiative=OuterRef("initiative"), kind__in=BACK)
        own = Q(decision=OuterRef("decision"))
        since = Q(decision=None, recorded_at__gte=OuterRef("decision__decided_at"))
        total = entries.filter(own | since).order_by().values("tranche__initiative").annotate(sum=Sum("amount"))
        return self.annotate(handed_back=Coalesce(Subquery(total.values("sum")), Value(Decimal("0.00"))))

    def with_decommissioning(self) -> Self:
        """With `things`, `things_open` and `things_late`: how much there is to do, is left, and is late."""
        return self.annotate(
            **{
                name: Coalesce(Subquery(counted), Value(0))
                for name, counted in (
                    ("things", _counted(Q())),
                    ("things_open", _counted(Q(done_at=None))),
                    ("things_late", _counted(Q(done_at=None, due_on__lt=clock.today()))),
                )
            }
        )


def _counted(which: Q) -> "models.QuerySet[Any, Any]":
    rows = DecommissioningTask.objects.filter(which, closure=OuterRef("pk")).order_by().values("closure")
    return rows.annotate(n=models.Count("pk")).values("n")


@pghistory.track(pghistory.InsertEvent())
class Closure(models.Model):
    """What a terminating decision says beside its rationale. Written once; what is learnt later is added below it."""

    class Reason(models.TextChoices):
        NO_VALUE = "no_value_path", "No value path"
        DUPLICATE = "duplicate", "Duplicate"
        RISK = "risk", "Risk"
        COST = "cost", "Cost"
        SUPERSEDED = "superseded", "Superseded"
        COMPLETED = "completed", "Completed"

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="closure")
    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="closures")
    reason = models.CharField(max_length=20, choices=Reason)
    lessons = models.TextField()
    reusable = models.TextField("what can be used again, and where it is", blank=True)
    from_stage = models.CharField(max_length=20, choices=Stage, help_text="Its stage until then, or before its pause.")

    called_by = "reason"
    objects = ClosureQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=~Q(lessons=""), name="closure_has_lessons")]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.initiative.reference} closed: {self.get_reason_display().lower()}"

    def get_absolute_url(self) -> str:
        return f"/closings/{self.pk}/"

    @property
    def was_in_production(self) -> bool:
        return self.from_stage in IN_PRODUCTION


class LaterLessonQuerySet(models.QuerySet["LaterLesson"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(closure__in=Closure.objects.visible_to(user))


@pghistory.track(pghistory.InsertEvent())
class LaterLesson(models.Model):
    """What somebody learnt after the end, under their name. Never changed."""

    closure = models.ForeignKey(Closure, models.PROTECT, related_name="later")
    text = models.TextField()
    added_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)

    objects = LaterLessonQuerySet.as_manager()

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="later_lesson_says_something")]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class DecommissioningTaskQuerySet(models.QuerySet["DecommissioningTask"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(initiative__in=Initiative.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(done_at=None)

    def late(self) -> Self:
        return self.open().filter(due_on__lt=clock.today())


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class DecommissioningTask(models.Model):
    """One thing to see to when a system in use is switched off: done, or not needed for a reason."""

    closure = models.ForeignKey(Closure, models.PROTECT, related_name="tasks")
    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="decommissioning_tasks")
    code = models.SlugField(max_length=60, help_text="Its row in the checklist that was in force.")
    what = models.TextField()
    owner = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    due_on = models.DateField("by")
    done_at = models.DateTimeField("settled", null=True, blank=True)
    done_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    is_needed = models.BooleanField(default=True)
    note = models.TextField(blank=True, help_text="How it was done, or why it is not needed.")

    called_by = "what"
    objects = DecommissioningTaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["due_on"], condition=Q(done_at=None), name="decommissioning_due")]
        constraints = [
            models.UniqueConstraint(fields=["closure", "code"], name="each_thing_once_a_closure"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None, is_needed=True, note="")
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="settled_by_somebody",
            ),
            models.CheckConstraint(condition=Q(is_needed=True) | ~Q(note=""), name="not_needed_for_a_reason"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="thing_stands", fields=["closure", "initiative", "code", "what"]),
            pgtrigger.Protect(
                name="settled_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__done_at__isnull=False),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return self.what[:80]

    def get_absolute_url(self) -> str:
        return f"/decommissioning/{self.pk}/"

    @property
    def is_open(self) -> bool:
        return self.done_at is None

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_on < clock.today()

    @property
    def state(self) -> str:
        """open, late, done or not_needed."""
        if self.is_open:
            return "late" if self.is_late else "open"
        return "done" if self.is_needed else "not_needed"
