"""The risk register: what may happen to an initiative, what is done about it, and who accepts what is left.

Words and steps are those of ISO 31000. `risk.py` beside this is about the risk tier, which is another thing.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression

from aiso import clock
from aiso.audit.models import no_truncate

from .discussion import BelongingQuerySet
from .stage import ENDED

# Days before its last one from which on an acceptance is expiring, told to people, and may be renewed.
EXPIRES_SOON = 14


class Likelihood(models.IntegerChoices):
    RARE = 1, "Rare"
    UNLIKELY = 2, "Unlikely"
    POSSIBLE = 3, "Possible"
    LIKELY = 4, "Likely"
    ALMOST_CERTAIN = 5, "Almost certain"


class Impact(models.IntegerChoices):
    NEGLIGIBLE = 1, "Negligible"
    MINOR = 2, "Minor"
    MODERATE = 3, "Moderate"
    MAJOR = 4, "Major"
    SEVERE = 5, "Severe"


# Of each way to look at a risk: its fields of likelihood and of impact.
BASES: Mapping[str, tuple[str, str]] = {
    "residual": ("residual_likelihood", "residual_impact"),
    "inherent": ("likelihood", "impact"),
}


def score_on(basis: str) -> CombinedExpression:
    """Likelihood × impact, 1 to 25, before (inherent) or after (residual) treatment."""
    likelihood, impact = BASES[basis]
    return F(likelihood) * F(impact)


def _level(choices: type[models.IntegerChoices], **options: object) -> "models.PositiveSmallIntegerField[int, int]":
    return models.PositiveSmallIntegerField(choices=choices.choices, **options)  # type: ignore[arg-type]


def _person(**options: object) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, **options)  # type: ignore[arg-type]


class RiskQuerySet(BelongingQuerySet["Risk"]):
    def open(self) -> Self:
        """Not closed, on initiatives that go on."""
        running = ~Q(initiative__stage__in=ENDED) & Q(initiative__is_off_register=False)
        return self.filter(running).exclude(status=Risk.Status.CLOSED)

    def to_treat(self, as_of: date | None = None) -> Self:
        """Open, with something left to do. What is treated by acceptance alone is to be treated again without one."""
        borne = Q(status=Risk.Status.TREATED, treatment=Risk.Treatment.ACCEPT)
        holds = Q(acceptance__initiative=F("initiative"), acceptance__until__gte=as_of or clock.today())
        left = borne & ~Q(pk__in=self.model._default_manager.filter(borne & holds).order_by().values("pk"))
        return self.open().filter(Q(status=Risk.Status.OPEN) | left)

    def late(self, as_of: date | None = None) -> Self:
        """To be treated, and beyond the day by which they were to be."""
        return self.to_treat(as_of).filter(due_on__lt=as_of or clock.today())

    def above(self, appetite: int, basis: str = "residual") -> Self:
        return self.alias(score_asked=score_on(basis)).filter(score_asked__gt=appetite)

    def within(self, appetite: int, basis: str = "residual") -> Self:
        return self.alias(score_asked=score_on(basis)).filter(score_asked__lte=appetite)

    def with_acceptance(self) -> Self:
        """Those whose acceptance nobody ended and was given for the initiative they are of, expired or not."""
        return self.filter(acceptance__initiative=F("initiative"))

    def accepted(self, as_of: date | None = None) -> Self:
        """Accepted on a day; the last day of an acceptance is one of them."""
        return self.with_acceptance().filter(acceptance__until__gte=as_of or clock.today())

    def expiring(self, as_of: date | None = None) -> Self:
        """Accepted, for no more than 14 days."""
        today = as_of or clock.today()
        return self.accepted(today).filter(acceptance__until__lte=today + timedelta(days=EXPIRES_SOON))

    def expired(self, as_of: date | None = None) -> Self:
        """Accepted once, up to a day that is past."""
        return self.with_acceptance().filter(acceptance__until__lt=as_of or clock.today())

    def unaccepted(self, as_of: date | None = None) -> Self:
        """Never accepted, no longer, or not for this initiative."""
        return self.exclude(pk__in=self.model._default_manager.accepted(as_of).order_by().values("pk"))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Risk(models.Model):
    """Because of a cause there may be an event, which leads to an effect. Its owner sees to its treatment by a day."""

    class Treatment(models.TextChoices):
        AVOID = "avoid", "Avoid"
        REDUCE = "reduce", "Reduce"
        TRANSFER = "transfer", "Transfer"
        ACCEPT = "accept", "Accept"

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        TREATED = "treated", "Treated"
        CLOSED = "closed", "Closed"

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="risks")
    title = models.CharField(max_length=200)
    cause = models.CharField("because of", max_length=500)
    event = models.CharField("there may be", max_length=500)
    effect = models.CharField("which leads to", max_length=500)
    likelihood = _level(Likelihood, verbose_name="inherent likelihood")
    impact = _level(Impact, verbose_name="inherent impact")
    treatment = models.CharField(max_length=10, choices=Treatment)
    measures = models.CharField("what is done", max_length=1000, blank=True)
    owner = _person(related_name="risks")
    due_on = models.DateField("to be treated by")
    residual_likelihood = _level(Likelihood)
    residual_impact = _level(Impact)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    reason = models.CharField(max_length=500, blank=True, help_text="Why it is treated, closed or open again.")
    status_by = _person(null=True, blank=True, related_name="+")
    status_at = models.DateTimeField(null=True, blank=True)
    acceptance = models.ForeignKey(
        "portfolio.RiskAcceptance",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The last one, unless it was withdrawn or voided.",
    )
    raised_by = _person(related_name="+")
    raised_at = models.DateTimeField(default=clock.now)
    assessed_by = _person(
        null=True, blank=True, related_name="+", help_text="Who said how likely and how bad it is, last."
    )

    called_by = "title"
    objects = RiskQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(score_on("residual"), "id", name="risk_by_residual_score"),
            models.Index(score_on("inherent"), "id", name="risk_by_inherent_score"),
            models.Index(fields=["due_on", "id"], name="risk_by_day"),
            models.Index(fields=["owner"], condition=~Q(status="closed"), name="risk_by_owner"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(likelihood__range=(1, 5), impact__range=(1, 5), residual_likelihood__range=(1, 5))
                & Q(residual_impact__range=(1, 5)),
                name="risk_levels_are_1_to_5",
            ),
            models.CheckConstraint(
                condition=Q(residual_likelihood__lte=F("likelihood"), residual_impact__lte=F("impact")),
                name="risk_residual_is_no_greater",
            ),
            models.CheckConstraint(condition=Q(treatment="accept") | ~Q(measures=""), name="risk_says_what_is_done"),
            models.CheckConstraint(
                condition=Q(status="open") | (~Q(reason="") & Q(status_by__isnull=False, status_at__isnull=False)),
                name="risk_ended_by_somebody_why",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """The constraints say it too, in words for machines."""
        wrong = {}
        for part in ("likelihood", "impact"):
            before, after = getattr(self, part), getattr(self, f"residual_{part}")
            if before and after and after > before:
                wrong[f"residual_{part}"] = "Treatment makes it no greater than it was before."
        if self.treatment != self.Treatment.ACCEPT and not self.measures:
            wrong["measures"] = "Say what is done."
        if wrong:
            raise ValidationError(wrong)

    @property
    def score(self) -> int:
        """Inherent: before treatment, 1 to 25."""
        return self.likelihood * self.impact

    @property
    def residual_score(self) -> int:
        """After treatment, 1 to 25."""
        return self.residual_likelihood * self.residual_impact

    @property
    def is_closed(self) -> bool:
        return self.status == self.Status.CLOSED

    @property
    def is_late(self) -> bool:
        return self.is_to_treat and self.due_on < clock.today()

    @property
    def is_to_treat(self) -> bool:
        """Whether something is left to do: what is treated by acceptance alone is open again without one."""
        return self.status == self.Status.OPEN or self.is_borne_by_nobody

    @property
    def is_borne_by_nobody(self) -> bool:
        """Treated by acceptance alone, which does not hold."""
        return self.status == self.Status.TREATED and self.treatment == self.Treatment.ACCEPT and not self.is_accepted

    @property
    def last_acceptance(self) -> "RiskAcceptance | None":
        """The acceptance that holds, or held until a day that is past; none that was ended."""
        found = self.acceptance
        return found if found is not None and found.initiative_id == self.initiative_id else None

    @property
    def is_accepted(self) -> bool:
        found = self.last_acceptance
        return found is not None and not found.is_expired


def _written_once() -> list[pgtrigger.Trigger]:
    return [pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete), no_truncate()]


@pghistory.track(pghistory.InsertEvent())
class RiskAcceptance(models.Model):
    """Somebody's word that what is left of a risk may stay until a day, with what was left then. Written once."""

    initiative = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="risk_acceptances")
    risk = models.ForeignKey(Risk, models.PROTECT, related_name="acceptances")
    reason = models.CharField(max_length=1000)
    until = models.DateField(help_text="The last day it holds.")
    score = models.PositiveSmallIntegerField("inherent score")
    residual_score = models.PositiveSmallIntegerField()
    appetite = models.PositiveSmallIntegerField(help_text="In force when it was accepted.")
    accepted_by = _person(related_name="+")
    accepted_at = models.DateTimeField(default=clock.now)

    objects = BelongingQuerySet["RiskAcceptance"].as_manager()

    class Meta:
        verbose_name = "acceptance of a risk"
        verbose_name_plural = "acceptances of risks"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["until"], name="risk_acceptance_by_end")]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="risk_acceptance_says_why"),
            models.CheckConstraint(condition=Q(residual_score__lte=F("score")), name="risk_accepted_is_what_is_left"),
        ]
        triggers = _written_once()

    def __str__(self) -> str:
        return f"Acceptance of “{self.risk}”"

    @property
    def is_expired(self) -> bool:
        """Computed from its day: nothing has to run for it to end."""
        return self.until < clock.today()

    @property
    def is_expiring(self) -> bool:
        return not self.is_expired and self.until <= clock.days_ahead(EXPIRES_SOON)


@pghistory.track(pghistory.InsertEvent())
class RiskAcceptanceEnd(models.Model):
    """Why an acceptance ended before its day. Written once."""

    class Kind(models.TextChoices):
        WITHDRAWN = "withdrawn", "Withdrawn"
        RAISED = "raised", "Voided by a higher score"
        CLOSED = "closed", "Risk closed"

    initiative = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="+")
    risk = models.ForeignKey(Risk, models.PROTECT, related_name="+")
    acceptance = models.OneToOneField(RiskAcceptance, models.PROTECT, related_name="end")
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(max_length=1000)
    ended_by = _person(related_name="+")
    ended_at = models.DateTimeField(default=clock.now)

    objects = BelongingQuerySet["RiskAcceptanceEnd"].as_manager()

    class Meta:
        verbose_name = "end of an acceptance"
        verbose_name_plural = "ends of acceptances"
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="risk_acceptance_end_says_why")]
        triggers = _written_once()

    def __str__(self) -> str:
        return f"End of the acceptance of “{self.risk}”"
