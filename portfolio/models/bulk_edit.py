from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models

from aiso import clock
from aiso.accounts.models import User


class BulkEditQuerySet(models.QuerySet["BulkEdit"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Each person's own, to take back."""
        return self.filter(actor=user) if isinstance(user, User) else self.none()


class BulkEdit(models.Model):
    """One change made to many initiatives at once, with what each had before, so that it can be undone."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    field = models.CharField(max_length=40)
    value = models.JSONField(null=True)
    made_at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = BulkEditQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.field} of {self.rows.count()} initiatives"


class BulkEditRow(models.Model):
    """What one initiative had before a bulk edit."""

    bulk_edit = models.ForeignKey(BulkEdit, models.CASCADE, related_name="rows")
    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="+")
    before = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"{self.initiative_id}: {self.before}"
