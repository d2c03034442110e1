"""What a meeting speaks of, item by item; and what waits for the next one."""

from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from portfolio.models import Initiative

from .forum import Forum, Membership
from .meeting import Meeting, locked_with_meeting

PERSON = settings.AUTH_USER_MODEL
# The source of what somebody put there.
BY_HAND = "by_hand"
# What came of an item that its meeting did not settle.
TO_BACKLOG = "Put off to the backlog"


class VoteChoice(models.TextChoices):
    """What a member may say, in a meeting or in writing."""

    FOR = "for", "For"
    AGAINST = "against", "Against"
    ABSTAIN = "abstain", "Abstain"
    RECUSED = "recused", "Recused"


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Items about no initiative, or about one that the user sees; members of the forum see all of its own
        (DESIGN §8).
        """
        if not user.is_authenticated:
            return self.none()
        seats = Membership.objects.on(clock.today()).filter(forum=OuterRef("forum"), person=user.pk)
        seen = Initiative.objects.visible_to(user).filter(pk=OuterRef("initiative"))
        return self.filter(Q(initiative=None) | Exists(seen) | Exists(seats))

    def backlog(self) -> Self:
        """What waits for a meeting that is not chosen yet."""
        return self.filter(meeting=None, state=AgendaItem.State.WAITING)

    def to_come(self) -> Self:
        return self.filter(state=AgendaItem.State.WAITING)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class AgendaItem(models.Model):
    """One thing to speak of. Without a meeting it waits in the forum's backlog. Taken off, it stays for the record."""

    class State(models.TextChoices):
        WAITING = "waiting", "To come"
        DONE = "done", "Done"
        DEFERRED = "deferred", "Put off"
        REMOVED = "removed", "Taken off"

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="items")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="items")
    position = models.PositiveIntegerField(default=0)
    source = models.SlugField(max_length=40, default=BY_HAND, help_text="Which part of the product put it there.")
    key = models.CharField(max_length=80, blank=True, help_text="What it is about, once a source and meeting.")
    title = models.CharField(max_length=300)
    why = models.CharField("why it is here", max_length=500, blank=True)
    initiative = models.ForeignKey(Initiative, models.PROTECT, null=True, blank=True, related_name="agenda_items")
    minutes = models.PositiveSmallIntegerField(default=10, validators=[MinValueValidator(1), MaxValueValidator(240)])
    put_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    put_at = models.DateTimeField(default=clock.now)
    is_kept = models.BooleanField(
        "kept by hand", default=False, help_text="Somebody put, moved or edited it: refreshing leaves it."
    )
    state = models.CharField(max_length=20, choices=State, default=State.WAITING)
    began_at = models.DateTimeField("on screen since", null=True, blank=True)
    seconds = models.PositiveIntegerField("spent, seconds", default=0)
    came_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The item of the meeting that put it off.",
    )
    motion = models.TextField("put to the vote", blank=True, help_text="What its members vote on, in words.")
    motion_number = models.PositiveSmallIntegerField(default=0, help_text="Counts what was put to the vote so far.")
    result = models.CharField(max_length=200, blank=True, help_text="What came of it, in a few words.")
    note = models.TextField(blank=True, help_text="What the minutes say of it.")
    settled_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    called_by = "title"
    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "source", "key"],
                condition=~Q(key="") & Q(meeting__isnull=False),
                name="item_once_a_meeting",
            ),
            models.UniqueConstraint(
                fields=["forum", "source", "key"],
                condition=~Q(key="") & Q(meeting=None, state="waiting"),
                name="item_once_a_backlog",
            ),
        ]
        indexes = [models.Index(fields=["meeting", "position"], name="item_of_meeting")]
        triggers = [
            locked_with_meeting("{row}.meeting_id"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/meetings/{self.meeting_id}/items/{self.pk}/" if self.meeting_id else f"/forums/{self.forum.slug}/"

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING


class ItemVoteQuerySet(models.QuerySet["ItemVote"]):
    def on_motion(self) -> Self:
        """Those on what is put to the vote now, and who is recused."""
        return self.filter(Q(motion_number=F("item__motion_number")) | Q(choice=VoteChoice.RECUSED))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class ItemVote(models.Model):
    """How one member with a vote voted on an item; cast by themselves or by whom they gave their proxy.

    It may change until the item is settled, and counts for what was put to the vote when it was cast; who is recused
    is so from all of the item.
    """

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="votes")
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="+", help_text="Whose vote it is.")
    choice = models.CharField(max_length=20, choices=VoteChoice)
    reason = models.TextField(blank=True)
    motion_number = models.PositiveSmallIntegerField(default=0, help_text="On which of what was put to the vote.")
    cast_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    cast_at = models.DateTimeField(default=clock.now)

    objects = ItemVoteQuerySet.as_manager()

    class Meta:
        ordering = ["cast_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["item", "person"], name="one_item_vote_a_person")]
        triggers = [locked_with_meeting("(SELECT meeting_id FROM forums_agendaitem WHERE id = {row}.item_id)")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_choice_display()}"
