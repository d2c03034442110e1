"""What somebody promised in a meeting, by a date."""

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q

from aiso import clock
from aiso.accounts.models import User

from .agenda import AgendaItem
from .forum import Forum
from .meeting import Meeting

PERSON = settings.AUTH_USER_MODEL


class ActionItemQuerySet(models.QuerySet["ActionItem"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Their own, and those of items that the user sees."""
        if not user.is_authenticated:
            return self.none()
        seen = AgendaItem.objects.visible_to(user).filter(pk=OuterRef("item"))
        return self.filter(Q(item=None) | Q(owner=user.pk) | Exists(seen))

    def with_sight(self, user: User) -> Self:
        """With `sees_item`: whether the user sees what each is about. An owner’s own action may be about what they do
        not see any more.
        """
        seen = AgendaItem.objects.visible_to(user).filter(pk=OuterRef("item"))
        return self.annotate(sees_item=Exists(seen))

    def open(self) -> Self:
        return self.filter(done_at=None, dropped_at=None)

    def overdue(self) -> Self:
        return self.open().filter(due_on__lt=clock.today())


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class ActionItem(models.Model):
    """Something to do that a meeting gave to one person. Done by its owner, or dropped with a reason."""

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="actions")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="actions")
    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True, blank=True, related_name="actions")
    text = models.TextField("what is to be done")
    owner = models.ForeignKey(PERSON, models.PROTECT, related_name="action_items")
    due_on = models.DateField("due")
    given_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    done_note = models.TextField("what was done", blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    dropped_because = models.TextField(blank=True)

    called_by = "text"
    objects = ActionItemQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["owner", "due_on"], condition=Q(done_at=None, dropped_at=None), name="action_open"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="action_says_what"),
            models.CheckConstraint(condition=Q(done_at=None) | Q(dropped_at=None), name="action_done_or_dropped"),
            models.CheckConstraint(
                condition=Q(dropped_at=None) | ~Q(dropped_because=""), name="dropped_action_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    def get_absolute_url(self) -> str:
        return f"/actions/{self.pk}/"

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.dropped_at is None

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_on < clock.today()

    @property
    def state(self) -> str:
        if self.dropped_at:
            return "dropped"
        if self.done_at:
            return "done"
        return "overdue" if self.is_late else "open"
