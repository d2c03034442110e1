"""Intake: the request that becomes an initiative, from its first answer to the office's word on it (DESIGN §2)."""

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.accounts.models.role import OFFICE

from .initiative import Initiative, oversight
from .ownership import Ownership


class IntakeQuerySet(models.QuerySet["Intake"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """One's own; and once submitted, those of initiatives that the user sees, and all in the office's reach.

        A draft is its requester's alone.
        """
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        reach = oversight(user)
        told = ~Q(state=Intake.State.DRAFT)
        # Subqueries, not joins: initiatives are found by the same rule as everywhere.
        seen = Q(initiative__in=Initiative.objects.visible_to(user))
        overseen = Q(submitted_at__isnull=False) & (Q() if reach is None else Q(unit__in=reach))
        return self.filter(Q(requester=user) | (told & (seen | overseen)))

    def to_triage_by(self, user: User) -> Self:
        """Those that wait for the office, in the user's reach; nobody triages what they asked for or own."""
        reach = [user.role_units[role] for role in OFFICE if role in user.role_units]
        if not reach:
            return self.none()
        rows = self.visible_to(user).waiting().exclude(requester=user)
        rows = rows.exclude(initiative__in=Ownership.objects.current().filter(person=user).values("initiative"))
        limited = [units for units in reach if units is not None]
        return rows.filter(unit__in=frozenset().union(*limited)) if len(limited) == len(reach) else rows

    def waiting(self) -> Self:
        """Those that the office has to answer."""
        return self.filter(state=Intake.State.SUBMITTED)


@pghistory.track(exclude=["answers", "submitted_answers", "changed_at"])
class Intake(models.Model):
    """One request. Its answers stay as they were given; what becomes of it is its state."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Waiting for triage"
        ASKED = "asked", "Question open"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        JOINED = "joined", "Joined to another"
        WITHDRAWN = "withdrawn", "Withdrawn"

    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="intakes")
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    answers = models.JSONField(default=dict, help_text="By question, as they were given.")
    submitted_answers = models.JSONField(
        null=True, blank=True, help_text="As they were when last submitted: what the initiative was made from."
    )
    unit = models.ForeignKey(
        BusinessUnit, models.PROTECT, null=True, blank=True, related_name="+", help_text="Follows from the answers."
    )
    initiative = models.OneToOneField(Initiative, models.PROTECT, null=True, blank=True, related_name="intake")
    joined_to = models.ForeignKey(Initiative, models.PROTECT, null=True, blank=True, related_name="joined_intakes")
    rationale = models.TextField(blank=True, help_text="Why the office decided so.")
    started_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["requester", "state"], name="intake_by_requester"),
            models.Index(fields=["submitted_at", "id"], condition=Q(state="submitted"), name="intake_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "joined", "withdrawn"]) | Q(initiative__isnull=False),
                name="submitted_intake_has_an_initiative",
            ),
            models.CheckConstraint(
                condition=~Q(state="joined") | Q(joined_to__isnull=False), name="joined_intake_names_the_other"
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(rationale=""), name="declined_intake_has_a_rationale"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}"

    def get_absolute_url(self) -> str:
        return f"/intakes/{self.reference}/"

    @property
    def reference(self) -> str:
        """The number that people use, e.g. IN-0042."""
        return f"IN-{self.pk:04d}"

    @property
    def name(self) -> str:
        return str(self.answers.get("name") or "").strip() or "Untitled request"

    @property
    def is_open(self) -> bool:
        """Whether its requester may still change the answers."""
        return self.state in {self.State.DRAFT, self.State.ASKED}

    @property
    def is_decided(self) -> bool:
        return self.state in {self.State.ACCEPTED, self.State.DECLINED, self.State.JOINED, self.State.WITHDRAWN}


class IntakeQuestionQuerySet(models.QuerySet["IntakeQuestion"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(intake__in=Intake.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(answered_at=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class IntakeQuestion(models.Model):
    """What the office asked about a request, and the requester's reply."""

    intake = models.ForeignKey(Intake, models.CASCADE, related_name="questions")
    text = models.TextField(max_length=5000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    answer = models.TextField(max_length=10_000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    called_by = "text"
    objects = IntakeQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["intake"], condition=Q(answered_at=None), name="one_open_question_an_intake"
            ),
        ]

    def __str__(self) -> str:
        return self.text
