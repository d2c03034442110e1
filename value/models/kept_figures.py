"""Rows that follow from stages and readings, kept for the lead time and the adoption of the dashboard (DESIGN §6)."""

from django.db import models

from portfolio.models import Initiative, Workflow


def _of(model: type[models.Model]) -> "models.ForeignKey[models.Model, models.Model]":
    return models.ForeignKey(model, models.CASCADE, db_constraint=False, db_index=False, related_name="+")


class Launch(models.Model):
    """When an initiative first entered production, and before or on that day a pilot."""

    initiative = _of(Initiative)
    produced_on = models.DateField()
    piloted_on = models.DateField(null=True, help_text="Empty: never by then.")

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "launches"
        indexes = [models.Index(fields=["produced_on"], name="launches_by_day")]

    def __str__(self) -> str:
        return f"Initiative {self.initiative_id} in production on {self.produced_on}"


class PilotSpell(models.Model):
    """Days on which an initiative was in pilot."""

    initiative = _of(Initiative)
    first_on = models.DateField()
    last_on = models.DateField(null=True, help_text="Empty: it still is.")
    began_on = models.DateField(help_text="When it first entered one.")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["first_on"], name="pilots_by_day")]

    def __str__(self) -> str:
        return f"Initiative {self.initiative_id} in pilot, {self.first_on} to {self.last_on or 'now'}"


class Ending(models.Model):
    """When an initiative was closed or merged."""

    initiative = _of(Initiative)
    ended_on = models.DateField()
    has_rationale = models.BooleanField(help_text="Whether somebody said why.")
    goes_on = models.DateField(null=True, help_text="The day of the change after it. Empty: there is none.")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["ended_on"], name="endings_by_day")]

    def __str__(self) -> str:
        return f"Initiative {self.initiative_id} ended on {self.ended_on}"


class AdoptionTotal(models.Model):
    """What was read of a workflow in all weeks up to one: the sums of `value.adoption`, running."""

    SUMS = ("read", "told", "target", "active", "repeat", "repeat_of", "opt_outs", "opt_outs_of", "points", "answered")

    workflow = _of(Workflow)
    week_ends_on = models.DateField()
    read = models.IntegerField(help_text="Weeks that were read.")
    told = models.IntegerField(help_text="Weeks of which anything is told.")
    target = models.BigIntegerField()
    active = models.BigIntegerField()
    repeat = models.BigIntegerField()
    repeat_of = models.BigIntegerField()
    opt_outs = models.BigIntegerField()
    opt_outs_of = models.BigIntegerField()
    points = models.DecimalField(max_digits=20, decimal_places=2)
    answered = models.BigIntegerField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["workflow", "week_ends_on"], name="adoption_totals_of_workflow")]

    def __str__(self) -> str:
        return f"Workflow {self.workflow_id} up to {self.week_ends_on}"
