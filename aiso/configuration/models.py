"""Versions of the rules that the office keeps."""

from datetime import date
from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import OuterRef, Q

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate

from .permissions import can_read_drafts


class ConfigurationVersionQuerySet(models.QuerySet["ConfigurationVersion"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Published versions: everybody signed in, for they are judged by them. Drafts: the office and auditors."""
        if not user.is_authenticated:
            return self.none()
        return self if can_read_drafts(user) else self.published()

    def published(self) -> Self:
        return self.filter(number__isnull=False)

    def drafts(self) -> Self:
        return self.filter(number=None)

    def standing(self) -> Self:
        """Published, and not withdrawn before their day came."""
        return self.published().filter(withdrawn_at=None)

    def in_force(self, kind: str, on: date | None = None) -> "ConfigurationVersion":
        """The version that holds on a day, today by default. Raises DoesNotExist where none did.

        Of those whose day has come the latest published one: it takes the place of an earlier one whose day is later.
        """
        return self.standing().filter(kind=kind, effective_from__lte=on or clock.today()).latest("number")

    def all_in_force(self) -> Self:
        """Of each kind the version that holds today."""
        past = self.standing().filter(effective_from__lte=clock.today())
        return past.order_by("kind", "-number").distinct("kind")

    def all_latest(self) -> Self:
        """Of each kind the last word: the version that holds, or the one published after it that waits for its day."""
        return self.standing().order_by("kind", "-number").distinct("kind")

    def waiting(self) -> Self:
        """Published for a day that is still to come, and not replaced by a later one for an earlier day."""
        later = self.model.objects.standing().filter(
            kind=OuterRef("kind"), number__gt=OuterRef("number"), effective_from__lte=OuterRef("effective_from")
        )
        coming = self.standing().filter(effective_from__gt=clock.today())
        return coming.exclude(models.Exists(later)).order_by("kind", "number")

    def due(self) -> Self:
        """Their day has come, and nobody has let them take effect yet."""
        past = self.standing().filter(effective_from__lte=clock.today())
        return past.filter(settled_at=None, followed_at=None).order_by("kind", "number")

    def under_way(self) -> Self:
        """In effect, while what follows from them is still being worked out."""
        return self.standing().filter(followed_at=None, effective_from__lte=clock.today())


# What may still be told of a published version: what it says is fixed.
AFTERWARDS = ["followed_at", "settled_at", "withdrawn_at", "withdrawn_by_id", "withdrawn_because"]


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["followed_at", "settled_at"]
)
class ConfigurationVersion(models.Model):
    """One version of one kind's content. Without a number it is the draft; with one it is fixed for good."""

    kind = models.SlugField(max_length=60)
    number = models.PositiveIntegerField(null=True, blank=True)
    content = models.JSONField(default=dict)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    effective_from = models.DateField(null=True, blank=True, help_text="The day from which it holds.")
    settled_at = models.DateTimeField(
        null=True, blank=True, help_text="When it took effect, or another had taken its place."
    )
    followed_at = models.DateTimeField(
        null=True, blank=True, help_text="When all that follows from it had been worked out."
    )
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="Before its day came: it never held.")
    withdrawn_because = models.TextField(blank=True)

    objects = ConfigurationVersionQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-number"]
        indexes = [
            models.Index(
                fields=["kind"], condition=Q(followed_at=None, number__isnull=False), name="configuration_under_way"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="configuration_number_once"),
            models.UniqueConstraint(fields=["kind"], condition=Q(number=None), name="one_draft_a_kind"),
            models.CheckConstraint(
                condition=Q(number=None, published_at=None, effective_from=None, followed_at=None)
                | Q(number__isnull=False, published_at__isnull=False, effective_from__isnull=False),
                name="a_version_is_published",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | (Q(number__isnull=False, settled_at=None) & ~Q(withdrawn_because="")),
                name="only_waiting_versions_withdrawn",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_is_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__number__isnull=False),
                func=f"""
                    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL
                        AND to_jsonb(NEW) - ARRAY{AFTERWARDS} = to_jsonb(OLD) - ARRAY{AFTERWARDS} THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'A published version is never edited; publish the next one.';
                """,
            ),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, draft" if self.number is None else f"{self.kind}, version {self.number}"

    @property
    def is_in_effect(self) -> bool:
        """Whether its day has come. It may hold no more."""
        return self.effective_from is not None and self.effective_from <= clock.today()
