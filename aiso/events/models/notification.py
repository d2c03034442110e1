from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models

from aiso import clock
from aiso.accounts.models import User

from .event import Event
from .mail import Mail


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Each person's own."""
        return self.filter(person=user) if isinstance(user, User) else self.none()

    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notification(models.Model):
    """One sentence for one person, with the place where it can be dealt with."""

    class Kind(models.TextChoices):
        """Why somebody is told; people choose by it how they get mail."""

        REQUEST = "request", "Request"
        REMINDER = "reminder", "Reminder"
        ESCALATION = "escalation", "Escalation"
        MENTION = "mention", "Mention"
        NEWS = "news", "News"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    event = models.ForeignKey(Event, models.PROTECT, related_name="notifications")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.NEWS)
    text = models.CharField(max_length=300)
    path = models.CharField(max_length=300, help_text="Where it is dealt with, inside this site.")
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)
    about = models.JSONField(default=dict, help_text="Ids of the things that one must see to be told.")
    awaits_digest = models.BooleanField(default=False)
    mail = models.ForeignKey(Mail, models.SET_NULL, null=True, related_name="notifications")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["person"], condition=models.Q(read_at=None), name="notification_unread"),
            models.Index(fields=["person", "created_at", "id"], name="notification_newest"),
            models.Index(fields=["person", "kind", "created_at", "id"], name="notification_newest_of_kind"),
            models.Index(
                fields=["person", "created_at"], condition=models.Q(awaits_digest=True), name="notification_for_digest"
            ),
            models.Index(fields=["read_at"], condition=models.Q(read_at__isnull=False), name="notification_read"),
        ]
        constraints = [models.UniqueConstraint(fields=["person", "event"], name="one_notification_an_event")]

    def __str__(self) -> str:
        return self.text
