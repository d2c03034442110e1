"""What is kept of a meeting: minutes made from what was recorded, and signed additions to them."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from aiso import clock
from aiso.audit.models import no_truncate

from .meeting import Meeting

PERSON = settings.AUTH_USER_MODEL


@pghistory.track(pghistory.InsertEvent())
class Minutes(models.Model):
    """What was recorded in one meeting, as it stood when it was closed. Never edited: an addendum adds to it."""

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="minutes")
    content = models.JSONField(help_text="Who was there, the items with what came of them, actions.")
    sha256 = models.CharField(max_length=64, help_text="Of the content, as its bytes are written to the page.")
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "minutes"
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"Minutes of {self.meeting}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Addendum(models.Model):
    """A correction of or an addition to minutes. It counts once the chair has signed it, and stays as it was signed."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="addenda")
    text = models.TextField()
    written_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    signed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "addenda"
        ordering = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="addendum_says_something"),
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None) | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="signed_addendum_says_by_whom",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="text_stands", fields=["minutes", "text", "written_by", "written_at"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return self.text[:80]
