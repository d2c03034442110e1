"""Barriers: what holds an initiative up, with an owner and a clock (DESIGN §2)."""

from datetime import date
from typing import Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from aiso import clock

from .discussion import BelongingQuerySet
from .lists import NamedEntry
from .stage import ENDED


@pghistory.track()
class BarrierKind(NamedEntry):
    """What sort of thing holds initiatives up, e.g. data access."""


class BarrierQuerySet(BelongingQuerySet["Barrier"]):
    def open(self) -> Self:
        """Not lifted, on initiatives that go on: one that ended is held up by nothing."""
        running = ~Q(initiative__stage__in=ENDED) & Q(initiative__is_off_register=False)
        return self.filter(running, lifted_at=None)

    def late(self, as_of: date | None = None) -> Self:
        """Open beyond the day by which they were wanted lifted."""
        return self.open().filter(wanted_by__lt=as_of or clock.today())


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Barrier(models.Model):
    """One thing that holds an initiative up. Whoever owns it sees to it that it is lifted by a day."""

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="barriers")
    kind = models.ForeignKey(BarrierKind, models.PROTECT, related_name="barriers")
    what = models.CharField("what holds it up", max_length=300)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="barriers")
    waiting_on = models.CharField(
        "waiting for", max_length=200, blank=True, help_text="A person, a team or a function, e.g. legal."
    )
    wanted_by = models.DateField("to be lifted by")
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(default=clock.now)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    how = models.CharField("how it was lifted", max_length=500, blank=True)

    objects = BarrierQuerySet.as_manager()

    class Meta:
        ordering = ["wanted_by", "pk"]
        indexes = [
            models.Index(fields=["wanted_by", "id"], condition=Q(lifted_at=None), name="barrier_by_day"),
            models.Index(fields=["raised_at", "id"], name="barrier_by_age"),
            models.Index(fields=["owner"], condition=Q(lifted_at=None), name="barrier_by_owner"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None, how="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(how="")),
                name="barrier_lifted_by_somebody_somehow",
            )
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def is_late(self) -> bool:
        return self.lifted_at is None and self.wanted_by < clock.today()

    @property
    def days(self) -> int:
        """How long it has been there, or was."""
        return ((self.lifted_at or clock.now()) - self.raised_at).days
