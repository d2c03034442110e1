"""What an approval still demands, by a date."""

from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from portfolio.models import Initiative

from .decision import Decision
from .sign_off import SignOffAnswer
from .standing_rows import stands_once

PERSON = settings.AUTH_USER_MODEL
SETTLED = pgtrigger.Q(old__confirmed_at__isnull=False) | pgtrigger.Q(old__waived_at__isnull=False)
# Who answers for it, and what became of it.
ANSWERED = ("owner", "met_at", "met_by", "met_note", "refused_because")
SETTLING = ("confirmed_at", "confirmed_by", "waived_at", "waived_by", "waived_because")


class ConditionQuerySet(models.QuerySet["Condition"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(initiative__in=Initiative.objects.visible_to(user))

    def open(self) -> Self:
        """Those that nobody confirmed or waived. That its owner calls one met closes nothing."""
        return self.filter(confirmed_at=None, waived_at=None)

    def overdue(self) -> Self:
        return self.open().filter(due_on__lt=clock.today())


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Condition(models.Model):
    """What an approval still demands, by a date: of a sign-off or of a decision.

    Its owner says that it is met; somebody of the function or body that set it confirms that, or waives it. What it
    demands never changes, and nothing of one that is settled does but the initiative, with which it goes on in another.
    """

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="conditions")
    sign_off_answer = models.ForeignKey(SignOffAnswer, models.PROTECT, null=True, blank=True, related_name="conditions")
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="conditions")
    text = models.TextField()
    owner = models.ForeignKey(PERSON, models.PROTECT, related_name="conditions_to_meet")
    due_on = models.DateField()
    set_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=clock.now)
    met_at = models.DateTimeField("said to be met", null=True, blank=True)
    met_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    met_note = models.TextField("how it was met", blank=True)
    confirmed_at = models.DateTimeField("confirmed", null=True, blank=True)
    confirmed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    refused_because = models.TextField(
        "not met because", blank=True, help_text="What was lacking when it was looked at."
    )
    waived_at = models.DateTimeField(null=True, blank=True)
    waived_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    waived_because = models.TextField(blank=True)

    objects = ConditionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["due_on", "id"], name="condition_by_day"),
            models.Index(
                fields=["due_on"], condition=Q(confirmed_at=None, waived_at=None), name="condition_open_by_day"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sign_off_answer__isnull=False, decision=None)
                | Q(sign_off_answer=None, decision__isnull=False),
                name="condition_has_one_source",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(waived_at=None), name="condition_confirmed_or_waived"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(met_at__isnull=False), name="condition_confirmed_once_met"
            ),
            models.CheckConstraint(condition=Q(waived_at=None) | ~Q(waived_because=""), name="waiver_has_a_reason"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="demand_stands", fields=["sign_off_answer", "decision", "text", "due_on", "set_by", "set_at"]
            ),
            stands_once(SETTLED, *ANSWERED, *SETTLING),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    def get_absolute_url(self) -> str:
        return f"/conditions/{self.pk}/"

    @property
    def is_open(self) -> bool:
        return self.confirmed_at is None and self.waived_at is None

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_on < clock.today()

    @property
    def state(self) -> str:
        """waived, confirmed, claimed (its owner calls it met), overdue or open."""
        if self.waived_at:
            return "waived"
        if self.confirmed_at:
            return "confirmed"
        if self.is_overdue:
            return "overdue"
        return "claimed" if self.met_at else "open"
