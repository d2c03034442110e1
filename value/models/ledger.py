"""The ledger: what initiatives bring and cost. Append-only: a mistake is reversed by another entry (DESIGN §7)."""

from datetime import date
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import ExtractMonth, ExtractYear

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from aiso.web import figures
from portfolio.models import Initiative, OutcomeMetric
from portfolio.models.initiative import money_reach, on_visible
from portfolio.models.ownership import Ownership

from .catalogue import BenefitType, UnitValue
from .claim import ValuingMethod
from .ledger_triggers import CLAIM_WAITS, ENTRIES_FIT
from .money import in_reporting_currency, rate_to_reporting, sum_in_currency

PERSON = settings.AUTH_USER_MODEL
# The month of its date as one number, so that an index holds a month in the order of the list.
MONTH_OF = ExtractYear("happened_on") * 12 + ExtractMonth("happened_on")
CLAIMS = Q(claim="claimed", reverses=None)
# How the keys of entries begin that a cost centre led to, of those that are parts of a shared cost, and of those that
# an incident cost.
BY_CENTRE, BY_RULE, BY_INCIDENT = "centre:", "shared:", "incident:"


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Entries of initiatives that the user sees and whose money they see (DESIGN §8)."""
        return self.filter(on_visible(user, "initiative"), on_money(user, "initiative"))

    def dated_in(self, month: date) -> Self:
        """Entries whose date lies in the month of a day."""
        return self.alias(dated_in=MONTH_OF).filter(dated_in=month.year * 12 + month.month)

    def waiting(self) -> Self:
        """Claims that finance has not answered."""
        return self.filter(open_claim__isnull=False)


def on_money(user: User | AnonymousUser, of: str) -> Q:
    """Rows of initiatives whose money the user may see, among rows that they may see."""
    if not isinstance(user, User) or not user.is_active:
        return Q(pk__in=[])
    reach = money_reach(user)
    if reach is None:
        return Q()
    owned = Ownership.objects.current().filter(person=user).values("initiative")
    return Q(**{f"{of}__unit__in": reach}) | Q(**{f"{of}__in": owned})


class LedgerEntry(models.Model):
    """One benefit or cost of an initiative, spread evenly over the days that it covers. Inserted once, never edited."""

    class Kind(models.TextChoices):
        BENEFIT = "benefit", "Benefit"
        RUN_COST = "run_cost", "Run cost"
        BUILD_COST = "build_cost", "Build cost"
        REWORK = "rework", "Rework"
        RISK_LOSS = "risk_loss", "Risk loss"

    class Claim(models.TextChoices):
        """What a benefit begins as. Only what finance confirms of a claim counts."""

        FORECAST = "forecast", "Forecast"
        CLAIMED = "claimed", "Claimed"

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="ledger_entries")
    kind = models.CharField(max_length=10, choices=Kind)
    benefit_type = models.CharField("kind of benefit", max_length=20, choices=BenefitType, blank=True)
    claim = models.CharField(max_length=10, choices=Claim, blank=True)
    amount = sum_in_currency(help_text="Negative only where it reverses another.")
    currency = models.CharField(max_length=3)
    rate = rate_to_reporting(help_text="Of its month, as it was when it was posted.")
    reporting_amount = in_reporting_currency()
    happened_on = models.DateField("date", help_text="When it happened: the booking, the claim, the forecast.")
    first_on = models.DateField("first day", help_text="The first day that it covers.")
    last_on = models.DateField("last day", help_text="The last day that it covers.")
    metric = models.ForeignKey(OutcomeMetric, models.PROTECT, null=True, blank=True, related_name="ledger_entries")
    quantity = models.DecimalField(
        max_digits=18, decimal_places=4, null=True, blank=True, help_text="Units of the metric that were gained."
    )
    unit_value = models.ForeignKey(UnitValue, models.PROTECT, null=True, blank=True, related_name="entries")
    method = models.ForeignKey(ValuingMethod, models.PROTECT, null=True, blank=True, related_name="entries")
    evidence = models.CharField(max_length=300, blank=True, help_text="The invoice, booking or report it stands on.")
    reason = models.CharField(max_length=1000, blank=True, help_text="Of a reversal: what was wrong.")
    key = models.CharField(max_length=120, blank=True, help_text="Names the entry, so that it is posted once.")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    recorded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "ledger entries"
        indexes = [
            models.Index(fields=["initiative", "first_on"], name="ledger_of_initiative"),
            # What the list narrows to, in its order.
            models.Index(fields=["kind", "id"], name="ledger_by_kind"),
            models.Index(fields=["claim", "id"], condition=~Q(claim=""), name="ledger_by_claim"),
            models.Index(MONTH_OF, F("id"), name="ledger_by_month"),
            # Where claims are looked for that overlap with one.
            models.Index(fields=["metric", "last_on"], condition=CLAIMS, name="claims_of_metric"),
            models.Index(fields=["initiative", "last_on"], condition=CLAIMS, name="claims_of_initiative"),
            models.Index(fields=["initiative"], condition=~Q(reverses=None), name="reversals_of_initiative"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, reverses=None) | Q(amount__lt=0, reverses__isnull=False),
                name="ledger_negative_only_reversing",
            ),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="ledger_in_a_currency"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="ledger_rate_positive"),
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="ledger_covers_days"),
            models.CheckConstraint(
                condition=(
                    Q(kind="benefit", metric__isnull=False, method__isnull=False, claim__in=["forecast", "claimed"])
                    & ~Q(benefit_type="")
                )
                | (
                    ~Q(kind="benefit")
                    & Q(benefit_type="", claim="", metric=None, method=None, quantity=None, unit_value=None)
                ),
                name="ledger_benefit_says_of_what",
            ),
            models.CheckConstraint(
                condition=Q(quantity=None, unit_value=None) | Q(quantity__isnull=False, unit_value__isnull=False),
                name="ledger_quantity_has_its_value",
            ),
            models.CheckConstraint(
                condition=(Q(reverses=None) & ~Q(evidence="") & ~Q(key=""))
                | (Q(reverses__isnull=False) & ~Q(reason="")),
                name="ledger_says_why",
            ),
            models.UniqueConstraint(fields=["initiative", "key"], condition=~Q(key=""), name="ledger_posted_once"),
            # What a cost centre booked is posted once, wherever its costs belonged by then.
            models.UniqueConstraint(
                fields=["key"], condition=Q(key__startswith=BY_CENTRE), name="ledger_centre_posted_once"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="entries_fit",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_entries"),  # type: ignore[no-untyped-call]
                declare=[("open_from", "date")],
                func=ENTRIES_FIT,
            ),
            pgtrigger.Trigger(
                name="claim_waits",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__kind="benefit"),
                func=CLAIM_WAITS,
            ),
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.initiative.reference}, {figures.day(self.happened_on)}"

    def get_absolute_url(self) -> str:
        return f"/ledger/entries/{self.pk}/"

    @property
    def done_to_metric(self) -> str:
        return "claimed" if self.is_claim else "forecast"

    @property
    def is_claim(self) -> bool:
        return self.claim == self.Claim.CLAIMED

    @property
    def is_comparable(self) -> bool:
        """Whether it comes from a catalogue metric and a finance-approved value per unit. Costs need none."""
        return self.kind != self.Kind.BENEFIT or self.unit_value_id is not None
