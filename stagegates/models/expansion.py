"""Growing after launch, in an order (DESIGN §4): more volume, adjacent decisions, another unit, a second workflow."""

from typing import Any, Self

import pghistory
import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from aiso.accounts.models import BusinessUnit, User
from aiso.audit.models import no_truncate
from portfolio.models import DecisionClass, Initiative, Workflow

from .asked import AskedOutsideGates, AskedQuerySet, asking_stands
from .decision import Decision


class ExpansionQuerySet(AskedQuerySet["Expansion"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(initiative__in=Initiative.objects.visible_to(user))

    def approved(self) -> Self:
        return self.filter(rulings__decision__outcome__in=["approve", "conditions"])


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Expansion(AskedOutsideGates):
    """One step further that an initiative in production asks for. Decided like a decision on the initiative."""

    class Step(models.TextChoices):
        VOLUME = "volume", "More volume in one decision class"
        ADJACENT = "adjacent", "Adjacent decision classes"
        UNIT = "unit", "Another team or region"
        WORKFLOW = "workflow", "A second workflow"

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="expansions")
    step = models.CharField(max_length=20, choices=Step)
    what = models.CharField("what it covers", max_length=300)
    decision_class = models.ForeignKey(
        DecisionClass, models.SET_NULL, null=True, blank=True, related_name="+", help_text="Whose volume grows."
    )
    volume_before = models.PositiveIntegerField("a week now", null=True, blank=True)
    volume_after = models.PositiveIntegerField("a week then", null=True, blank=True)
    unit = models.ForeignKey(
        BusinessUnit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="team or region"
    )
    workflow = models.ForeignKey(Workflow, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField("why now")
    amount = models.DecimalField(
        "money asked for",
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="In the reporting currency.",
    )
    skips = models.JSONField(default=list, help_text="The steps before it that were not done when it was asked.")
    skip_because = models.TextField("why steps are skipped", blank=True)

    called_by = "what"
    told_as = "expansion"
    ruled_by = "on_expansion"
    objects = ExpansionQuerySet.as_manager()

    class Meta(AskedOutsideGates.Meta):
        indexes = [models.Index(fields=["asked_at"], condition=Q(closed_at=None), name="expansion_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative"], condition=Q(closed_at=None), name="one_open_expansion_an_initiative"
            ),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gt=0), name="expansion_asks_for_some_money"),
            models.CheckConstraint(condition=~Q(what="") & ~Q(reason=""), name="expansion_says_what_and_why"),
            models.CheckConstraint(condition=Q(skips=[]) | ~Q(skip_because=""), name="skipped_step_has_a_reason"),
            models.CheckConstraint(
                condition=Q(volume_after=None) | Q(volume_after__gt=models.F("volume_before")),
                name="expansion_volume_grows",
            ),
            models.CheckConstraint(
                condition=Q(was_withdrawn=False) | Q(closed_at__isnull=False), name="withdrawn_expansion_is_closed"
            ),
        ]
        # A decision class may be removed, and is then not named any more.
        triggers = asking_stands(
            *("step", "what", "reason", "amount", "skips", "skip_because"),
            *("volume_before", "volume_after", "unit", "workflow"),
        )

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.what}"

    def get_absolute_url(self) -> str:
        return f"/expansions/{self.pk}/"

    @property
    def skipped(self) -> list[str]:
        """The steps that it skips, as people call them."""
        return [Expansion.Step(each).label for each in self.skips]

    @property
    def exceptions(self) -> list[dict[str, Any]]:
        """What its approval records as an exception: each step that is skipped, with the reason."""
        return [
            {
                "what": f"Skips: {name.lower()}",
                "kind": "skipped_step",
                "key": f"step:{code}",
                "reason": self.skip_because,
            }
            for code, name in zip(self.skips, self.skipped, strict=True)
        ]

    def answer(self, decision: Decision) -> None:
        ExpansionRuling.objects.create(request=self, decision=decision)


class ExpansionRuling(models.Model):
    """Which expansion a decision answered. A held one is answered again later."""

    request = models.ForeignKey(Expansion, models.PROTECT, related_name="rulings")
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="on_expansion")

    class Meta:
        ordering = ["-pk"]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.decision} on {self.request}"
