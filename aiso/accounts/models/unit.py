from collections import defaultdict
from typing import TYPE_CHECKING, Self

import pghistory
from django.contrib.auth.models import AnonymousUser
from django.db import models
from tree_queries.fields import TreeNodeForeignKey
from tree_queries.query import TreeQuerySet

if TYPE_CHECKING:
    from .person import User


class BusinessUnitQuerySet(TreeQuerySet["BusinessUnit"]):  # type: ignore[misc]
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Everybody signed in sees the whole tree: a register without it could not be read."""
        return self if user.is_authenticated else self.none()

    def active(self) -> Self:
        return self.filter(is_active=True)  # type: ignore[no-any-return]

    def and_below(self, units: "models.QuerySet[BusinessUnit] | list[int]") -> list[int]:
        """The ids of `units` and of every unit below them, in one query."""
        below: dict[int | None, list[int]] = defaultdict(list)
        for pk, parent in self.order_by().values_list("pk", "parent_id"):
            below[parent].append(pk)
        wanted = {unit if isinstance(unit, int) else unit.pk for unit in units}
        found = [*wanted]
        # It grows while it is walked: each unit has one above it, so that none comes twice.
        for unit in found:
            found += [pk for pk in below[unit] if pk not in wanted]
        return found


@pghistory.track()
class BusinessUnit(models.Model):  # type: ignore[django-manager-missing]
    """A part of the company, in a tree: a division, an agency, a bureau below it."""

    parent = TreeNodeForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=40, blank=True, help_text="As people say it, e.g. HR.")
    is_active = models.BooleanField("in use", default=True)

    called_by = "name"
    objects = BusinessUnitQuerySet.as_manager()  # type: ignore[django-manager-missing]

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"],
                name="unit_name_once_below_parent",
                nulls_distinct=False,
                violation_error_message="A unit of this name is there already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
