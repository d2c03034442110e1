"""Decisions between meetings, taken by a quorum in writing (DESIGN §4)."""

from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from forums.models import Forum, VoteChoice

from .decision import Decision
from .review import GateReview


class WrittenBallotQuerySet(models.QuerySet["WrittenBallot"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(review__in=GateReview.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(state=WrittenBallot.State.OPEN)

    def lapsing(self) -> Self:
        """Open ones whose last day has passed."""
        return self.open().filter(closes_on__lt=clock.today())


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class WrittenBallot(models.Model):
    """A decision that the members of a body are asked to take in writing. What is proposed never changes."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CARRIED = "carried", "Carried"
        LOST = "lost", "Lost"
        LAPSED = "lapsed", "Lapsed without a quorum"
        STOPPED = "stopped", "Stopped"

    review = models.ForeignKey(GateReview, models.PROTECT, related_name="ballots")
    body = models.ForeignKey(Forum, models.PROTECT, related_name="ballots")
    outcome = models.CharField(max_length=20, choices=Decision.Outcome)
    rationale = models.TextField()
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    release_now = models.DecimalField(
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="What of it would be released at once; the rest waits for the conditions.",
    )
    hold_until = models.DateField(null=True, blank=True)
    back_to = models.SlugField(max_length=60, blank=True)
    conditions = models.JSONField(default=list, help_text="What it would set: [{text, owner, due_on}].")
    overrides = models.JSONField(default=list, help_text="What it would override: [{what, reason}].")
    closing = models.JSONField(default=dict, help_text="What terminating it would say: {reason, lessons, reusable}.")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    closes_on = models.DateField(help_text="The last day on which votes count.")
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_because = models.TextField(blank=True)
    decision = models.OneToOneField(Decision, models.PROTECT, null=True, blank=True, related_name="ballot")

    objects = WrittenBallotQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        indexes = [models.Index(fields=["closes_on"], condition=Q(state="open"), name="ballot_open")]
        constraints = [
            models.UniqueConstraint(fields=["review"], condition=Q(state="open"), name="one_open_ballot_a_review"),
            models.CheckConstraint(condition=~Q(rationale=""), name="ballot_has_a_rationale"),
            models.CheckConstraint(
                condition=Q(state="carried", decision__isnull=False) | (~Q(state="carried") & Q(decision=None)),
                name="carried_ballot_has_its_decision",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="proposal_stands",
                fields=[
                    "review",
                    "body",
                    "outcome",
                    "rationale",
                    "amount",
                    "release_now",
                    "hold_until",
                    "back_to",
                    "conditions",
                    "overrides",
                    "closing",
                    "opened_by",
                    "opened_at",
                    "closes_on",
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} in writing: {self.review}"

    def get_absolute_url(self) -> str:
        return f"/ballots/{self.pk}/"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def back_to_name(self) -> str:
        """The gate that it would go back to, as people call it."""
        return self.review.gate_name(self.back_to) if self.back_to else ""


@pghistory.track(pghistory.InsertEvent())
class BallotVote(models.Model):
    """What one member said in a written ballot. Given once, never changed."""

    ballot = models.ForeignKey(WrittenBallot, models.PROTECT, related_name="votes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    choice = models.CharField(max_length=20, choices=VoteChoice)
    reason = models.TextField(blank=True)
    cast_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["cast_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["ballot", "person"], name="one_vote_a_person")]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_choice_display()}"
