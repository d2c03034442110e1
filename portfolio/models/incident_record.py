"""What is kept of an incident: its timeline, whom it was escalated to, what people were told, and what is learnt."""

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

from .incident import Incident
from .initiative import Initiative, on_visible
from .lists import NamedEntry

PERSON = settings.AUTH_USER_MODEL


def _person(**options: object) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(PERSON, models.PROTECT, related_name="+", **options)  # type: ignore[arg-type]


class OfIncidentQuerySet[M: models.Model](models.QuerySet[M]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What belongs to an incident is seen with it."""
        return self.filter(incident__in=Incident.objects.visible_to(user))


class TimelineQuerySet(OfIncidentQuerySet["TimelineEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """With the incident; what tells of one initiative alone, with that; that people were told, with the message."""
        rows, seen = super().visible_to(user), on_visible(user, "initiative")
        # Nothing to hold against who sees all: "or" with an empty condition would leave the other one alone.
        if not seen:
            return rows
        named = IncidentMessage.initiatives.through.objects.filter(incidentmessage=OuterRef("message"))
        return rows.filter(Q(initiative=None) | seen).exclude(Exists(named.exclude(seen)))


class TimelineEntry(models.Model):
    """Something that happened in the course of an incident. Inserted once, never edited; the database holds that."""

    class Kind(models.TextChoices):
        REPORTED = "reported", "Reported"
        SEVERITY = "severity", "Severity changed"
        CONTAINED = "contained", "Contained"
        RESOLVED = "resolved", "Resolved"
        REVIEWED = "reviewed", "Review concluded"
        REOPENED = "reopened", "Reopened"
        STEPPED_DOWN = "stepped_down", "Decision class stepped down"
        ROLLED_BACK = "rolled_back", "Rolled back"
        ESCALATED = "escalated", "Escalated"
        TOLD = "told", "People told"
        JOINED = "joined", "Initiative concerned"
        CHANGED = "changed", "Facts changed"
        ACTION = "action", "Action"
        COST = "cost", "Cost posted"
        NOTE = "note", "Note"

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="timeline")
    kind = models.CharField(max_length=12, choices=Kind)
    happened_at = models.DateTimeField()
    text = models.TextField(blank=True)
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, null=True, related_name="+", help_text="Where it tells of this one alone."
    )
    message = models.ForeignKey(
        "portfolio.IncidentMessage",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="Where it tells of this one.",
    )
    recorded_by = _person(null=True)
    recorded_at = models.DateTimeField(default=clock.now)

    objects = TimelineQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "timeline entries"
        ordering = ["happened_at", "pk"]
        indexes = [models.Index(fields=["incident", "happened_at", "id"], name="timeline_of_incident")]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:60]}" if self.text else self.get_kind_display()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class EscalationStep(models.Model):
    """A person or function on the way up, in order. Once told it stays."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="escalation")
    position = models.PositiveSmallIntegerField()
    person = _person(null=True, blank=True)
    function = models.CharField(max_length=200, blank=True, help_text="E.g. the head of service, or a hotline.")
    told_at = models.DateTimeField(null=True, blank=True)
    told_by = _person(null=True, blank=True)

    objects = OfIncidentQuerySet["EscalationStep"].as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(person__isnull=False) | ~Q(function=""), name="escalation_to_somebody"),
            models.CheckConstraint(
                condition=Q(told_at=None, told_by=None) | Q(told_at__isnull=False, told_by__isnull=False),
                name="escalation_told_by_somebody",
            ),
            models.UniqueConstraint(fields=["incident", "position"], name="escalation_in_order"),
        ]

    def __str__(self) -> str:
        return (
            f"{self.function} ({self.person})" if self.function and self.person else str(self.person or self.function)
        )


@pghistory.track()
class MessageTemplate(NamedEntry):
    """What people are told of an incident, with fields in braces that are filled in when it is sent."""

    subject = models.CharField(max_length=200)
    body = models.TextField()


class IncidentMessage(models.Model):
    """What was sent to whom, as it was sent. Inserted once, never edited."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="messages")
    template = models.CharField(max_length=200, blank=True, help_text="The name of the template it was made from.")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    recipients = models.ManyToManyField(User, related_name="+")
    initiatives = models.ManyToManyField(Initiative, related_name="+", help_text="Those that it may name.")
    sent_by = _person()
    sent_at = models.DateTimeField(default=clock.now)
    key = models.CharField(
        max_length=60,
        blank=True,
        editable=False,
        help_text="Names the message on its incident, so that it is sent once.",
    )

    objects = OfIncidentQuerySet["IncidentMessage"].as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "sent_by", "key"], condition=~Q(key=""), name="message_sent_once"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return self.subject


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class IncidentReview(models.Model):
    """What is learnt: what failed, why it was noticed late, and which control to add. Concluding it closes."""

    incident = models.OneToOneField(Incident, models.PROTECT, related_name="review")
    what_failed = models.TextField(blank=True)
    why_late = models.TextField("why detection was late", blank=True)
    control = models.TextField("which control to add", blank=True)
    written_by = _person()
    written_at = models.DateTimeField(default=clock.now)
    concluded_by = _person(null=True, blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)

    PARTS = ("what_failed", "why_late", "control")
    objects = OfIncidentQuerySet["IncidentReview"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(concluded_at=None, concluded_by=None)
                | (
                    Q(concluded_at__isnull=False, concluded_by__isnull=False)
                    & ~Q(what_failed="")
                    & ~Q(why_late="")
                    & ~Q(control="")
                ),
                name="incident_review_concluded_whole",
            )
        ]

    def __str__(self) -> str:
        return f"Review of {self.incident}"


class IncidentActionQuerySet(OfIncidentQuerySet["IncidentAction"]):
    def open(self) -> Self:
        return self.filter(done_at=None, dropped_at=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class IncidentAction(models.Model):
    """Something that a review gives to one person, by a day. Done with a result, or dropped with a reason."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="actions")
    text = models.CharField("what is to be done", max_length=500)
    owner = models.ForeignKey(PERSON, models.PROTECT, related_name="incident_actions")
    due_on = models.DateField("due")
    given_by = _person()
    given_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = _person(null=True, blank=True)
    result = models.TextField(blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = _person(null=True, blank=True)
    dropped_because = models.TextField(blank=True)

    called_by = "text"
    objects = IncidentActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(
                fields=["owner", "due_on"], condition=Q(done_at=None, dropped_at=None), name="incident_action_open"
            )
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="incident_action_says_what"),
            models.CheckConstraint(
                condition=Q(done_at=None, dropped_at=None)
                | (Q(dropped_at=None, done_at__isnull=False) & ~Q(result=""))
                | (Q(done_at=None, dropped_at__isnull=False) & ~Q(dropped_because="")),
                name="incident_action_done_or_dropped",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.dropped_at is None

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_on < clock.today()
