"""What sets an autonomy level beside the four tests, and who accepted the map of them (DESIGN §5)."""

from decimal import Decimal
from typing import Self

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Func, Q

from aiso import clock

from .decision import AutonomyLevel, DecisionClass
from .discussion import BelongingQuerySet
from .ownership import OwnerKind

# Decisions of one reading; a class decides at most 604,800,000 a week, and a reading may cover years.
MOST_READ = 2_000_000_000


def _person(**options: object) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", **options)  # type: ignore[arg-type]


class LevelChoiceQuerySet(BelongingQuerySet["LevelChoice"]):
    def standing(self) -> Self:
        """Those that nobody ended: in force, or waiting for somebody's consent."""
        return self.filter(ended_at=None)

    def in_force(self) -> Self:
        return self.standing().exclude(agreed_at=None)

    def waiting(self) -> Self:
        """Bolder ones that still lack somebody's consent."""
        return self.standing().filter(agreed_at=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class LevelChoice(models.Model):
    """A level that people chose in place of the calibrated one. A bolder one waits until those agreed who must."""

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="level_choices")
    decision_class = models.ForeignKey(DecisionClass, models.CASCADE, related_name="choices")
    level = models.CharField(max_length=20, choices=AutonomyLevel)
    because = models.CharField(max_length=500, blank=True, help_text="Why this level.")
    evidence = models.CharField(max_length=1000, blank=True, help_text="What shows that it is safe: a text, or a link.")
    until = models.DateField(null=True, blank=True, help_text="The last day it holds.")
    body = models.SlugField(max_length=60, blank=True, help_text="The body that must agree to it, by its slug.")
    chosen_by = _person()
    chosen_at = models.DateTimeField(default=clock.now)
    risk_agreed_by = _person(null=True, blank=True)
    risk_agreed_at = models.DateTimeField(null=True, blank=True)
    legal_agreed_by = _person(null=True, blank=True)
    legal_agreed_at = models.DateTimeField(null=True, blank=True)
    body_agreed_by = _person(null=True, blank=True)
    body_agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True, help_text="Since when it is in force.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=200, blank=True)

    objects = LevelChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "chosen level"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["until"], condition=Q(ended_at=None, until__isnull=False), name="level_choice_by_end"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["decision_class"],
                condition=Q(ended_at=None, agreed_at__isnull=False),
                name="one_level_in_force_a_class",
            ),
            models.UniqueConstraint(
                fields=["decision_class"],
                condition=Q(ended_at=None, agreed_at=None),
                name="one_level_waiting_a_class",
            ),
        ]

    def __str__(self) -> str:
        return f"Chosen level of {self.decision_class}: {self.get_level_display().lower()}"

    @property
    def is_waiting(self) -> bool:
        return self.ended_at is None and self.agreed_at is None


class Days(Func):
    """The days of a reading, its last day included."""

    function = "daterange"
    output_field = DateRangeField()


class DecisionReadingQuerySet(BelongingQuerySet["DecisionReading"]):
    def current(self) -> Self:
        """Without those that a correction superseded."""
        return self.filter(superseded_at=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class DecisionReading(models.Model):
    """Volume, overrides and errors of a class in a period. A correction is a new reading of the same days."""

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="decision_readings")
    decision_class = models.ForeignKey(DecisionClass, models.CASCADE, related_name="readings")
    first_day = models.DateField()
    last_day = models.DateField(help_text="Included.")
    volume = models.PositiveIntegerField(
        "decisions", validators=[MaxValueValidator(MOST_READ)], help_text="How many it decided or proposed."
    )
    overrides = models.PositiveIntegerField(help_text="How many of them people decided otherwise.")
    errors = models.PositiveIntegerField(help_text="How many of them turned out wrong.")
    recorded_by = _person()
    recorded_at = models.DateTimeField(default=clock.now)
    supersedes = models.OneToOneField("self", models.CASCADE, null=True, blank=True, related_name="superseded_by")
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = DecisionReadingQuerySet.as_manager()

    class Meta:
        verbose_name = "decision reading"
        ordering = ["-last_day", "-pk"]
        indexes = [models.Index(fields=["decision_class", "last_day"], name="reading_by_class")]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="reading_ends_after_start"),
            models.CheckConstraint(
                condition=Q(overrides__lte=F("volume"), errors__lte=F("volume"), volume__lte=MOST_READ),
                name="reading_within_its_volume",
            ),
            ExclusionConstraint(
                name="one_reading_a_day",
                expressions=[
                    ("decision_class", RangeOperators.EQUAL),
                    (
                        Days("first_day", "last_day", RangeBoundary(inclusive_lower=True, inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(superseded_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"Reading of {self.decision_class}, {self.first_day} to {self.last_day}"

    def clean(self) -> None:
        """The constraints say it too, in words for machines."""
        wrong = {}
        if self.first_day and self.last_day and self.last_day < self.first_day:
            wrong["last_day"] = "It cannot end before it begins."
        elif self.last_day and self.last_day > clock.today():
            wrong["last_day"] = "This day is still to come."
        for part in ("overrides", "errors"):
            count = getattr(self, part)
            if count is not None and self.volume is not None and count > self.volume:
                wrong[part] = "There cannot be more of these than decisions."
        if wrong:
            raise ValidationError(wrong)

    @property
    def override_rate(self) -> Decimal | None:
        """A share, 0 to 1; none where nothing was decided."""
        return Decimal(self.overrides) / self.volume if self.volume else None

    @property
    def error_rate(self) -> Decimal | None:
        return Decimal(self.errors) / self.volume if self.volume else None


class StepDownQuerySet(BelongingQuerySet["StepDown"]):
    def standing(self) -> Self:
        """Those that count: not answered yet, or confirmed."""
        return self.exclude(answer=StepDown.Answer.LIFTED)

    def unanswered(self) -> Self:
        return self.filter(answer="")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class StepDown(models.Model):
    """A class that went down one level at once, until somebody lifts it."""

    class Answer(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed"
        LIFTED = "lifted", "Lifted"

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="step_downs")
    decision_class = models.ForeignKey(DecisionClass, models.CASCADE, related_name="step_downs")
    from_level = models.CharField(max_length=20, choices=AutonomyLevel)
    to_level = models.CharField(max_length=20, choices=AutonomyLevel)
    because = models.CharField(max_length=500)
    reading = models.ForeignKey(DecisionReading, models.CASCADE, null=True, blank=True, related_name="step_downs")
    stepped_at = models.DateTimeField(default=clock.now)
    answer = models.CharField(max_length=20, choices=Answer, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    answered_by = _person(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = StepDownQuerySet.as_manager()

    class Meta:
        verbose_name = "step down"
        verbose_name_plural = "steps down"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["initiative"], condition=Q(answer=""), name="step_down_unanswered")]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="step_down_answered_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_class} down to {self.get_to_level_display().lower()}"

    @property
    def is_open(self) -> bool:
        return self.answer == ""


class AutonomyAcceptanceQuerySet(BelongingQuerySet["AutonomyAcceptance"]):
    def standing(self) -> Self:
        """Those that no change reopened."""
        return self.filter(reopened_at=None)


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["copy", "fingerprint"]
)
class AutonomyAcceptance(models.Model):
    """An owner's word that the map of levels is right, with a copy of the map as it was then."""

    class Role(models.TextChoices):
        BUSINESS = OwnerKind.BUSINESS.value, "Business owner"
        RISK = OwnerKind.RISK.value, "Risk owner"

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="autonomy_acceptances")
    role = models.CharField(max_length=20, choices=Role)
    person = _person()
    is_deputy = models.BooleanField(default=False)
    accepted_at = models.DateTimeField(default=clock.now)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the copy, in hex.")
    copy = models.JSONField(help_text="The decisions and their levels as they were accepted.")
    reopened_at = models.DateTimeField(null=True, blank=True)
    changes = models.JSONField(default=list, help_text="What changed, in sentences, when it was reopened.")

    objects = AutonomyAcceptanceQuerySet.as_manager()

    class Meta:
        verbose_name = "acceptance of the autonomy map"
        verbose_name_plural = "acceptances of the autonomy map"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "role"], condition=Q(reopened_at=None), name="one_acceptance_a_role"
            ),
            models.UniqueConstraint(
                fields=["initiative", "person"], condition=Q(reopened_at=None), name="two_people_accept"
            ),
        ]

    def __str__(self) -> str:
        return f"Autonomy map accepted by the {self.get_role_display().lower()}"
