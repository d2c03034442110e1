"""One function's answer on one review, with its clock and the seal of what it rested on."""

from datetime import date
from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from portfolio.models import Initiative
from portfolio.models.initiative import on_visible

from .function import ReviewFunction
from .review import GateReview

# What the queue sorts by: a clock that a question stopped has no day, and stands last.
DUE_KEY = Coalesce("due_on", Value(date.max))


class SignOffQuerySet(models.QuerySet["SignOff"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(on_visible(user, "review__initiative"))

    def open(self) -> Self:
        """Those that somebody is to answer now, for the first time or anew."""
        return self.to_answer().filter(review__closed_at=None)

    def to_answer(self) -> Self:
        """Those without an answer that stands, whose evidence is there."""
        return self.filter(state__in=TO_ANSWER, started_at__isnull=False)

    def unanswered(self) -> Self:
        """Those without an answer that stands, whether their evidence is there or not."""
        return self.exclude(state=SignOff.State.ANSWERED)

    def objecting(self) -> Self:
        """Those whose answer that stands is an objection."""
        return self.filter(state=SignOff.State.ANSWERED, answer__verdict=SignOffAnswer.Verdict.OBJECT)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class SignOff(models.Model):
    """What one function is to say of one review. It opens when its evidence is there; its clock counts working days.

    A clock that runs out escalates and never approves (DESIGN §4).
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for evidence"
        OPEN = "open", "To answer"
        ANSWERED = "answered", "Answered"
        OUTDATED = "outdated", "Outdated"

    review = models.ForeignKey(GateReview, models.CASCADE, related_name="sign_offs")
    function = models.ForeignKey(ReviewFunction, models.PROTECT, related_name="sign_offs")
    asked_by = models.JSONField(default=list, help_text="Rules: {kind, code, name, version}.")
    state = models.CharField(max_length=20, choices=State, default=State.WAITING)
    clock_days = models.PositiveSmallIntegerField(help_text="Working days to answer in.")
    started_at = models.DateTimeField(null=True, blank=True, help_text="When its evidence was complete.")
    due_on = models.DateField(null=True, blank=True, help_text="Empty while a question stops the clock.")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="To whom a member of the function passed it.",
    )
    assigned_because = models.CharField(max_length=300, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    answer = models.ForeignKey(
        "SignOffAnswer", models.PROTECT, null=True, blank=True, related_name="+", help_text="The one that stands."
    )

    objects = SignOffQuerySet.as_manager()

    class Meta:
        ordering = ["function__order", "pk"]
        indexes = [
            models.Index(DUE_KEY, "id", condition=Q(state__in=["open", "outdated"]), name="sign_off_queue"),
            models.Index(
                "function", DUE_KEY, "id", condition=Q(state__in=["open", "outdated"]), name="sign_off_queue_function"
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["review", "function"], name="sign_off_once_a_review")]

    def __str__(self) -> str:
        return f"{self.function} on {self.review}"

    def get_absolute_url(self) -> str:
        return f"/sign-offs/{self.pk}/"

    @property
    def is_to_answer(self) -> bool:
        """Whether somebody is to answer it now; whether the review is open the caller knows."""
        return self.state in TO_ANSWER and self.started_at is not None

    @property
    def is_objection(self) -> bool:
        """Whether an objection stands. Reads the answer."""
        answered = self.state == self.State.ANSWERED and self.answer is not None
        return answered and self.answer.verdict == SignOffAnswer.Verdict.OBJECT  # type: ignore[union-attr]


# States in which there is no answer that stands, once the evidence is there.
TO_ANSWER = (SignOff.State.OPEN, SignOff.State.OUTDATED)


class SignOffAnswerQuerySet(models.QuerySet["SignOffAnswer"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(on_visible(user, "sign_off__review__initiative"))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class SignOffAnswer(models.Model):
    """What a function said, sealed: a hash and a readable copy of everything that it rested on.

    Never edited; only that it became outdated is added, with the fields that changed.
    """

    class Verdict(models.TextChoices):
        APPROVE = "approve", "Approve"
        CONDITIONS = "conditions", "Approve with conditions"
        OBJECT = "object", "Object"
        NOT_APPLICABLE = "not_applicable", "Not applicable"

    sign_off = models.ForeignKey(SignOff, models.PROTECT, related_name="answers")
    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="sign_off_answers")
    verdict = models.CharField(max_length=20, choices=Verdict)
    reason = models.TextField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Time it took, in minutes.")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(default=clock.now)
    seal = models.CharField(max_length=64, help_text="SHA-256 of the canonical copy, in hexadecimal.")
    copy = models.JSONField(help_text="What was approved: [{key, label, value, ref}] in the order shown.")
    groups = ArrayField(
        models.SlugField(max_length=40), default=list, help_text="The groups of facts that it rests on."
    )
    deviates_from = models.JSONField(
        default=list,
        blank=True,
        help_text="Of a *not applicable*: the rules that asked, {kind, code, name, version}.",
    )
    outdated_at = models.DateTimeField(null=True, blank=True)
    outdated_because = models.JSONField(default=list, help_text="Changed fields: [{key, label, was, now}].")

    objects = SignOffAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["-answered_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="sign_off_has_a_reason")]
        triggers = [
            pgtrigger.ReadOnly(
                name="never_edited",
                fields=[
                    *("sign_off", "initiative", "verdict", "reason", "minutes", "answered_by", "answered_at"),
                    *("seal", "copy", "groups", "deviates_from"),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.sign_off}: {self.get_verdict_display()}"

    @property
    def is_outdated(self) -> bool:
        return self.outdated_at is not None

    @property
    def is_deviation(self) -> bool:
        """Whether a function that a rule requires said that it has nothing to say."""
        return bool(self.deviates_from)


class SignOffQuestionQuerySet(models.QuerySet["SignOffQuestion"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(on_visible(user, "sign_off__review__initiative"))

    def open(self) -> Self:
        return self.filter(replied_at=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class SignOffQuestion(models.Model):
    """What a function asks the owners before it can answer. Its clock stops until the reply."""

    sign_off = models.ForeignKey(SignOff, models.CASCADE, related_name="questions")
    text = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    replied_at = models.DateTimeField(null=True, blank=True)

    objects = SignOffQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sign_off"], condition=Q(replied_at=None), name="one_open_question_a_sign_off"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]
