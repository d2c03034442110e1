"""What an initiative asks for outside a gate: money, or to grow. Decided like a decision on the initiative."""

from datetime import date
from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery

from aiso import clock
from aiso.audit.models import no_truncate

from .decision import Decision
from .standing_rows import stands_once


def asking_stands(*words: str) -> list[pgtrigger.Trigger]:
    """What is asked for never changes: who wants something else withdraws it and asks anew. Once closed it stays so."""
    closed = pgtrigger.Q(old__closed_at__isnull=False)
    return [
        pgtrigger.ReadOnly(name="asking_stands", fields=["initiative", *words]),
        stands_once(closed, "asked_by", "asked_at", "closed_at", "was_withdrawn"),
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        no_truncate(),
    ]


class AskedQuerySet[M: models.Model](models.QuerySet[M]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def waiting(self, day: date) -> Self:
        """Open ones, without those that were held to a later day; the longest wait first."""
        ruled_by: str = self.model.ruled_by  # type: ignore[attr-defined]
        latest = Decision.objects.filter(**{f"{ruled_by}__request": OuterRef("pk")}).order_by("-pk")
        held = self.open().alias(held=Subquery(latest.values("hold_until")[:1]))
        return held.filter(Q(held=None) | Q(held__lte=day)).order_by("asked_at", "pk")


class AskedOutsideGates(models.Model):
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    was_withdrawn = models.BooleanField(default=False)

    # What its events are called, and what a decision calls the ruling that ties it to this.
    told_as: ClassVar[str]
    ruled_by: ClassVar[str]

    class Meta:
        abstract = True
        ordering: ClassVar = ["-asked_at", "-pk"]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def decisions(self) -> "models.QuerySet[Decision]":
        """What was decided on it, the latest first."""
        return Decision.objects.filter(**{f"{self.ruled_by}__request": self})
