"""Gate reviews, and what each requires."""

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from aiso import clock
from aiso.accounts.models import User
from aiso.configuration.models import ConfigurationVersion
from forums.models import Forum
from portfolio.models import Initiative, Lane, Stage
from portfolio.models.initiative import on_visible

from ..rules import gates_of, joined


def _version() -> "models.ForeignKey[ConfigurationVersion, ConfigurationVersion]":
    return models.ForeignKey(ConfigurationVersion, models.PROTECT, related_name="+")


class GateReviewQuerySet(models.QuerySet["GateReview"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Reviews of initiatives that the user sees."""
        return self.filter(on_visible(user, "initiative"))

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def newest(self) -> Self:
        """The last one opened of each initiative, also when it is closed."""
        later = GateReview.objects.filter(initiative=models.OuterRef("initiative"), pk__gt=models.OuterRef("pk"))
        return self.filter(~models.Exists(later))

    def ready(self) -> Self:
        """Submitted, and not decided yet."""
        return self.open().filter(submitted_at__isnull=False)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class GateReview(models.Model):
    """One attempt of one initiative at one gate, or at several in the fast lane's combined review (DESIGN §4).

    It keeps the versions of the configuration that it began under.
    """

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="reviews")
    gates = ArrayField(models.SlugField(max_length=60), help_text="Codes of the gates it attests.")
    attempt = models.PositiveSmallIntegerField(default=1, help_text="Counted for its last gate.")
    lane = models.CharField(max_length=10, choices=Lane)
    to_stage = models.CharField(max_length=20, choices=Stage)
    gates_version = _version()
    matrix_version = _version()
    rights_version = _version()
    ask = models.TextField("what is asked", blank=True)
    amount = models.DecimalField(
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="Money asked for, in the reporting currency.",
    )
    body = models.ForeignKey(Forum, models.PROTECT, null=True, related_name="reviews", help_text="Who decides.")
    higher_body = models.ForeignKey(
        Forum,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The higher one that alone can approve it as things stand now.",
    )
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    decide_by = models.DateField(null=True, blank=True, help_text="When a delegate's clock runs out.")
    closed_at = models.DateTimeField(null=True, blank=True)
    was_withdrawn = models.BooleanField(default=False)

    objects = GateReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        indexes = [models.Index(fields=["submitted_at"], condition=Q(closed_at=None), name="review_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative"], condition=Q(closed_at=None), name="one_open_review_an_initiative"
            ),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="amount_asked_not_negative"),
            models.CheckConstraint(
                condition=Q(was_withdrawn=False) | Q(closed_at__isnull=False), name="withdrawn_review_is_closed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.initiative.reference}, {self.title}, attempt {self.attempt}"

    def get_absolute_url(self) -> str:
        return f"/reviews/{self.pk}/"

    @property
    def title(self) -> str:
        """The gates it attests, as one name, by the version that it began under."""
        return joined([self.gate_name(code) for code in self.gates])

    def gate_name(self, code: str) -> str:
        return gates_of(self.gates_version).name(code)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_ready(self) -> bool:
        return self.is_open and self.submitted_at is not None


class RequirementQuerySet(models.QuerySet["Requirement"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(on_visible(user, "review__initiative"))

    def assessments(self) -> Self:
        return self.filter(evidence=Requirement.Evidence.ASSESSMENT)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Requirement(models.Model):
    """One thing that a review demands, and which rule in which version asks for it.

    Its code is the same at every review, so that evidence given once counts again.
    """

    class Evidence(models.TextChoices):
        KNOWN = "known", "What the system knows"
        ASSESSMENT = "assessment", "Assessment"
        DOCUMENT = "document", "File or link"
        STATEMENT = "statement", "Answer in words"

    review = models.ForeignKey(GateReview, models.CASCADE, related_name="requirements")
    code = models.CharField(max_length=200)
    gate = models.SlugField(max_length=60, help_text="The gate it belongs to.")
    text = models.CharField(max_length=300)
    help_text = models.CharField(max_length=500, blank=True)
    evidence = models.CharField(max_length=20, choices=Evidence)
    subject = models.SlugField(max_length=80, blank=True, help_text="The known fact, or the assessment.")
    functions = ArrayField(
        models.SlugField(max_length=60), default=list, blank=True, help_text="Whose sign-offs rest on it."
    )
    valid_months = models.PositiveSmallIntegerField(null=True, blank=True, help_text="After that it is given anew.")
    asked_by = models.JSONField(default=list, help_text="Rules: {kind, code, name, version}.")
    order = models.PositiveSmallIntegerField(default=0)
    waived_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    waived_because = models.TextField(blank=True)

    objects = RequirementQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["review", "code"], name="requirement_once_a_review")]

    def __str__(self) -> str:
        return self.text
