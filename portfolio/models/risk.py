"""Risk tier and EU AI Act class: the highest answer in a versioned table of questions (DESIGN §5)."""

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models

from aiso import clock
from aiso.accounts.models import User


class RiskTier(models.TextChoices):
    LOW = "low", "Low"
    MODERATE = "moderate", "Moderate"
    HIGH = "high", "High"
    CRITICAL = "critical", "Critical"
    PROHIBITED = "prohibited", "Prohibited"


class AiActClass(models.TextChoices):
    """Classes of Regulation (EU) 2024/1689, mildest first."""

    MINIMAL = "minimal", "Minimal risk"
    LIMITED = "limited", "Transparency duties"
    HIGH = "high", "High risk"
    PROHIBITED = "prohibited", "Prohibited practice"


class QuestionSetQuerySet(models.QuerySet["QuestionSet"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self if user.is_authenticated else self.none()

    def in_force(self, kind: str) -> "QuestionSet":
        return self.asked().filter(kind=kind).latest("version")

    def asked(self) -> Self:
        """Versions that are or were asked; the newest of each kind is in force."""
        return self.filter(published_at__isnull=False)

    def all_in_force(self) -> Self:
        return self.asked().order_by("kind", "-version").distinct("kind")

    def coming(self) -> Self:
        """Published versions into which the answers are still being carried over."""
        return self.filter(published_at=None)


class QuestionSet(models.Model):
    """One version of the questions that set a tier or a class, in force once the answers are carried over.

    It is made from the published configuration of the same number, and never edited.
    """

    class Kind(models.TextChoices):
        RISK_TIER = "risk_tier", "Risk tier"
        AI_ACT = "ai_act", "EU AI Act class"
        PROHIBITED_USE = "prohibited_use", "Prohibited uses"

    kind = models.CharField(max_length=20, choices=Kind)
    version = models.PositiveIntegerField()
    published_at = models.DateTimeField(null=True, blank=True)

    objects = QuestionSetQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-version"]
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="question_set_version_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} questions, version {self.version}"


class Question(models.Model):
    """A question in a set. `code` names it across versions."""

    question_set = models.ForeignKey(QuestionSet, models.CASCADE, related_name="questions")
    code = models.SlugField(max_length=60)
    text = models.CharField(max_length=300)
    help_text = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField()

    called_by = "text"

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["question_set", "code"], name="question_code_once_a_set")]

    def __str__(self) -> str:
        return self.text


class AnswerOption(models.Model):
    """One possible answer, and the tier or class that it sets; none for what only has to be asked."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="options")
    code = models.SlugField(max_length=60)
    text = models.CharField(max_length=200)
    sets = models.CharField(max_length=20, blank=True, help_text="A risk tier, or an EU AI Act class.")
    position = models.PositiveSmallIntegerField()

    called_by = "text"

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["question", "code"], name="option_code_once_a_question")]

    def __str__(self) -> str:
        return self.text


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        from .initiative import Initiative

        return self.filter(initiative__in=Initiative.objects.visible_to(user))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Answer(models.Model):
    """What was answered to one question about one initiative. Only the latest answer counts."""

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    option = models.ForeignKey(AnswerOption, models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(default=clock.now)
    reason = models.TextField(blank=True, help_text="Prohibited uses are screened with reasons.")
    is_carried = models.BooleanField(default=False, help_text="Given to an earlier version of the questions.")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["question__position"]
        constraints = [models.UniqueConstraint(fields=["initiative", "question"], name="answer_once_a_question")]

    def __str__(self) -> str:
        return f"{self.question}: {self.option}"
