"""When a forum meets, and one sitting of it."""

from datetime import datetime, timedelta
from typing import Self

import pghistory
import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from aiso.accounts.models import User
from aiso.audit.models import no_truncate

from .forum import Forum


def locked_with_meeting(meeting: str) -> pgtrigger.Trigger:
    """Refuses to add, change, move away or delete rows of a meeting that is closed or cancelled; `meeting` is its id
    as SQL on a row, called {row}.
    """
    over = "IF EXISTS (SELECT 1 FROM forums_meeting WHERE id = {meeting} AND state IN ('closed', 'cancelled')) THEN"
    refuse = "RAISE EXCEPTION 'pgtrigger: what a closed meeting holds is not changed';"
    was, becomes = (over.format(meeting=meeting.format(row=row)) for row in ("OLD", "NEW"))
    return pgtrigger.Trigger(
        name="closed_is_locked",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP <> 'INSERT' THEN
                {was}
                    {refuse}
                END IF;
            END IF;
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            {becomes}
                {refuse}
            END IF;
            RETURN NEW;
        """,
    )


@pghistory.track()
class Cadence(models.Model):
    """On which day of each month a forum meets. Its meetings are made ahead from it."""

    class Week(models.IntegerChoices):
        FIRST = 1, "First"
        SECOND = 2, "Second"
        THIRD = 3, "Third"
        FOURTH = 4, "Fourth"
        LAST = -1, "Last"

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Monday"
        TUESDAY = 1, "Tuesday"
        WEDNESDAY = 2, "Wednesday"
        THURSDAY = 3, "Thursday"
        FRIDAY = 4, "Friday"

    forum = models.OneToOneField(Forum, models.PROTECT, related_name="cadence")
    week = models.SmallIntegerField(choices=Week, default=Week.FIRST)
    weekday = models.PositiveSmallIntegerField(choices=Weekday, default=Weekday.THURSDAY)
    at = models.TimeField("starts at", help_text="In the office's time zone.")
    minutes = models.PositiveSmallIntegerField(
        "length, minutes", default=90, validators=[MinValueValidator(15), MaxValueValidator(480)]
    )
    place = models.CharField(max_length=200, blank=True, help_text="A room, or the link of a call.")
    months_ahead = models.PositiveSmallIntegerField(
        "made ahead, months", default=3, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )

    called_by = "forum"

    def __str__(self) -> str:
        return f"{self.get_week_display()} {self.get_weekday_display()} of each month, {self.at:%H:%M}"


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """When the forums meet is no secret inside the company; what they speak of has its own rule."""
        return self if user.is_authenticated else self.none()

    def coming(self) -> Self:
        """Not closed and not cancelled, the next one first."""
        return self.filter(state__in=AHEAD).order_by("starts_at", "pk")

    def live(self) -> Self:
        return self.filter(state=Meeting.State.LIVE)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["beat"])
class Meeting(models.Model):
    """One sitting of one forum: a draft, open once its agenda was sent, in progress, then closed for good."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        OPEN = "open", "Open"
        LIVE = "in_progress", "In progress"
        CLOSED = "closed", "Closed"
        CANCELLED = "cancelled", "Cancelled"

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField("starts")
    minutes_planned = models.PositiveSmallIntegerField(
        "length, minutes", default=90, validators=[MinValueValidator(15)]
    )
    place = models.CharField(max_length=200, blank=True)
    made_for = models.DateField(
        "made for the month of",
        null=True,
        blank=True,
        help_text="The first of the month for which the cadence made it; empty for one called by hand.",
    )
    version = models.PositiveSmallIntegerField(
        default=0, help_text="Grows with each change of day, length or place that calendars must take over."
    )
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    opened_at = models.DateTimeField("agenda sent", null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.TextField(blank=True)
    paused_at = models.DateTimeField("break since", null=True, blank=True)
    current = models.ForeignKey("forums.AgendaItem", models.SET_NULL, null=True, blank=True, related_name="+")
    beat = models.PositiveIntegerField(
        default=0, help_text="Grows with each change that those who follow the meeting must see."
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["forum"], condition=Q(state="in_progress"), name="one_live_meeting_a_forum"
            ),
            models.UniqueConstraint(
                fields=["forum", "starts_at"], condition=~Q(state="cancelled"), name="one_meeting_at_a_time"
            ),
            models.UniqueConstraint(fields=["forum", "made_for"], name="one_meeting_made_a_month"),
            models.CheckConstraint(
                condition=~Q(state__in=["in_progress", "closed"]) | Q(started_at__isnull=False),
                name="live_meeting_has_started",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed") & Q(closed_at=None),
                name="closed_meeting_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancelled_because=""), name="cancelled_meeting_says_why"
            ),
        ]
        indexes = [models.Index(fields=["forum", "state", "starts_at"], name="meeting_of_forum")]
        triggers = [
            pgtrigger.Protect(
                name="closed_is_locked",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["closed", "cancelled"]),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.forum}, {timezone.localtime(self.starts_at):%-d %b %Y}"

    def get_absolute_url(self) -> str:
        return f"/meetings/{self.pk}/"

    @property
    def ends_at(self) -> datetime:
        """When it is planned to end."""
        return self.starts_at + timedelta(minutes=self.minutes_planned)

    @property
    def is_ahead(self) -> bool:
        """Neither begun nor over: it may be moved or cancelled."""
        return self.state in (self.State.DRAFT, self.State.OPEN)

    @property
    def is_live(self) -> bool:
        return self.state == self.State.LIVE

    @property
    def is_locked(self) -> bool:
        return self.state in (self.State.CLOSED, self.State.CANCELLED)

    def is_too_long_with(self, minutes: int) -> bool:
        """Whether so many minutes on its agenda are more than it has, while that can be mended."""
        return minutes > self.minutes_planned and not self.is_locked

    @property
    def is_too_long(self) -> bool:
        """The same of a meeting that a list read with its `item_minutes`. Raises KeyError without."""
        return self.is_too_long_with(vars(self)["item_minutes"])


# States before and during a meeting: its agenda may still change.
AHEAD = (Meeting.State.DRAFT, Meeting.State.OPEN, Meeting.State.LIVE)
