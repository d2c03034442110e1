"""Board packs: the dashboard's five figures as they stood, kept with the files that were drawn from them."""

from datetime import timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.web import figures
from portfolio.models import Bucket
from portfolio.models.initiative import money_reach, oversight

# Those of the dashboard, which stands above the models.
WINDOWS = (30, 60, 90)


class Scope(models.Model):
    """Which part of the company is told, and over how long. A unit includes those below it."""

    days = models.PositiveSmallIntegerField("window", default=90, help_text="Days: 30, 60 or 90.")
    unit = models.ForeignKey(BusinessUnit, models.PROTECT, null=True, blank=True, related_name="+")
    bucket = models.ForeignKey(Bucket, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def scope(self) -> str:
        """`Sales and below, customer operations`, `The whole company`."""
        unit = f"{self.unit.name} and below" if self.unit else "The whole company"
        return f"{unit}, {self.bucket.name}" if self.bucket else unit


class PackSubscription(Scope):
    """A pack by mail on the first of each month, as of the last day of the month before."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="pack_subscriptions")
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager["PackSubscription"]()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "days", "unit", "bucket"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="subscribed_once_to_a_pack",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.days} days, {self.scope}"


class BoardPackQuerySet(models.QuerySet["BoardPack"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those that tell nothing which the user's roles do not show: as much of the money and of what is confidential.

        Whoever asked for one sees it before it is ready, and no longer than their roles reach so far.
        """
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        reaches = _within("money_units", money_reach(user)) & _within("confidential_units", oversight(user))
        return self.filter(reaches, Q(state=BoardPack.State.READY) | Q(asked_by=user))

    def stalled(self, minutes: float) -> Self:
        """Packs that a worker should be busy with and that have not moved for a while: it died."""
        return self.filter(state__in=BoardPack.MOVING, moved_at__lt=clock.now() - timedelta(minutes=minutes))

    def without_figures(self) -> Self:
        return self.defer("figures")


def _within(field: str, reach: frozenset[int] | None) -> Q:
    """Packs whose units lie in a reach; None is all of the company."""
    return Q() if reach is None else Q(**{f"{field}__contained_by": sorted(reach)})


class BoardPack(Scope):
    """One pack. What it pins is told once, and never again: neither its figures nor its files change."""

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        MAKING = "making", "Being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    MOVING = (State.QUEUED, State.MAKING)

    as_of = models.DateField(help_text="The last day counted.")
    known_at = models.DateTimeField(default=clock.now, help_text="What was recorded later is not in it.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="board_packs")
    key = models.CharField(max_length=120, help_text="Who asks twice with one key asks once.")
    subscription = models.ForeignKey(PackSubscription, models.PROTECT, null=True, blank=True, related_name="packs")
    # The reach that it was made for: empty for all of the company, an empty list for none of it.
    money_units = ArrayField(models.BigIntegerField(), null=True, help_text="Whose money it counts.")
    confidential_units = ArrayField(
        models.BigIntegerField(), null=True, help_text="Whose confidential initiatives it counts."
    )
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0, help_text="Per cent of its steps.")
    figures = models.JSONField(null=True, help_text="All that its files say; money as decimal text.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often a worker took it up.")
    moved_at = models.DateTimeField(default=clock.now, help_text="The last sign of life.")
    made_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=500, blank=True)

    objects = BoardPackQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["moved_at"], condition=Q(state__in=["queued", "making"]), name="pack_moving")]
        constraints = [
            models.UniqueConstraint(fields=["asked_by", "key"], name="pack_asked_once"),
            models.CheckConstraint(condition=Q(days__in=WINDOWS), name="pack_of_a_window"),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(made_at__isnull=False, figures__isnull=False), name="pack_ready_is_made"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="pins_stay", fields=["days", "as_of", "known_at", "unit", "bucket", "asked_by", "key"]
            ),
            pgtrigger.Protect(
                name="figures_stay",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__figures__isnull=False)
                & (
                    pgtrigger.Q(old__figures__df=pgtrigger.F("new__figures"))
                    | pgtrigger.Q(old__money_units__df=pgtrigger.F("new__money_units"))
                    | pgtrigger.Q(old__confidential_units__df=pgtrigger.F("new__confidential_units"))
                ),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Board pack of {self.days} days to {figures.day(self.as_of)}"

    def get_absolute_url(self) -> str:
        return reverse("value:pack", args=[self.pk])

    @property
    def is_moving(self) -> bool:
        return self.state in self.MOVING

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def stem(self) -> str:
        """What its files are called, without their ending."""
        return f"board-pack-{self.days}-days-{self.as_of.isoformat()}"


class PackFile(models.Model):
    """One of a pack's files, as it was drawn once."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        PPTX = "pptx", "PowerPoint"
        XLSX = "xlsx", "Excel"

    pack = models.ForeignKey(BoardPack, models.PROTECT, related_name="files")
    kind = models.CharField(max_length=4, choices=Kind)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=clock.now)

    objects = models.Manager["PackFile"]()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["pack", "kind"], name="one_file_of_a_kind")]
        triggers = [pgtrigger.Protect(name="stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.pack.stem}.{self.kind}"
