"""Money: envelopes, what decisions commit of them, and the entries from which every sum follows (DESIGN §4).

envelope = free + committed; committed = withheld + released; released = spent + unspent; overspend stands apart.
The sums on envelopes and tranches are kept by triggers from entries alone, and checked by constraints.
"""

from datetime import date
from decimal import Decimal
from typing import Any, Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Coalesce, Greatest, Least

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from portfolio.models import Bucket, Initiative
from portfolio.models.initiative import money_reach
from portfolio.models.ownership import Days

from .asked import AskedOutsideGates, AskedQuerySet, asking_stands
from .condition import Condition
from .decision import Decision
from .funding_triggers import ENTRY_FOLLOWS, TRANCHE_APPROVED, sums_from_entries, sums_start_empty

PERSON = settings.AUTH_USER_MODEL
NOTHING = Decimal(0)


def _money(**options: Any) -> "models.DecimalField[Decimal, Decimal]":
    """A sum in the reporting currency."""
    return models.DecimalField(max_digits=16, decimal_places=2, **options)


def _sum(**options: Any) -> "models.DecimalField[Decimal, Decimal]":
    return _money(default=NOTHING, editable=False, **options)


def _follows(expression: models.Expression) -> models.GeneratedField:
    return models.GeneratedField(
        expression=expression, output_field=models.DecimalField(max_digits=16, decimal_places=2), db_persist=True
    )


class EnvelopeQuerySet(models.QuerySet["Envelope"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """For those whose role shows them the money of every unit: an envelope is one for the whole company."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        return self if money_reach(user) is None else self.none()

    def on(self, day: date) -> Self:
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def with_figures(self) -> Self:
        """With withheld, released, spent, unspent and overspent, from the sums of its tranches; no query more."""
        tranches = Tranche.objects.filter(envelope=models.OuterRef("pk")).order_by().values("envelope")
        return self.annotate(
            **{
                name: Coalesce(models.Subquery(tranches.annotate(total=Sum(name)).values("total")), Value(NOTHING))
                for name in FIGURES
            }
        )


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(condition=pghistory.AnyChange("amount", "starts_on", "ends_on", "reason", "set_by")),
)
class Envelope(models.Model):
    """What may be committed to initiatives of one bucket in one period. `reason` is why it is what it is now."""

    bucket = models.ForeignKey(Bucket, models.PROTECT, related_name="envelopes")
    starts_on = models.DateField("from")
    ends_on = models.DateField("until", help_text="The last day that belongs to it.")
    amount = _money()
    reason = models.TextField("why")
    set_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=clock.now)
    committed = _sum()
    free = _follows(F("amount") - F("committed"))

    objects = EnvelopeQuerySet.as_manager()

    class Meta:
        ordering = ["bucket__name", "-starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="envelope_ends_after_start"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="envelope_not_negative"),
            models.CheckConstraint(condition=~Q(reason=""), name="envelope_has_a_reason"),
            models.CheckConstraint(condition=Q(committed__gte=0), name="committed_not_negative"),
            models.CheckConstraint(condition=Q(committed__lte=F("amount")), name="envelope_holds_what_is_committed"),
            ExclusionConstraint(
                name="one_envelope_a_bucket_and_day",
                expressions=[
                    ("bucket", RangeOperators.EQUAL),
                    (
                        Days("starts_on", "ends_on", RangeBoundary(inclusive_lower=True, inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        triggers = [
            sums_start_empty("NEW.committed"),
            sums_from_entries("committed"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.bucket}, {self.starts_on} to {self.ends_on}"

    def get_absolute_url(self) -> str:
        return f"/funding/envelopes/{self.pk}/"


class FundingRequestQuerySet(AskedQuerySet["FundingRequest"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of initiatives whose money the user sees."""
        return self.filter(initiative__in=Initiative.objects.visible_to(user).with_money_for(user))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class FundingRequest(AskedOutsideGates):
    """Money that an initiative asks for outside a gate: a top-up. Decided like a decision on the initiative."""

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="funding_requests")
    amount = _money()
    reason = models.TextField("what it is for")

    called_by = "reason"
    told_as = "funding"
    ruled_by = "on_funding"
    objects = FundingRequestQuerySet.as_manager()

    class Meta(AskedOutsideGates.Meta):
        indexes = [models.Index(fields=["asked_at"], condition=Q(closed_at=None), name="funding_asked_open")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="funding_asked_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="funding_asked_has_a_reason"),
            models.UniqueConstraint(
                fields=["initiative"], condition=Q(closed_at=None), name="one_open_funding_request_an_initiative"
            ),
            models.CheckConstraint(
                condition=Q(was_withdrawn=False) | Q(closed_at__isnull=False), name="withdrawn_request_is_closed"
            ),
        ]
        triggers = asking_stands("amount", "reason")

    def __str__(self) -> str:
        return f"{self.initiative.reference}, asked {self.asked_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return f"/funding/requests/{self.pk}/"

    @property
    def exceptions(self) -> list[dict[str, Any]]:
        """What its approval records as an exception: nothing."""
        return []

    def answer(self, decision: Decision) -> None:
        FundingRuling.objects.create(request=self, decision=decision)


class FundingRuling(models.Model):
    """Which request a decision answered. A held one is answered again later."""

    request = models.ForeignKey(FundingRequest, models.PROTECT, related_name="rulings")
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="on_funding")

    class Meta:
        ordering = ["-pk"]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.decision} on {self.request}"


class TrancheQuerySet(models.QuerySet["Tranche"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of initiatives whose money the user sees."""
        return self.filter(initiative__in=Initiative.objects.visible_to(user).with_money_for(user))

    def waiting(self) -> Self:
        """Those of which something is withheld."""
        return self.filter(withheld__gt=0)

    def with_condition_for(self, user: User) -> Self:
        """With `condition_seen`: the id of what holds each back, for who sees it. After a merge that may be a condition
        of an initiative that fewer people see. No query more.
        """
        seen = Condition.objects.visible_to(user).filter(pk=models.OuterRef("condition"))
        return self.annotate(condition_seen=models.Subquery(seen.values("pk")))


@pghistory.track(pghistory.InsertEvent())
class Tranche(models.Model):
    """Money that an approving decision committed. Without a decision there is none, and so nothing to release."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="tranches")
    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="tranches")
    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="tranches")
    gate = models.SlugField(max_length=60, blank=True, help_text="The gate it was approved at; empty outside one.")
    amount = _money(help_text="What was approved.")
    condition = models.ForeignKey(
        Condition,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tranches",
        help_text="What holds it back, where that is one condition; with several, all of its decision do.",
    )
    is_held_back = models.BooleanField(default=False, help_text="Withheld until conditions are met.")
    moved_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="moved_to",
        help_text="Whose rest it is, where its initiative was merged into this one, or a merge was undone.",
    )
    approved_in = models.ForeignKey(
        Decision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Of one that moved: the decision that approved its money.",
    )
    created_at = models.DateTimeField(default=clock.now)
    committed = _sum()
    withheld = _sum()
    released = _sum()
    booked = _sum(help_text="All spending that was recorded, less what was reversed.")
    spent = _follows(Least("booked", "released"))
    unspent = _follows(Greatest(F("released") - F("booked"), Value(NOTHING)))
    overspent = _follows(Greatest(F("booked") - F("released"), Value(NOTHING)))

    objects = TrancheQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="tranche_positive"),
            models.UniqueConstraint(
                fields=["moved_from", "decision"], condition=Q(moved_from__isnull=False), name="tranche_moves_once"
            ),
            models.CheckConstraint(
                condition=Q(committed=F("withheld") + F("released")), name="tranche_committed_adds_up"
            ),
            models.CheckConstraint(condition=Q(committed__lte=F("amount")), name="tranche_commits_what_was_approved"),
            models.CheckConstraint(condition=Q(withheld__gte=0), name="tranche_releases_what_is_withheld"),
            models.CheckConstraint(condition=Q(released__gte=0), name="tranche_returns_what_is_released"),
            models.CheckConstraint(condition=Q(booked__gte=0), name="tranche_reverses_what_is_booked"),
        ]
        triggers = [
            sums_start_empty("NEW.committed", "NEW.withheld", "NEW.released", "NEW.booked"),
            pgtrigger.Trigger(name="approved", when=pgtrigger.After, operation=pgtrigger.Insert, func=TRANCHE_APPROVED),
            sums_from_entries(),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"Tranche {self.pk} of {self.initiative.reference}"

    def get_absolute_url(self) -> str:
        return f"/funding/tranches/{self.pk}/"

    @property
    def entries_url(self) -> str:
        return f"{self.get_absolute_url()}#entries"

    @property
    def at(self) -> str:
        """The gate that it was approved at, as people call it."""
        review = self.approval.review
        return review.gate_name(self.gate) if review and self.gate else "Outside a gate"

    @property
    def named(self) -> str:
        """Its number, by which spending names it, with what it was approved for."""
        return f"Tranche {self.pk}, {self.at}"

    @property
    def is_decided_here(self) -> bool:
        """Whether a decision on its own initiative committed it. Else a merge brought it here, and whoever sees this
        initiative need not see the other.
        """
        return self.decision.initiative_id == self.initiative_id

    @property
    def approval(self) -> Decision:
        """The decision that approved its money; of what a merge moved, the one before."""
        return self.approved_in or self.decision


# The figures of a tranche beside what is committed, each a column.
FIGURES = ("withheld", "released", "spent", "unspent", "overspent")


class FundingEntryQuerySet(models.QuerySet["FundingEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(tranche__in=Tranche.objects.visible_to(user))

    def spending(self) -> Self:
        return self.filter(kind=FundingEntry.Kind.SPEND)


@pghistory.track(pghistory.InsertEvent())
class FundingEntry(models.Model):
    """One movement of money on a tranche. Never edited: what was wrong is reversed by another entry."""

    class Kind(models.TextChoices):
        COMMIT = "commit", "Committed"
        RELEASE = "release", "Released"
        SPEND = "spend", "Spent"
        FREE = "free", "Freed"
        RETURN = "return", "Returned"

    tranche = models.ForeignKey(Tranche, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind)
    amount = _money(help_text="Negative only where it reverses spending.")
    dated_on = models.DateField(help_text="The day it counts for.")
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="entries", help_text="What it follows from."
    )
    evidence = models.CharField("evidence", max_length=300, blank=True, help_text="Of spending: invoice, booking.")
    reason = models.TextField(blank=True)
    overrides = models.JSONField(default=list, help_text="What a higher body overrode: [{what, kind, key, reason}].")
    key = models.CharField(max_length=120, blank=True, help_text="Names spending, so that it lands once.")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    recorded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    objects = FundingEntryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "funding entries"
        indexes = [models.Index(fields=["tranche", "kind"], name="entry_of_tranche")]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, reverses=None) | Q(amount__lt=0, kind="spend", reverses__isnull=False),
                name="entry_negative_only_reversing",
            ),
            models.CheckConstraint(
                condition=~Q(kind="spend") | Q(reverses__isnull=False) | (~Q(evidence="") & ~Q(key="")),
                name="spending_has_evidence_and_key",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["commit", "free"]) | Q(decision__isnull=False), name="entry_has_its_decision"
            ),
            models.UniqueConstraint(fields=["tranche", "key"], condition=~Q(key=""), name="spending_lands_once"),
            models.UniqueConstraint(fields=["tranche"], condition=Q(kind="commit"), name="committed_once"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="tranche_follows",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                declare=[("sums", "stagegates_tranche%ROWTYPE"), ("moved", "numeric")],
                func=ENTRY_FOLLOWS,
            ),
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.amount}"

    @property
    def is_decided_here(self) -> bool:
        """Whether it follows from a decision on its own initiative, not from a merge with another."""
        return self.decision is not None and self.decision.initiative_id == self.tranche.initiative_id
