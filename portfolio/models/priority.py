"""Priority: one scoring model (DESIGN §5)."""

from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MinValueValidator
from django.db import models

from aiso import clock
from aiso.accounts.models import User


class PriorityWeightsQuerySet(models.QuerySet["PriorityWeights"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self if user.is_authenticated else self.none()

    def in_force(self) -> "PriorityWeights":
        return self.filter(published_at__isnull=False).latest("version")


def _weight(name: str) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(
        name, max_digits=4, decimal_places=2, default=Decimal(1), validators=[MinValueValidator(0)]
    )


class PriorityWeights(models.Model):
    """How much each part of a priority counts. A published version is never edited."""

    version = models.PositiveIntegerField(unique=True)
    value = _weight("value")
    feasibility = _weight("feasibility")
    data_readiness = _weight("data readiness")
    strategic_fit = _weight("strategic fit")
    governance_complexity = _weight("governance complexity")
    published_at = models.DateTimeField(null=True, blank=True, default=clock.now)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = PriorityWeightsQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"Weights, version {self.version}"
