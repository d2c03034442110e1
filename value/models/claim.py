"""Claims of benefits: the method by which they are valued, and finance's answer to each (DESIGN §7)."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import MD5

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from portfolio.models import Initiative, OutcomeMetric

from .ledger_triggers import CLAIM_ANSWERED, FOLLOWS
from .money import in_reporting_currency, rate_to_reporting, sum_in_currency
from .share import SHARES_FIT, part_of_one

PERSON = settings.AUTH_USER_MODEL


def _written_once() -> list[pgtrigger.Trigger]:
    return [pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete), no_truncate()]


class ValuingMethodQuerySet(models.QuerySet["ValuingMethod"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(metric__initiative__in=Initiative.objects.visible_to(user).with_money_for(user))


class ValuingMethod(models.Model):
    """How the gain of one outcome metric becomes money. Finance confirms it once, with the first claim by it."""

    metric = models.ForeignKey(OutcomeMetric, models.PROTECT, related_name="valuing_methods")
    text = models.CharField("how it is valued", max_length=1000)
    written_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)

    done_to_metric = "valued"
    objects = ValuingMethodQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="method_says_how"),
            models.UniqueConstraint(F("metric"), MD5("text"), name="method_once_a_metric"),
        ]
        triggers = _written_once()

    def __str__(self) -> str:
        return self.text


class MethodConfirmation(models.Model):
    """Finance agrees to a method. What is claimed by it later confirms in a batch."""

    method = models.OneToOneField(ValuingMethod, models.PROTECT, related_name="confirmation")
    confirmed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = _written_once()

    def __str__(self) -> str:
        return f"{self.method}: confirmed"


class OpenClaim(models.Model):
    """A claim that waits for finance. Kept by triggers from entries and answers, so that the queue reads only these."""

    entry = models.OneToOneField("LedgerEntry", models.PROTECT, primary_key=True, related_name="open_claim")

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="follows",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=FOLLOWS,
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry}: waits"


class ClaimAnswer(models.Model):
    """What a finance controller said of a claim: confirmed as it stands, corrected to another amount, or rejected."""

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed"
        CORRECTED = "corrected", "Corrected"
        REJECTED = "rejected", "Rejected"

    entry = models.OneToOneField("LedgerEntry", models.PROTECT, related_name="answer")
    verdict = models.CharField(max_length=10, choices=Verdict)
    amount = sum_in_currency(null=True, help_text="What counts, in the claim's currency; nothing where rejected.")
    rate = rate_to_reporting(help_text="The claim's own.")
    share = part_of_one(default=1, help_text="The part of the amount that counts beside claims that overlap.")
    reporting_amount = in_reporting_currency(of_share=True)
    reason = models.CharField(max_length=1000, blank=True)
    answered_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="rejected", amount=None) | (~Q(verdict="rejected") & Q(amount__gt=0)),
                name="answer_has_its_amount",
            ),
            models.CheckConstraint(condition=Q(verdict="confirmed") | ~Q(reason=""), name="answer_says_why"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="answer_counts_a_part"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="claim_answered", when=pgtrigger.After, operation=pgtrigger.Insert, func=CLAIM_ANSWERED
            ),
            pgtrigger.Trigger(
                name="shares_fit",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__verdict__df="rejected"),
                func=SHARES_FIT,
            ),
            *_written_once(),
        ]

    def __str__(self) -> str:
        return f"{self.entry}: {self.get_verdict_display()}"

    @property
    def counts(self) -> bool:
        return self.verdict != self.Verdict.REJECTED
