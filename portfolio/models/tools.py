"""The register of tools and their suppliers, and what legal, procurement and security say of each tool."""

from datetime import date, timedelta
from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from aiso import clock
from aiso.accounts.models import User

from .lists import ListQuerySet, NamedEntry

# Days before a clearance ends from which on somebody should see to the next one.
SOON_DAYS = 60


@pghistory.track()
class Supplier(NamedEntry):
    """A company that tools come from."""

    website = models.URLField(max_length=500, blank=True)
    contact = models.CharField(max_length=300, blank=True, help_text="Whom to ask: a name, an address, a number.")
    notes = models.TextField(blank=True)

    def get_absolute_url(self) -> str:
        return f"/tools/suppliers/{self.pk}/"


class ToolQuerySet(ListQuerySet["Tool"]):
    def approved(self, as_of: date | None = None) -> Self:
        """Those that legal, procurement and security have all approved, none of it expired, on `as_of` or today."""
        return self._with_current(as_of).filter(current_clearances=len(Clearance.Function))

    def unapproved(self, as_of: date | None = None) -> Self:
        return self._with_current(as_of).filter(current_clearances__lt=len(Clearance.Function))

    def refused(self) -> Self:
        """Those that at least one function refuses."""
        return self.filter(_any(Clearance.objects.refused()))

    def expiring(self, as_of: date | None = None) -> Self:
        """Those of which an approval ends within SOON_DAYS."""
        return self.filter(_any(Clearance.objects.expiring(as_of)))

    def expired(self, as_of: date | None = None) -> Self:
        """Those of which an approval has ended."""
        return self.filter(_any(Clearance.objects.expired(as_of)))

    def _with_current(self, as_of: date | None) -> Self:
        current = Clearance.objects.current(as_of).filter(tool=OuterRef("pk")).order_by().values("tool")
        count = Subquery(current.annotate(n=Count("pk")).values("n"), output_field=models.IntegerField())
        return self.annotate(current_clearances=Coalesce(count, 0))


def _any(clearances: "QuerySet[Clearance]") -> Exists:
    return Exists(clearances.filter(tool=OuterRef("pk")))


@pghistory.track()
class Tool(NamedEntry):
    """A product or model that initiatives use."""

    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, blank=True, related_name="tools")
    description = models.TextField(blank=True, help_text="What it is used for, and under which contract.")

    objects = ToolQuerySet.as_manager()  # type: ignore[misc]

    def get_absolute_url(self) -> str:
        return f"/tools/{self.pk}/"


class ClearanceQuerySet(models.QuerySet["Clearance"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Which tools may be used is no secret inside the company."""
        return self if user.is_authenticated else self.none()

    def current(self, as_of: date | None = None) -> Self:
        """Approvals that hold on `as_of` or today; an expiry date is the last day that counts."""
        day = as_of or clock.today()
        in_time = Q(expires_on=None) | Q(expires_on__gte=day)
        return self.filter(in_time, status=Clearance.Status.APPROVED, decided_on__lte=day)

    def refused(self) -> Self:
        return self.filter(status=Clearance.Status.REFUSED)

    def expiring(self, as_of: date | None = None) -> Self:
        """Approvals that hold, and end within SOON_DAYS."""
        day = as_of or clock.today()
        return self.current(day).filter(expires_on__lte=day + timedelta(days=SOON_DAYS))

    def expired(self, as_of: date | None = None) -> Self:
        """Approvals whose last day is past, and that nobody renewed."""
        return self.filter(status=Clearance.Status.APPROVED, expires_on__lt=as_of or clock.today())


@pghistory.track()
class Clearance(models.Model):
    """What one function says of one tool, since a day and until another. No row: nobody asked yet."""

    class Function(models.TextChoices):
        LEGAL = "legal", "Legal"
        PROCUREMENT = "procurement", "Procurement"
        SECURITY = "security", "Security"

    class Status(models.TextChoices):
        IN_REVIEW = "in_review", "In review"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"

    tool = models.ForeignKey(Tool, models.CASCADE, related_name="clearances")
    function = models.CharField(max_length=20, choices=Function)
    status = models.CharField(max_length=20, choices=Status)
    decided_on = models.DateField("since", help_text="The day the function said so, or began to look.")
    expires_on = models.DateField(
        "until", null=True, blank=True, help_text="The last day it holds; empty is open-ended."
    )
    note = models.CharField(max_length=500, blank=True, help_text="Conditions, or why not.")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    objects = ClearanceQuerySet.as_manager()

    class Meta:
        ordering = ["function"]
        constraints = [
            models.UniqueConstraint(fields=["tool", "function"], name="clearance_once_a_function"),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gte=F("decided_on")), name="clearance_expires_after_start"
            ),
        ]
        indexes = [models.Index(fields=["expires_on"], name="clearance_by_expiry")]

    def __str__(self) -> str:
        return f"{self.get_function_display()}: {self.get_status_display().lower()}"

    def clean(self) -> None:
        """The constraint says it too, in words for machines."""
        if self.expires_on and self.decided_on and self.expires_on < self.decided_on:
            raise ValidationError({"expires_on": "It cannot end before it begins."})

    @property
    def is_expired(self) -> bool:
        return self.expires_on is not None and self.expires_on < clock.today()

    @property
    def is_current(self) -> bool:
        """Whether it is an approval that holds today."""
        return self.status == self.Status.APPROVED and self.decided_on <= clock.today() and not self.is_expired
