"""Bodies that decide, and the time that each person has a seat in one."""

from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from portfolio.models.ownership import Days


class ForumQuerySet(models.QuerySet["Forum"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Who decides is no secret inside the company."""
        return self if user.is_authenticated else self.none()

    def bodies_of(self, person: User, day: date | None = None) -> Self:
        """Those in which a person has a seat on a day, today unless told, the highest first."""
        seats = Membership.objects.on(day or clock.today())
        return self.filter(Exists(seats.filter(forum=OuterRef("pk"), person=person)))

    def with_seats(self, day: date) -> Self:
        """With `seats`, those taken on a day, the chair first; one query more for all of them."""
        seats = Membership.objects.on(day).select_related("person").in_order()
        return self.prefetch_related(models.Prefetch("memberships", seats, to_attr="seats"))


@pghistory.track()
class Forum(models.Model):
    """A body that decides: people who meet, or a delegate who decides alone. The higher its rank, the higher it is."""

    class Majority(models.TextChoices):
        SIMPLE = "simple", "More than half of the votes"
        TWO_THIRDS = "two_thirds", "Two thirds of the votes"
        UNANIMOUS = "unanimous", "All votes"

    slug = models.SlugField("address", max_length=60, unique=True, editable=False)
    name = models.CharField(max_length=120, unique=True, error_messages={"unique": "Another forum is called that."})
    about = models.TextField(max_length=1000, blank=True, help_text="What it decides, in a sentence or two.")
    rank = models.PositiveSmallIntegerField(
        help_text="The higher the number, the higher the body: where two match, the higher one decides."
    )
    is_delegate = models.BooleanField(
        "decides alone", default=False, help_text="One person or a few decide without a meeting, e.g. on the fast lane."
    )
    quorum_share = models.DecimalField(
        "quorum, share",
        max_digits=3,
        decimal_places=2,
        default=Decimal("0.5"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
        help_text="Which share of the members must take part, from 0 to 1.",
    )
    quorum_least = models.PositiveSmallIntegerField(
        "quorum, at least",
        default=1,
        validators=[MinValueValidator(1)],
        help_text="How many must take part, however few members there are.",
    )
    majority = models.CharField(max_length=20, choices=Majority, default=Majority.SIMPLE)
    most_members = models.PositiveSmallIntegerField(
        "seats",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="How many with a vote may sit in it at once; empty for any number.",
    )
    unit = models.ForeignKey(
        BusinessUnit, models.PROTECT, null=True, blank=True, related_name="forums", verbose_name="business unit"
    )

    called_by = "name"
    objects = ForumQuerySet.as_manager()

    class Meta:
        ordering = ["-rank", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quorum_share__gte=0, quorum_share__lte=1), name="forum_quorum_is_a_share"
            ),
            models.CheckConstraint(condition=Q(quorum_least__gte=1), name="forum_quorum_of_somebody"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/forums/{self.slug}/"

    def members_on(self, day: date) -> "MembershipQuerySet":
        """The seats taken on a day, the chair first."""
        return self.memberships.on(day).select_related("person").in_order()

    def is_member(self, person: User, day: date | None = None) -> bool:
        """Whether a person has a seat on a day, today unless told. The secretary has one, without a vote."""
        return self.memberships.on(day or clock.today()).filter(person=person).exists()

    def has_vote(self, person: User, day: date | None = None) -> bool:
        return self.memberships.on(day or clock.today()).voting().filter(person=person).exists()

    def chair_of(self, day: date | None = None) -> User | None:
        return self._holder(Membership.Role.CHAIR, day)

    def secretary_of(self, day: date | None = None) -> User | None:
        return self._holder(Membership.Role.SECRETARY, day)

    def quorum(self, voting: int) -> int:
        """How many must take part, of so many with a vote. More than there are means that it cannot decide."""
        share = (self.quorum_share * voting).to_integral_value(ROUND_CEILING)
        return max(int(share), self.quorum_least)

    def _holder(self, role: str, day: date | None) -> User | None:
        seat = self.memberships.on(day or clock.today()).filter(role=role).select_related("person").first()
        return seat.person if seat else None


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self if user.is_authenticated else self.none()

    def on(self, day: date) -> Self:
        """Seats that are taken on a day. The day one ended no longer counts."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day), started_on__lte=day)

    def voting(self) -> Self:
        return self.filter(role__in=VOTING)

    def in_order(self) -> Self:
        """The chair, sponsors, members, the secretary; by name."""
        places = [models.When(role=role, then=place) for place, role in enumerate(PLACES)]
        return self.order_by(models.Case(*places), "person__name", "pk")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Membership(models.Model):
    """One person's time in one forum. The day it ended no longer counts."""

    class Role(models.TextChoices):
        CHAIR = "chair", "Chair"
        SPONSOR = "sponsor", "Sponsor"
        MEMBER = "member", "Member"
        SECRETARY = "secretary", "Secretary"

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role, default=Role.MEMBER)
    started_on = models.DateField("from")
    ended_on = models.DateField("until", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["forum", "started_on", "pk"]
        indexes = [models.Index(fields=["person", "started_on"], name="membership_by_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")), name="membership_ends_after_start"
            ),
            ExclusionConstraint(
                name="one_seat_a_person_a_day",
                expressions=[
                    ("forum", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    (Days("started_on", "ended_on", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="one_chair_and_secretary_a_day",
                expressions=[
                    ("forum", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (Days("started_on", "ended_on", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(role__in=["chair", "secretary"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.person}"

    @property
    def has_vote(self) -> bool:
        return self.role in VOTING


# The secretary keeps the minutes and has no vote.
VOTING = (Membership.Role.CHAIR, Membership.Role.SPONSOR, Membership.Role.MEMBER)
# In which order people are named.
PLACES = (*VOTING, Membership.Role.SECRETARY)
# Roles that one person has at a time.
SINGLE = (Membership.Role.CHAIR, Membership.Role.SECRETARY)
