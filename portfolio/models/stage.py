"""Stages, and the dated changes they follow from (DESIGN §4)."""

from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models

from aiso import clock
from aiso.accounts.models import User


class Stage(models.TextChoices):
    INTAKE = "intake", "Intake"
    DISCOVERY = "discovery", "Discovery"
    BUILD = "build", "Build"
    PILOT = "pilot", "Pilot"
    LIMITED_ROLLOUT = "limited_rollout", "Limited rollout"
    SCALE = "scale", "Scale"
    PAUSED = "paused", "Paused"
    CLOSED = "closed", "Closed"
    MERGED = "merged", "Merged"


# The way from a request to the whole company, in order.
PATH = (Stage.INTAKE, Stage.DISCOVERY, Stage.BUILD, Stage.PILOT, Stage.LIMITED_ROLLOUT, Stage.SCALE)
IN_PRODUCTION = (Stage.LIMITED_ROLLOUT, Stage.SCALE)
# Discovery to scale, not paused (DESIGN §6.2).
ACTIVE = (Stage.DISCOVERY, Stage.BUILD, Stage.PILOT, *IN_PRODUCTION)
ENDED = (Stage.CLOSED, Stage.MERGED)

# The initiative's stage is the latest change by day, then by order of recording. Set-based, so that
# an import of thousands stays one statement.
FOLLOW_STAGE = """
    UPDATE portfolio_initiative AS i
    SET stage = latest.stage, stage_since = latest.changed_on, began_on = latest.began_on
    FROM (
        SELECT DISTINCT ON (c.initiative_id) c.initiative_id, c.stage, c.changed_on,
               min(c.changed_on) OVER (PARTITION BY c.initiative_id) AS began_on
        FROM portfolio_stagechange AS c
        WHERE c.initiative_id IN (SELECT initiative_id FROM new_rows)
        ORDER BY c.initiative_id, c.changed_on DESC, c.id DESC
    ) AS latest
    WHERE i.id = latest.initiative_id;
    RETURN NULL;
"""


class StageChangeQuerySet(models.QuerySet["StageChange"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        from .initiative import Initiative

        return self.filter(initiative__in=Initiative.objects.visible_to(user))


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent())
class StageChange(models.Model):
    """An initiative entered a stage on a day. Never edited; only an undone import takes its own back."""

    class Source(models.TextChoices):
        INTAKE = "intake", "Intake"
        OPENING = "opening", "Opening position"
        DECISION = "decision", "Decision"

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="stage_changes")
    stage = models.CharField(max_length=20, choices=Stage)
    changed_on = models.DateField(help_text="The day it happened, in the office's time zone.")
    source = models.CharField(max_length=20, choices=Source)
    rationale = models.TextField(blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    objects = StageChangeQuerySet.as_manager()

    class Meta:
        ordering = ["changed_on", "pk"]
        indexes = [models.Index(fields=["stage", "changed_on"], name="stage_entered")]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update),
            pgtrigger.Protect(
                name="only_openings_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__source__df="opening"),
            ),
            pgtrigger.Trigger(
                name="stage_follows",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=FOLLOW_STAGE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} from {self.changed_on}"
