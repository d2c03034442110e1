"""What a body ruled, and the stage changes that came of it."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from forums.models import Forum
from portfolio.models import Initiative, StageChange, Workflow

from .review import GateReview


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(initiative__in=Initiative.objects.visible_to(user))

    def standing(self) -> Self:
        """Those that no later one supersedes."""
        return self.filter(superseded_by=None)

    def approving(self) -> Self:
        return self.filter(outcome__in=APPROVING)

    def of_workflows(self, workflows: Iterable[int], *, or_of: Iterable[int] = ()) -> Self:
        """Those decided under any of some workflows, those on initiatives that belong to one now, and those on
        initiatives named besides by their ids.
        """
        under, named = [*workflows], [*or_of]
        return self.filter(Q(workflow__in=under) | Q(initiative__workflow__in=under) | Q(initiative__in=named))

    def urgent_since(self, day: date) -> Self:
        """Those taken between meetings on `day` or later: the next meeting is shown them."""
        return self.filter(is_urgent=True, decided_at__gte=timezone.make_aware(datetime.combine(day, time.min)))


@pghistory.track(pghistory.InsertEvent())
class Decision(models.Model):
    """What the forum, or its delegate, ruled (DESIGN §4). Inserted once, never edited: a later one supersedes it."""

    class Outcome(models.TextChoices):
        APPROVE = "approve", "Approve"
        CONDITIONS = "conditions", "Approve with conditions"
        HOLD = "hold", "Hold"
        SEND_BACK = "send_back", "Send back"
        PAUSE = "pause", "Pause"
        RESUME = "resume", "Resume"
        TERMINATE = "terminate", "Terminate"
        MERGE = "merge", "Merge"
        UNDO_MERGE = "undo_merge", "Undo a merge"

    class Way(models.TextChoices):
        MEETING = "meeting", "In a meeting"
        DELEGATE = "delegate", "By the delegate"
        CHAIR = "chair", "By the chair, between meetings"
        WRITING = "writing", "By a quorum, in writing"
        NAMED = "named", "By whom the sponsor named"

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="decisions")
    review = models.ForeignKey(GateReview, models.PROTECT, null=True, blank=True, related_name="decisions")
    outcome = models.CharField(max_length=20, choices=Outcome)
    rationale = models.TextField()
    amount = models.DecimalField(
        max_digits=16, decimal_places=2, null=True, blank=True, help_text="Money approved, in the reporting currency."
    )
    workflow = models.ForeignKey(
        Workflow,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose money this was when it was decided; its sum keeps counting there.",
    )
    body = models.ForeignKey(Forum, models.PROTECT, related_name="decisions")
    way = models.CharField(max_length=20, choices=Way)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=clock.now)
    hold_until = models.DateField(null=True, blank=True)
    back_to = models.SlugField(max_length=60, blank=True, help_text="The gate that it was sent back to.")
    overrides = models.JSONField(default=list, help_text="What stood in the way: [{what, reason}].")
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")
    is_urgent = models.BooleanField(default=False, help_text="Taken between meetings; shown at the next one.")
    asked_by = models.JSONField(
        default=list, help_text="Rights and rules that named the body: {kind, code, name, version}."
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(rationale=""), name="decision_has_a_rationale"),
            models.CheckConstraint(condition=~Q(outcome="hold") | Q(hold_until__isnull=False), name="hold_has_a_date"),
            models.CheckConstraint(condition=~Q(outcome="send_back") | ~Q(back_to=""), name="sent_back_to_a_gate"),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="amount_approved_not_negative"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.ruled}: {self.initiative.reference}"

    def get_absolute_url(self) -> str:
        return f"/decisions/{self.pk}/"

    @property
    def ruled(self) -> str:
        """The outcome as what was done."""
        return RULED[Decision.Outcome(self.outcome)]

    @property
    def is_approving(self) -> bool:
        return self.outcome in APPROVING

    @property
    def is_about_a_merge(self) -> bool:
        return self.outcome in (Decision.Outcome.MERGE, Decision.Outcome.UNDO_MERGE)

    @property
    def back_to_name(self) -> str:
        """The gate that it was sent back to, as people call it."""
        return self.review.gate_name(self.back_to) if self.review and self.back_to else ""


RULED = {
    Decision.Outcome.APPROVE: "Approved",
    Decision.Outcome.CONDITIONS: "Approved with conditions",
    Decision.Outcome.HOLD: "Held",
    Decision.Outcome.SEND_BACK: "Sent back",
    Decision.Outcome.PAUSE: "Paused",
    Decision.Outcome.RESUME: "Resumed",
    Decision.Outcome.TERMINATE: "Terminated",
    Decision.Outcome.MERGE: "Merged",
    Decision.Outcome.UNDO_MERGE: "Merge undone",
}
# Outcomes that let an initiative go on.
APPROVING = (Decision.Outcome.APPROVE, Decision.Outcome.CONDITIONS)


@pghistory.track(pghistory.InsertEvent())
class NamedDecider(models.Model):
    """Somebody from outside whom the sponsor named to decide a review, because nobody of its body may (DESIGN §4).

    It holds until a higher body is asked for; then one is named for that body, if nobody there may decide either.
    """

    review = models.ForeignKey(GateReview, models.PROTECT, related_name="named_deciders")
    body = models.ForeignKey(
        Forum,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="In whose place the person decides; without, of the body that the review was put before.",
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    named_at = models.DateTimeField(default=clock.now)
    because = models.TextField()

    class Meta:
        ordering = ["-named_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(because=""), name="named_decider_has_a_reason"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.person} decides {self.review}"


class StageByDecision(models.Model):
    """Which decision moved a stage. A stage change by decision without this row does not commit."""

    stage_change = models.OneToOneField(StageChange, models.PROTECT, related_name="by_decision")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="stage_changes")

    class Meta:
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.stage_change} by {self.decision}"
