"""Tables that people upload, on their way to where their rows land."""

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models

from aiso import clock
from aiso.accounts.models import User


class RowFileQuerySet[F: models.Model](models.QuerySet[F]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """One's own: the rows may name initiatives that others may not see."""
        return self.filter(uploaded_by=user) if isinstance(user, User) and user.is_active else self.none()


class RowFile(models.Model):
    """One uploaded table: its columns, its rows as they stood there, and, once landed, what became of each. Each kind
    of table has its pages `under` an address.
    """

    under: ClassVar[str]

    file_name = models.CharField(max_length=255)
    headers = models.JSONField()
    mapping = models.JSONField(help_text="The field of each header; empty leaves it out.")
    rows = models.JSONField(help_text="The number and the cells of each row.")
    outcomes = models.JSONField(default=list, help_text="The outcome and the reason of each row, once landed.")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    uploaded_at = models.DateTimeField(default=clock.now)
    landed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return f"{self.under}{self.pk}/"
