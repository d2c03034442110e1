"""What is kept of a meeting: minutes made from what was recorded, and signed additions to them."""

from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate

from .forum import Membership
from .meeting import Meeting

PERSON = settings.AUTH_USER_MODEL


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Everybody’s; which of their items somebody sees is asked of each item (forums/minutes_page.py)."""
        return self if user.is_authenticated else self.none()


class AddendumQuerySet(models.QuerySet["Addendum"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those signed, and what the person wrote; members of the forum also what still waits for its chair."""
        if not user.is_authenticated:
            return self.none()
        seats = Membership.objects.on(clock.today()).filter(forum=OuterRef("minutes__meeting__forum"), person=user.pk)
        return self.filter(Q(signed_at__isnull=False) | Q(written_by=user.pk) | Exists(seats))

    def signed(self) -> Self:
        return self.filter(signed_at__isnull=False)


@pghistory.track(pghistory.InsertEvent())
class Minutes(models.Model):
    """What was recorded in one meeting, as it stood when it was closed. Never edited: an addendum adds to it."""

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="minutes")
    content = models.JSONField(help_text="Who was there, the items with what came of them, actions.")
    sha256 = models.CharField(max_length=64, help_text="Of the content, as its bytes are written to the page.")
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")

    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "minutes"
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"Minutes of {self.meeting}"

    def get_absolute_url(self) -> str:
        return f"/meetings/{self.meeting_id}/minutes/"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Addendum(models.Model):
    """A correction of or an addition to minutes. It counts once the chair has signed it, and stays as it was signed."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="addenda")
    text = models.TextField()
    written_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    signed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)

    called_by = "text"
    objects = AddendumQuerySet.as_manager()

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
            pgtrigger.Protect(
                name="signed_stands", operation=pgtrigger.Update, condition=pgtrigger.Q(old__signed_at__isnull=False)
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return self.text[:80]
