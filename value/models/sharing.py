"""Costs that several initiatives share: the rules by which they are split, and the costs that were (DESIGN §7)."""

from datetime import date
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from aiso import clock
from aiso.accounts.models import Role, User
from aiso.accounts.models.role import OFFICE
from aiso.audit.models import no_truncate
from portfolio.models import Initiative

from .ledger import LedgerEntry
from .money import sum_in_currency
from .sharing_triggers import COST_IS_WHOLE, PARTS_ARE_WHOLE

PERSON = settings.AUTH_USER_MODEL
READERS = (Role.FINANCE_CONTROLLER, Role.AUDITOR, *OFFICE)


def reads_sharing(user: User | AnonymousUser) -> bool:
    """Finance, the office and auditors, of whatever unit, read how costs are assigned and shared."""
    return isinstance(user, User) and user.is_active and any(user.has_role(role) for role in READERS)


def _never_edited() -> list[pgtrigger.Trigger]:
    return [pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete), no_truncate()]


def _whole(name: str, func: str) -> pgtrigger.Trigger:
    """Asked once for all rows that a statement inserts."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_parts"),  # type: ignore[no-untyped-call]
        func=func,
    )


class SharingRuleQuerySet(models.QuerySet["SharingRule"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self if reads_sharing(user) else self.none()


class SharingRule(models.Model):
    """A name under which costs are split among initiatives. What it says, and since when, its versions tell."""

    name = models.CharField(max_length=200)
    made_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    objects = SharingRuleQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="sharing_rule_once")]
        triggers = _never_edited()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/sharing-rules/{self.pk}/"


class SharingVersionQuerySet(models.QuerySet["SharingVersion"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self if reads_sharing(user) else self.none()

    def on(self, day: date) -> Self:
        """Of each rule the version that holds on a day: of those whose day has come the latest written one."""
        rows: Self = self.filter(starts_on__lte=day).order_by("rule_id", "-pk").distinct("rule_id")
        return rows


class SharingVersion(models.Model):
    """What a rule says from a day on. Never edited: the next one takes its place."""

    rule = models.ForeignKey(SharingRule, models.PROTECT, related_name="versions")
    starts_on = models.DateField("from")
    basis = models.CharField(max_length=500, help_text="What the shares follow, e.g. hours of use.")
    reason = models.CharField(max_length=500, help_text="Why it says this from then on.")
    written_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)

    objects = SharingVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["rule", "-id"], name="sharing_version_latest")]
        constraints = [models.CheckConstraint(condition=~Q(basis="") & ~Q(reason=""), name="sharing_version_says_why")]
        triggers = _never_edited()

    def __str__(self) -> str:
        return f"{self.rule}, from {self.starts_on}"


class SharingPart(models.Model):
    """The share of one initiative. All of a version come in one statement and are 100 %."""

    version = models.ForeignKey(SharingVersion, models.PROTECT, related_name="parts")
    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="+")
    share = models.DecimalField(max_digits=7, decimal_places=4, help_text="Per cent.")

    class Meta:
        ordering = ["initiative_id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "initiative"], name="sharing_part_once"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=100), name="sharing_part_is_a_share"),
        ]
        triggers = [_whole("parts_are_whole", PARTS_ARE_WHOLE), *_never_edited()]

    def __str__(self) -> str:
        return f"{self.share} % of {self.version}"


class SharedCostQuerySet(models.QuerySet["SharedCost"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """For whoever sees one of its parts, and for who posted it."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        seen = LedgerEntry.objects.visible_to(user).filter(pk=models.OuterRef("entry"))
        parts = SharedCostPart.objects.filter(models.Exists(seen), shared_cost=models.OuterRef("pk"))
        return self.filter(models.Exists(parts) | Q(recorded_by=user))

    def told_to(self, user: User) -> Self:
        """What is visible to them, each with `is_seen_whole`: whether they see all its parts, and so what it is."""
        seen = LedgerEntry.objects.visible_to(user).filter(pk=models.OuterRef("entry"))
        unseen = SharedCostPart.objects.filter(~models.Exists(seen), shared_cost=models.OuterRef("pk"))
        return self.visible_to(user).annotate(is_seen_whole=~models.Exists(unseen))


class SharedCost(models.Model):
    """A cost that was split by a version of a rule. Its entries are parts of its amount, and no more."""

    # Of those that `told_to` reads.
    is_seen_whole: bool

    version = models.ForeignKey(SharingVersion, models.PROTECT, related_name="shared_costs")
    kind = models.CharField(max_length=10, choices=LedgerEntry.Kind)
    amount = sum_in_currency()
    currency = models.CharField(max_length=3)
    happened_on = models.DateField("date")
    first_on = models.DateField("first day")
    last_on = models.DateField("last day")
    evidence = models.CharField(max_length=300)
    key = models.CharField(max_length=120, unique=True, help_text="Names it, so that it is posted once.")
    recorded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    objects = SharedCostQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="shared_cost_positive"),
            models.CheckConstraint(condition=~Q(kind="benefit"), name="shared_cost_is_a_cost"),
            models.CheckConstraint(condition=~Q(evidence="") & ~Q(key=""), name="shared_cost_says_what"),
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="shared_cost_covers_days"),
        ]
        triggers = _never_edited()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} shared by {self.version.rule}, {self.happened_on}"

    def get_absolute_url(self) -> str:
        return f"/ledger/shared/{self.pk}/"


class SharedCostPart(models.Model):
    """An entry that is part of a shared cost, and the share that made it."""

    shared_cost = models.ForeignKey(SharedCost, models.PROTECT, related_name="parts")
    entry = models.OneToOneField(LedgerEntry, models.PROTECT, related_name="shared_part")
    part = models.ForeignKey(SharingPart, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["shared_cost", "part"], name="shared_cost_part_once")]
        triggers = [_whole("cost_is_whole", COST_IS_WHOLE), *_never_edited()]

    def __str__(self) -> str:
        return f"{self.part.share} % of {self.shared_cost}"


class CostCentreQuerySet(models.QuerySet["CostCentre"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self if reads_sharing(user) else self.none()


class CostCentre(models.Model):
    """A place of the company's accounts. What its costs belong to, and since when, its mappings tell."""

    code = models.CharField(max_length=40, unique=True, help_text="As the finance system writes it.")
    name = models.CharField(max_length=200)
    made_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    objects = CostCentreQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="cost_centre_has_a_name")]
        triggers = _never_edited()

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        return f"/cost-centres/{self.pk}/"


class CostCentreMappingQuerySet(models.QuerySet["CostCentreMapping"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self if reads_sharing(user) else self.none()

    def on(self, day: date) -> Self:
        """Of each cost centre the mapping that holds on a day: of those whose day has come the latest."""
        rows: Self = self.filter(starts_on__lte=day).order_by("centre_id", "-pk").distinct("centre_id")
        return rows


class CostCentreMapping(models.Model):
    """What the costs of a cost centre belong to from a day on: an initiative, or all that share by a rule; neither, and
    nothing is posted by it any more. Never edited: the next one takes its place.
    """

    centre = models.ForeignKey(CostCentre, models.PROTECT, related_name="mappings")
    starts_on = models.DateField("from")
    initiative = models.ForeignKey(Initiative, models.PROTECT, null=True, blank=True, related_name="+")
    rule = models.ForeignKey(SharingRule, models.PROTECT, null=True, blank=True, related_name="mappings")
    mapped_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    mapped_at = models.DateTimeField(default=clock.now)

    objects = CostCentreMappingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["centre", "-id"], name="cost_centre_mapping_latest")]
        constraints = [
            models.CheckConstraint(condition=Q(initiative=None) | Q(rule=None), name="cost_centre_belongs_to_one")
        ]
        triggers = _never_edited()

    def __str__(self) -> str:
        return f"{self.centre}, from {self.starts_on}"
