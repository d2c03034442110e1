from datetime import time
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models

from aiso import clock
from aiso.accounts.models import User
from aiso.accounts.permissions import can_manage_people


class MailQuerySet(models.QuerySet["Mail"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those who keep people's accounts see whether mail arrives, and no one else reads another's."""
        return self if can_manage_people(user) else self.none()

    def due(self) -> Self:
        """Waiting, and not to be left alone for a while."""
        return self.filter(state=Mail.State.WAITING, next_try_at__lte=clock.now())


class Mail(models.Model):
    """One mail to one person: a notification at once, or a working day's digest. Written when it is sent."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        DROPPED = "dropped", "Not sent"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mails")
    digest_of = models.DateField(null=True, help_text="The day of a digest; empty for a mail at once.")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    next_try_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveIntegerField(default=0)
    settled_at = models.DateTimeField(null=True, help_text="When it was sent, given up or dropped.")
    problem = models.CharField(max_length=300, blank=True, help_text="Why it is not sent, or not yet.")

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=models.Q(state="waiting"), name="mail_waiting"),
            models.Index(fields=["created_at", "id"], name="mail_newest"),
            models.Index(fields=["state", "created_at", "id"], name="mail_newest_of_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "digest_of"], name="one_digest_a_day"),
            models.CheckConstraint(
                condition=models.Q(state="waiting", settled_at=None)
                | (~models.Q(state="waiting") & models.Q(settled_at__isnull=False)),
                name="mail_settled_since_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.subject or ("A digest" if self.digest_of else "A notification")


class MailPreference(models.Model):
    """How a person wants to be mailed of each kind of notification. Who chose nothing has the defaults."""

    class How(models.TextChoices):
        AT_ONCE = "at_once", "At once"
        DIGEST = "digest", "In the daily digest"
        NEVER = "never", "Never"

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="mail_preference"
    )
    request = models.CharField("requests", max_length=10, choices=How, default=How.AT_ONCE)
    reminder = models.CharField("reminders", max_length=10, choices=How, default=How.AT_ONCE)
    escalation = models.CharField("escalations", max_length=10, choices=How, default=How.AT_ONCE)
    mention = models.CharField("mentions", max_length=10, choices=How, default=How.AT_ONCE)
    news = models.CharField("news", max_length=10, choices=How, default=How.DIGEST)
    digest_at = models.TimeField("time of the digest", default=time(7), help_text="In the office’s time zone.")

    def __str__(self) -> str:
        return f"Mail to {self.person}"

    @classmethod
    def of(cls, person: User) -> "MailPreference":
        """What a person chose, or the defaults."""
        return getattr(person, "mail_preference", None) or cls(person=person)

    def how(self, kind: str) -> str:
        """How notifications of a kind are mailed."""
        return str(getattr(self, kind))
