"""Who owns an initiative, and since when."""

from datetime import date
from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from aiso import clock
from aiso.accounts.models import User


class OwnerKind(models.TextChoices):
    BUSINESS = "business", "Business owner"
    TECHNICAL = "technical", "Technical owner"
    RISK = "risk", "Risk owner"


class Days(Func):
    """The days from `started_on` up to, not including, `ended_on`."""

    function = "daterange"
    output_field = DateRangeField()


# The initiative carries its present owners, so that lists and rights need no join.
FOLLOW_OWNERS = """
    UPDATE portfolio_initiative AS i
    SET business_owner_id = o.business, technical_owner_id = o.technical, risk_owner_id = o.risk,
        business_owner_since = o.since
    FROM (
        SELECT t.initiative_id,
               max(p.person_id) FILTER (WHERE p.kind = 'business') AS business,
               max(p.person_id) FILTER (WHERE p.kind = 'technical') AS technical,
               max(p.person_id) FILTER (WHERE p.kind = 'risk') AS risk,
               max(p.started_on) FILTER (WHERE p.kind = 'business') AS since
        FROM (SELECT DISTINCT initiative_id FROM {rows}) AS t
        LEFT JOIN portfolio_ownership AS p
            ON p.initiative_id = t.initiative_id AND p.ended_on IS NULL AND NOT p.is_deputy
        GROUP BY t.initiative_id
    ) AS o
    WHERE i.id = o.initiative_id;
    RETURN NULL;
"""


def _follow(name: str, operation: pgtrigger.Operation, **rows: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**rows),
        func=FOLLOW_OWNERS.format(rows=next(iter(rows.values()))),
    )


class OwnershipQuerySet(models.QuerySet["Ownership"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        from .initiative import Initiative

        return self.filter(initiative__in=Initiative.objects.visible_to(user))

    def current(self) -> Self:
        return self.filter(ended_on=None)

    def principals(self) -> Self:
        """Owners themselves, without their deputies."""
        return self.filter(is_deputy=False)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Ownership(models.Model):
    """One person's time as an owner, or an owner's deputy, of one initiative. The day it ended no longer counts."""

    # What is written when it ends.
    ENDING = ("ended_on", "end_recorded_at")

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="ownerships")
    kind = models.CharField(max_length=20, choices=OwnerKind)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="ownerships")
    is_deputy = models.BooleanField(default=False)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(default=clock.now)
    end_recorded_at = models.DateTimeField(null=True, blank=True)

    objects = OwnershipQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "is_deputy", "started_on"]
        indexes = [models.Index(fields=["person"], condition=Q(ended_on=None), name="ownership_current")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="ownership_ends_after_start",
            ),
            ExclusionConstraint(
                name="one_owner_a_kind_a_day",
                expressions=[
                    ("initiative", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (Days("started_on", "ended_on", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_deputy=False),
            ),
            models.UniqueConstraint(
                fields=["initiative", "kind", "person", "is_deputy"],
                condition=Q(ended_on=None),
                name="owner_once_at_a_time",
            ),
        ]
        triggers = [
            _follow("owners_follow_insert", pgtrigger.Insert, new="new_rows"),
            _follow("owners_follow_update", pgtrigger.Update, old="old_rows", new="new_rows"),
            _follow("owners_follow_delete", pgtrigger.Delete, old="old_rows"),
        ]

    def __str__(self) -> str:
        deputy = ", deputy" if self.is_deputy else ""
        return f"{self.get_kind_display()}{deputy}: {self.person}"

    def end_on(self, day: date) -> None:
        """Say when it ended; that is known from now on. The caller saves `ENDING`."""
        self.ended_on, self.end_recorded_at = day, clock.now()
