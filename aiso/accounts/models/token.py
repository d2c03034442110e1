"""Tokens, with which programs and scripts act for a person or as a service account."""

from hashlib import sha256
from secrets import token_urlsafe
from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from aiso import clock

from .person import User

# What a token begins with, so that people and scanners of leaked secrets know it for one.
BEGINNING = "aiso_"
# Bytes of chance: too many to try, so that a plain fast hash keeps them safe.
RANDOM_BYTES = 32
HINT = len(BEGINNING) + 4


def new_secret() -> str:
    return BEGINNING + token_urlsafe(RANDOM_BYTES)


def digest_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """One's own."""
        return self.filter(person=user) if isinstance(user, User) else self.none()

    def in_force(self) -> Self:
        """Neither revoked nor expired."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=clock.now()), revoked_at=None)


@pghistory.track(exclude=["digest", "last_used_at"])
class ApiToken(models.Model):
    """One key to the API. Only its hash is kept: the secret is shown once, to whoever made it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80, help_text="Where it is used, e.g. Nightly sync.")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField("begins with", max_length=HINT, editable=False)
    is_read_only = models.BooleanField("read-only", default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    called_by = "name"
    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "API token"
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "person",
                Lower("name"),
                condition=Q(revoked_at=None),
                name="token_name_once_a_person",
                violation_error_message="There is a token of this name. Revoke it first, or choose another name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_in_force(self) -> bool:
        return self.revoked_at is None and not self.is_expired

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= clock.now()
