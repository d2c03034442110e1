"""What a currency was worth, month by month."""

from datetime import date
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate

from .money import rate_to_reporting


class ExchangeRateQuerySet(models.QuerySet["ExchangeRate"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rates are no secret: everybody signed in."""
        return self if user.is_authenticated else self.none()

    def newest(self) -> Self:
        """Of each currency and month the last word."""
        return self.order_by("currency", "month", "-pk").distinct("currency", "month")

    def of_month(self, month: date) -> Self:
        return self.filter(month=month.replace(day=1))


class ExchangeRate(models.Model):
    """The rate of one currency in one month. Never edited: a later one takes its place for what is posted from then on;
    what was posted keeps the rate that it was posted by.
    """

    currency = models.CharField(max_length=3)
    month = models.DateField(help_text="Its first day.")
    rate = rate_to_reporting(help_text="What one of it is in the reporting currency.")
    source = models.CharField(max_length=300)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    objects = ExchangeRateQuerySet.as_manager()

    class Meta:
        ordering = ["-month", "currency", "-pk"]
        indexes = [models.Index(fields=["currency", "month", "-id"], name="rate_of_month")]
        constraints = [
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="rate_of_a_currency"),
            models.CheckConstraint(condition=Q(month__day=1), name="rate_month_is_its_first_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_positive"),
            models.CheckConstraint(condition=~Q(source=""), name="rate_has_a_source"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.currency}, {self.month:%Y-%m}"
