"""What the value and risk review proposes to the portfolio review: to hold an initiative, or to terminate it."""

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
from forums.models import AgendaItem
from portfolio.models import Initiative
from portfolio.models.initiative import on_visible
from portfolio.models.stage import ENDED, Stage


class ReviewProposalQuerySet(models.QuerySet["ReviewProposal"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(on_visible(user, "initiative"))

    def standing(self) -> Self:
        """Those of initiatives that go on, and were not paused meanwhile where that is all that was proposed."""
        goes_on = Q(initiative__is_off_register=False) & ~Q(initiative__stage__in=ENDED)
        return self.filter(goes_on).exclude(proposes=ReviewProposal.Outcome.HOLD, initiative__stage=Stage.PAUSED)


@pghistory.track(pghistory.InsertEvent())
class ReviewProposal(models.Model):
    """What the forum agreed on an item of its meeting. It decides nothing: the portfolio review does. Written once."""

    class Outcome(models.TextChoices):
        HOLD = "hold", "Hold"
        TERMINATE = "terminate", "Terminate"

    item = models.OneToOneField(AgendaItem, models.PROTECT, related_name="proposal")
    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="review_proposals")
    proposes = models.CharField(max_length=10, choices=Outcome)
    reason = models.CharField(max_length=1000)
    carried_by = models.CharField(max_length=100, help_text="The votes, or general consent.")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)

    objects = ReviewProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="proposal_says_why")]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.get_proposes_display()} proposed for {self.initiative.reference}"
