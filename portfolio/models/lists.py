"""The short lists that the office keeps: what an initiative can be sorted under."""

from typing import Self

import pghistory
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

from aiso.accounts.models import BusinessUnit, User


class ListQuerySet[E: models.Model](models.QuerySet[E]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Lists are no secret: everybody signed in."""
        return self if user.is_authenticated else self.none()

    def active(self) -> Self:
        return self.filter(is_active=True)


class NamedEntry(models.Model):
    """An entry of an editable list. Retired entries stay on the initiatives that carry them."""

    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)

    called_by = "name"
    objects = ListQuerySet["NamedEntry"].as_manager()

    class Meta:
        abstract = True
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="%(class)s_name_once")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The constraint says it too, in words for machines."""
        namesakes = type(self)._default_manager.filter(name__iexact=self.name).exclude(pk=self.pk)
        if namesakes.exists():
            raise ValidationError({"name": "This name is there already, in one spelling or another."})


@pghistory.track()
class Bucket(NamedEntry):
    """What kind of work the initiative changes, e.g. customer operations."""


@pghistory.track()
class Workflow(NamedEntry):
    """A business process. A critical one counts in the adoption figure (DESIGN §6)."""

    unit = models.ForeignKey(BusinessUnit, models.PROTECT, null=True, blank=True, related_name="workflows")
    is_critical = models.BooleanField(default=False)


@pghistory.track()
class Objective(NamedEntry):
    """A company goal that initiatives serve. The configuration adds, renames and retires them, by their codes."""

    code = models.SlugField(max_length=60, blank=True, editable=False)
    description = models.TextField(blank=True)

    class Meta(NamedEntry.Meta):
        constraints = [
            *NamedEntry.Meta.constraints,
            models.UniqueConstraint(fields=["code"], condition=~models.Q(code=""), name="objective_code_once"),
        ]


@pghistory.track()
class UseCaseType(NamedEntry):
    """What the AI does: e.g. summarise text, recognise images. Governance rules name these."""


@pghistory.track()
class Jurisdiction(NamedEntry):
    """Where the AI is used, as far as the law differs: e.g. EU, UK, US, internal only."""


@pghistory.track()
class Tag(NamedEntry):
    """A free word that groups initiatives."""
