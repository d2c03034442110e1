"""The functions that sign off: legal, security, risk and whichever the company has (DESIGN §4)."""

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from aiso.accounts.models import BusinessUnit, Role, User


class ReviewFunctionQuerySet(models.QuerySet["ReviewFunction"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Who reviews what is no secret inside the company."""
        return self if user.is_authenticated else self.none()

    def active(self) -> Self:
        return self.filter(is_active=True)


@pghistory.track()
class ReviewFunction(models.Model):
    """One function that gives a sign-off. Its people are those who hold its role, and members of its own."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    about = models.CharField(max_length=300, blank=True, help_text="What it looks at, in one sentence.")
    role = models.CharField(
        max_length=30, choices=Role, blank=True, help_text="Whoever holds this role reviews for it, too."
    )
    escalates_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who is told when a clock runs out; the office is told in any case.",
    )
    rests_on = ArrayField(
        models.SlugField(max_length=40),
        default=list,
        blank=True,
        help_text="Groups of facts that its sign-off rests on; empty is all of them.",
    )
    order = models.PositiveSmallIntegerField(default=50)
    is_active = models.BooleanField(default=True)

    objects = ReviewFunctionQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="function_name_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/administration/functions/{self.slug}/"


class FunctionMemberQuerySet(models.QuerySet["FunctionMember"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self if user.is_authenticated else self.none()

    def current(self) -> Self:
        return self.filter(ended_on=None)


@pghistory.track()
class FunctionMember(models.Model):
    """A person who reviews for a function besides the holders of its role, for a unit and those below it or for all."""

    function = models.ForeignKey(ReviewFunction, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    unit = models.ForeignKey(BusinessUnit, models.PROTECT, null=True, blank=True, related_name="+")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    objects = FunctionMemberQuerySet.as_manager()

    class Meta:
        ordering = ["function", "person"]
        constraints = [
            models.UniqueConstraint(
                fields=["function", "person", "unit"],
                condition=Q(ended_on=None),
                nulls_distinct=False,
                name="function_member_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.function}"
