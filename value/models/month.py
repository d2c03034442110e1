"""Months that finance closed: what was posted by then stays as it is."""

from datetime import date
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Max, Q

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate

from .ledger_triggers import CLOSES_IN_ORDER


class ClosedMonthQuerySet(models.QuerySet["ClosedMonth"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Which months are closed is no secret: everybody signed in."""
        return self if user.is_authenticated else self.none()

    def open_from(self) -> date | None:
        """The first day that is open; None while all are."""
        last: date | None = self.aggregate(last=Max("month"))["last"]
        return clock.months_later(last, 1) if last else None


class ClosedMonth(models.Model):
    """A month that was closed, and with it all before. For good: a mistake in it is mended in an open month."""

    month = models.DateField(unique=True, help_text="Its first day.")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(default=clock.now)

    objects = ClosedMonthQuerySet.as_manager()

    class Meta:
        ordering = ["-month"]
        constraints = [models.CheckConstraint(condition=Q(month__day=1), name="closed_month_is_its_first_day")]
        triggers = [
            pgtrigger.Trigger(
                name="closes_in_order", when=pgtrigger.Before, operation=pgtrigger.Insert, func=CLOSES_IN_ORDER
            ),
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.month:%B %Y}"
