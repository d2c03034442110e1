"""Hours that the people of a function have, and hours that initiatives ask of them."""

from decimal import Decimal
from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from aiso import clock
from aiso.accounts.models import User
from aiso.web.figures import measured
from portfolio.models import Initiative
from portfolio.models.stage import ENDED

from .function import ReviewFunction

# Hours a month: more than five hundred people at full time is a slip of the keyboard.
MOST_HOURS = Decimal(100_000)


class FunctionHoursQuerySet(models.QuerySet["FunctionHours"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """How much time a function has is no secret inside the company."""
        return self if user.is_authenticated else self.none()


@pghistory.track()
class FunctionHours(models.Model):
    """The hours a month that a function has for initiatives, from a month on until another entry begins."""

    function = models.ForeignKey(ReviewFunction, models.CASCADE, related_name="hours")
    from_month = models.DateField(help_text="The first day of the month.")
    hours = models.DecimalField(
        max_digits=8,
        decimal_places=1,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_HOURS)],
        help_text="Hours a month.",
    )
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=clock.now)

    objects = FunctionHoursQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "function hours"
        ordering = ["function", "from_month"]
        constraints = [
            models.UniqueConstraint(fields=["function", "from_month"], name="hours_once_a_month"),
            models.CheckConstraint(condition=Q(from_month__day=1), name="hours_from_a_first_day"),
            models.CheckConstraint(condition=Q(hours__gte=0, hours__lte=MOST_HOURS), name="hours_possible"),
        ]

    def __str__(self) -> str:
        return f"{self.function}, {self.hours} hours a month"


class SpecialistRequestQuerySet(models.QuerySet["SpecialistRequest"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(initiative__in=Initiative.objects.visible_to(user))

    def standing(self) -> Self:
        """Those that ask for hours: neither declined nor withdrawn, of an initiative that goes on."""
        wanted = (SpecialistRequest.State.ASKED, SpecialistRequest.State.AGREED)
        return self.filter(state__in=wanted).exclude(initiative__stage__in=ENDED)

    def waiting(self) -> Self:
        return self.standing().filter(state=SpecialistRequest.State.ASKED)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class SpecialistRequest(models.Model):
    """What an initiative asks of a function's people: hours a month, over some months, for a purpose."""

    class State(models.TextChoices):
        ASKED = "asked", "Asked for"
        AGREED = "agreed", "Agreed"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="specialist_requests")
    function = models.ForeignKey(ReviewFunction, models.PROTECT, related_name="requests")
    first_month = models.DateField()
    last_month = models.DateField()
    hours = models.DecimalField(
        max_digits=8,
        decimal_places=1,
        validators=[MinValueValidator(Decimal("0.5")), MaxValueValidator(MOST_HOURS)],
        help_text="Hours a month.",
    )
    purpose = models.CharField(max_length=300)
    state = models.CharField(max_length=20, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was agreed or declined.")

    objects = SpecialistRequestQuerySet.as_manager()

    class Meta:
        ordering = ["first_month", "pk"]
        indexes = [
            models.Index(
                fields=["function", "first_month", "last_month"],
                condition=Q(state__in=["asked", "agreed"]),
                name="specialists_asked_for",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_month__day=1, last_month__day=1, last_month__gte=F("first_month")),
                name="specialists_for_whole_months",
            ),
            models.CheckConstraint(condition=Q(hours__gt=0, hours__lte=MOST_HOURS), name="specialist_hours_possible"),
        ]

    def __str__(self) -> str:
        return f"{self.function}: {measured(self.hours)} hours a month for {self.initiative.reference}"
