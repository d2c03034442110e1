from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models

from aiso import clock


class EventQuerySet(models.QuerySet["Event"]):
    def waiting(self) -> Self:
        """Events not yet handed to their subscribers, oldest first."""
        return self.filter(relayed_at=None).order_by("pk")


class Event(models.Model):
    """Something that happened, written in the transaction that made it happen (the outbox of DESIGN §8)."""

    name = models.CharField(max_length=80)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    payload = models.JSONField(default=dict)
    happened_at = models.DateTimeField(default=clock.now)
    relayed_at = models.DateTimeField(null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["id"], condition=models.Q(relayed_at=None), name="event_waiting")]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_relayed", fields=["name", "actor", "payload", "happened_at"]),
        ]

    def __str__(self) -> str:
        return self.name
