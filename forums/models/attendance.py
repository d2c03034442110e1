"""Who was there, and who voted for whom."""

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q

from aiso import clock
from aiso.accounts.models import User

from .forum import Membership
from .meeting import Meeting, locked_with_meeting

PERSON = settings.AUTH_USER_MODEL


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self if user.is_authenticated else self.none()

    def present(self) -> Self:
        return self.filter(left_at=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Attendance(models.Model):
    """One person's presence at one meeting. Who comes back has their row opened again; history keeps the times."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendance")
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Membership.Role, blank=True, help_text="Empty for a guest.")
    has_vote = models.BooleanField(default=False)
    arrived_at = models.DateTimeField(default=clock.now)
    left_at = models.DateTimeField(null=True, blank=True)
    noted_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["arrived_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "person"], name="one_presence_a_meeting")]
        triggers = [locked_with_meeting("{row}.meeting_id")]

    def __str__(self) -> str:
        return f"{self.person} at {self.meeting}"


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent())
class Proxy(models.Model):
    """A member who is away lets another member vote for them at one meeting."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="proxies")
    giver = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    holder = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=clock.now)
    noted_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "proxies"
        constraints = [
            models.UniqueConstraint(fields=["meeting", "giver"], name="one_proxy_a_giver"),
            models.CheckConstraint(condition=~Q(giver=F("holder")), name="proxy_is_another"),
        ]
        triggers = [locked_with_meeting("{row}.meeting_id")]

    def __str__(self) -> str:
        return f"{self.holder} votes for {self.giver}"
