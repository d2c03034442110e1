"""Merging one initiative into another (DESIGN §4)."""

from functools import reduce
from operator import or_
from typing import Self

import pghistory
import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from portfolio.models import Initiative

from .decision import Decision


class MergeQuerySet(models.QuerySet["Merge"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of which the user sees both: who sees one alone is not to learn of the other."""
        seen = Initiative.objects.visible_to(user)
        return self.filter(merged__in=seen, survivor__in=seen)

    def standing(self) -> Self:
        return self.filter(undone_by=None)

    def with_later(self) -> Self:
        """With `has_later`: whether something was decided on either initiative since."""
        both = (OuterRef("merged"), OuterRef("survivor"))
        about = ("initiative", "merge__survivor", "undoes__survivor")
        concerned = reduce(or_, [Q(**{each: one}) for each in about for one in both])
        return self.annotate(has_later=Exists(Decision.objects.filter(concerned, pk__gt=OuterRef("decision"))))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["moved"])
class Merge(models.Model):
    """One initiative went on in another. Rows that never change stay with it, and the survivor reads them; `moved`
    names what moved, so that undoing brings back just that.
    """

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="merge")
    merged = models.ForeignKey(Initiative, models.PROTECT, related_name="merges")
    survivor = models.ForeignKey(Initiative, models.PROTECT, related_name="merged_into_it")
    moved = models.JSONField(default=dict, help_text="The ids of what moved, by the name of its mover.")
    undone_by = models.OneToOneField(Decision, models.PROTECT, null=True, blank=True, related_name="undoes")

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["survivor"], condition=Q(undone_by=None), name="merge_standing")]
        constraints = [
            models.CheckConstraint(condition=~Q(merged=F("survivor")), name="merged_into_another"),
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_by=None), name="merged_once_an_initiative"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="never_edited", fields=["decision", "merged", "survivor", "moved"]),
            pgtrigger.Protect(
                name="undone_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__undone_by__isnull=False)
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.merged.reference} into {self.survivor.reference}"

    def get_absolute_url(self) -> str:
        return self.decision.get_absolute_url()

    @property
    def is_standing(self) -> bool:
        return self.undone_by_id is None
