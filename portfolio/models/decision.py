"""Decision classes: the recurring operational decisions of an initiative, and how far the system may act in each."""

from typing import Self

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from .discussion import BelongingQuerySet

# Decisions a week; more than a decision every millisecond is a slip of the keyboard.
MOST_A_WEEK = 604_800_000
# People who look at what one class decides.
MOST_REVIEWERS = 10_000


class AutonomyLevel(models.TextChoices):
    """How far the system may act (DESIGN §2), the most cautious first."""

    KEEP_HUMAN = "keep_human", "Keep human"
    SURFACE = "surface", "Surface"
    DELEGATE_WITH_AUDIT = "delegate_with_audit", "Delegate with audit"
    DELEGATE = "delegate", "Delegate"


class Reversibility(models.TextChoices):
    EASY = "easy", "Easy"
    MODERATE = "moderate", "With some effort"
    HARD = "hard", "Hard"
    IRREVERSIBLE = "irreversible", "Not at all"


class CostOfError(models.TextChoices):
    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"
    VERY_HIGH = "very_high", "Very high"


class CostOfDelay(models.TextChoices):
    """What it costs when a decision waits. It sets no level: it says what is worth automating first."""

    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"
    VERY_HIGH = "very_high", "Very high"


class Confidence(models.TextChoices):
    """How well it is known how sure the system is of its answers."""

    HIGH = "high", "High"
    ADEQUATE = "adequate", "Adequate"
    LOW = "low", "Low"
    UNKNOWN = "unknown", "Not known"


class ReviewCapacity(models.TextChoices):
    """The time that people have to look at what the system decided."""

    AMPLE = "ample", "Ample"
    TIGHT = "tight", "Tight"
    INSUFFICIENT = "insufficient", "Insufficient"
    UNKNOWN = "unknown", "Not known"


class DecisionClassQuerySet(BelongingQuerySet["DecisionClass"]):
    def not_yet_automated(self) -> Self:
        return self.exclude(not_automated_because="")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class DecisionClass(models.Model):
    """One recurring operational decision inside a workflow: the unit of scale (DESIGN §2).

    `autonomy` follows from the tests, the level chosen and the steps down; actions write it, nobody edits it.
    """

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="decision_classes")
    name = models.CharField("decision", max_length=200, help_text="What is decided, e.g. which team gets a request.")
    volume_per_week = models.PositiveIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(MOST_A_WEEK)], help_text="How often, about."
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who answers for how it is decided.",
    )
    cost_of_delay = models.CharField(
        max_length=20, choices=CostOfDelay, blank=True, help_text="What it costs when it waits."
    )
    required_data = models.CharField(
        "data it needs", max_length=500, blank=True, help_text="What must be known to decide, and where that is."
    )
    reviewers = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_REVIEWERS)],
        help_text="How many people look at what the system proposes.",
    )
    cost_of_error = models.CharField(max_length=20, choices=CostOfError, help_text="What one wrong decision costs.")
    reversibility = models.CharField(
        "can be undone", max_length=20, choices=Reversibility, help_text="How easily a wrong decision is put right."
    )
    confidence = models.CharField(max_length=20, choices=Confidence, default=Confidence.UNKNOWN)
    review_capacity = models.CharField(
        "time to review", max_length=20, choices=ReviewCapacity, default=ReviewCapacity.UNKNOWN
    )
    is_regulated = models.BooleanField(
        "regulated", default=False, help_text="A law or a supervisor prescribes how it is decided, or by whom."
    )
    not_automated_because = models.CharField(
        "not yet automated because", max_length=300, blank=True, help_text="A reason puts it on that list."
    )
    autonomy = models.CharField("autonomy level", max_length=20, choices=AutonomyLevel, editable=False)
    # What made it differ from what the tests say, so that lists can tell without reading choices and steps.
    chosen_level = models.CharField(max_length=20, choices=AutonomyLevel, blank=True, editable=False)
    chosen_until = models.DateField(null=True, editable=False)
    steps_down = models.PositiveSmallIntegerField(default=0, editable=False)

    called_by = "name"
    objects = DecisionClassQuerySet.as_manager()

    class Meta:
        verbose_name = "decision class"
        verbose_name_plural = "decision classes"
        ordering = ["pk"]
        indexes = [models.Index(fields=["autonomy", "initiative"], name="decision_by_autonomy")]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "name"], name="decision_once_an_initiative"),
            models.CheckConstraint(
                condition=Q(volume_per_week=None) | Q(volume_per_week__lte=MOST_A_WEEK),
                name="decisions_a_week_possible",
            ),
            models.CheckConstraint(
                condition=Q(reviewers=None) | Q(reviewers__lte=MOST_REVIEWERS), name="reviewers_possible"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The constraint says it too, in words for machines."""
        others = type(self).objects.filter(initiative=self.initiative_id, name=self.name).exclude(pk=self.pk)
        if others.exists():
            raise ValidationError({"name": "This initiative has a decision of this name already."})
