"""What incidents cost: each posted as a risk loss of one of its initiatives."""

from typing import Self

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models

from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from portfolio.models import Incident

from .ledger import LedgerEntry


class IncidentCostQuerySet(models.QuerySet["IncidentCost"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Seen with the entry: by those who see its initiative and the money of it."""
        return self.filter(entry__in=LedgerEntry.objects.visible_to(user))


class IncidentCost(models.Model):
    """That an entry of the ledger is what an incident cost. Inserted with it, never edited; a reversal undoes both."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="costs")
    entry = models.OneToOneField(LedgerEntry, models.PROTECT, related_name="incident_cost")

    objects = IncidentCostQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"Cost of {self.incident.reference}: {self.entry}"
