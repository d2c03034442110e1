"""What people attach to an initiative: comments, files, links."""

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models

from aiso import clock
from aiso.accounts.models import User


class BelongingQuerySet[M: models.Model](models.QuerySet[M]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What belongs to an initiative is seen with it."""
        from .initiative import Initiative

        return self.filter(initiative__in=Initiative.objects.visible_to(user))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Comment(models.Model):
    """A remark in the discussion, in Markdown. Its author may correct it; withdrawn text leaves a trace."""

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(max_length=10_000)
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    written_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = BelongingQuerySet["Comment"].as_manager()

    class Meta:
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:60]}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Link(models.Model):
    """A web address with a name."""

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="links")
    name = models.CharField(max_length=200)
    address = models.URLField(max_length=1000)

    objects = BelongingQuerySet["Link"].as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Attachment(models.Model):
    """An uploaded file, kept under a name of ours and always served as a download."""

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=255, help_text="As uploaded.")
    file = models.FileField(upload_to="attachments/%Y/%m", max_length=255)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=clock.now)

    objects = BelongingQuerySet["Attachment"].as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
