"""The rate by which a year makes money worth less."""

from datetime import date, datetime
from decimal import Decimal
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate


class YearlyRateQuerySet(models.QuerySet["YearlyRate"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The rate is no secret: everybody signed in."""
        return self if user.is_authenticated else self.none()

    def on(self, day: date, *, known_at: datetime | None = None) -> "YearlyRate | None":
        """The rate that holds on a day, as it was known then: of those that began the latest day, the last word."""
        rows = self.filter(starts_on__lte=day, recorded_at__lte=known_at or clock.now())
        return rows.order_by("-starts_on", "-pk").first()


class YearlyRate(models.Model):
    """What finance discounts by from a day on. Never edited: a later word for the same day takes its place."""

    per_cent = models.DecimalField("per cent a year", max_digits=5, decimal_places=2)
    starts_on = models.DateField("from")
    source = models.CharField("where it comes from", max_length=300)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    objects = YearlyRateQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(per_cent__gte=0, per_cent__lte=100), name="yearly_rate_in_per_cent"),
            models.CheckConstraint(condition=~Q(source=""), name="yearly_rate_has_a_source"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.per_cent.normalize():f} % a year"

    @property
    def share(self) -> Decimal:
        """0.08 for eight per cent."""
        return self.per_cent / 100
