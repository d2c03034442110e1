"""What holds the fast lane honest: the tier is confirmed before, and a sample is audited after (DESIGN §4 and §5)."""

from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from portfolio.models import Initiative
from portfolio.models.risk import RiskTier

from .decision import Decision
from .review import GateReview


class TierConfirmationQuerySet(models.QuerySet["TierConfirmation"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(initiative__in=Initiative.objects.visible_to(user))


@pghistory.track(pghistory.InsertEvent())
class TierConfirmation(models.Model):
    """The risk function confirmed a tier, as it followed from these answers. Other answers ask for another one."""

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="tier_confirmations")
    review = models.ForeignKey(GateReview, models.PROTECT, related_name="tier_confirmations")
    tier = models.CharField(max_length=20, choices=RiskTier)
    answers = models.JSONField(help_text="The answers that it rests on, by question: {code: option}.")
    note = models.TextField(blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=clock.now)

    objects = TierConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ["-confirmed_at", "-pk"]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.get_tier_display()}, confirmed by {self.confirmed_by}"


class FastLaneAuditQuerySet(models.QuerySet["FastLaneAudit"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(decision__initiative__in=Initiative.objects.visible_to(user))

    def marked(self) -> Self:
        """Those that are to be looked at afterwards: drawn, or a requester's first."""
        return self.filter(Q(is_drawn=True) | Q(is_first=True))

    def waiting(self) -> Self:
        return self.marked().filter(audited_at=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class FastLaneAudit(models.Model):
    """Whether a delegate's decision is looked at afterwards, and what was found. The draw is kept with every one."""

    class Finding(models.TextChoices):
        IN_ORDER = "in_order", "In order"
        REMARK = "remark", "In order, with a remark"
        WRONG = "wrong", "Not to be decided in the fast lane"

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="fast_lane_audit")
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    draw = models.DecimalField(
        max_digits=7,
        decimal_places=6,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="A random number from 0 to 1, drawn when it was decided.",
    )
    share = models.DecimalField(max_digits=3, decimal_places=2, help_text="Draws below this share are audited.")
    is_drawn = models.GeneratedField(
        expression=models.ExpressionWrapper(Q(draw__lt=models.F("share")), models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    is_first = models.BooleanField(help_text="The requester’s first decision in the fast lane.")
    finding = models.CharField(max_length=20, choices=Finding, blank=True)
    note = models.TextField(blank=True)
    audited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    audited_at = models.DateTimeField(null=True, blank=True)

    objects = FastLaneAuditQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(audited_at=None, finding="") | (Q(audited_at__isnull=False) & ~Q(finding="")),
                name="audit_has_a_finding",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="draw_stands", fields=["decision", "requester", "draw", "share", "is_first"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"Audit of {self.decision}"

    @property
    def is_marked(self) -> bool:
        return bool(self.is_drawn or self.is_first)
