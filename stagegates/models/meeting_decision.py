"""Decisions of a meeting: what an item asks to be decided, and with whose votes it was decided (DESIGN §4)."""

from typing import ClassVar, Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q

from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from forums.models import AgendaItem, VoteChoice

from .decision import Decision
from .expansion import Expansion
from .funding import FundingRequest
from .review import GateReview

PERSON = settings.AUTH_USER_MODEL


class WrittenOnce(models.Model):
    """Inserted once, never edited."""

    class Meta:
        abstract = True
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]


class ReviewItemQuerySet(models.QuerySet["ReviewItem"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(review__in=GateReview.objects.visible_to(user))


@pghistory.track(pghistory.InsertEvent())
class ReviewItem(WrittenOnce):
    """The review that an agenda item asks a body to decide."""

    item = models.OneToOneField(AgendaItem, models.PROTECT, related_name="review_item")
    review = models.ForeignKey(GateReview, models.PROTECT, related_name="agenda_items")

    objects = ReviewItemQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.review} on an agenda"


class RequestItemQuerySet(models.QuerySet["RequestItem"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(request__in=FundingRequest.objects.visible_to(user))


@pghistory.track(pghistory.InsertEvent())
class RequestItem(WrittenOnce):
    """The request for money outside a gate that an agenda item asks a body to decide."""

    item = models.OneToOneField(AgendaItem, models.PROTECT, related_name="request_item")
    request = models.ForeignKey(FundingRequest, models.PROTECT, related_name="agenda_items")

    objects = RequestItemQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.request} on an agenda"


class ExpansionItemQuerySet(models.QuerySet["ExpansionItem"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(request__in=Expansion.objects.visible_to(user))


@pghistory.track(pghistory.InsertEvent())
class ExpansionItem(WrittenOnce):
    """The expansion that an agenda item asks a body to decide."""

    item = models.OneToOneField(AgendaItem, models.PROTECT, related_name="expansion_item")
    request = models.ForeignKey(Expansion, models.PROTECT, related_name="agenda_items")

    objects = ExpansionItemQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.request} on an agenda"


class MeetingDecisionQuerySet(models.QuerySet["MeetingDecision"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(decision__in=Decision.objects.visible_to(user))


@pghistory.track(pghistory.InsertEvent())
class MeetingDecision(WrittenOnce):
    """How a body came to a decision in its meeting: quorum, votes, and who was recused. Inserted once, never edited.

    `voting` counts all with a vote in the body that day, `present` those of them who could vote on this, themselves or
    by proxy. By consent nobody voted, because nobody present objected.
    """

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="in_meeting")
    item = models.OneToOneField(AgendaItem, models.PROTECT, related_name="meeting_decision")
    majority = models.CharField(max_length=20, help_text="The majority that the body needed.")
    voting = models.PositiveSmallIntegerField()
    needed = models.PositiveSmallIntegerField("quorum")
    present = models.PositiveSmallIntegerField()
    agree = models.PositiveSmallIntegerField("for", default=0)
    against = models.PositiveSmallIntegerField(default=0)
    abstain = models.PositiveSmallIntegerField("abstained", default=0)
    by_consent = models.BooleanField("by general consent", default=False)

    objects = MeetingDecisionQuerySet.as_manager()

    class Meta(WrittenOnce.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(by_consent=True, agree=0, against=0, abstain=0, present__gte=F("needed"))
                | Q(by_consent=False, agree__gt=0, needed__lte=F("agree") + F("against") + F("abstain")),
                name="meeting_decision_has_its_quorum",
            ),
            models.CheckConstraint(
                condition=Q(present__gte=F("agree") + F("against") + F("abstain")), name="votes_are_of_those_present"
            ),
            models.CheckConstraint(condition=Q(present__lte=F("voting")), name="present_are_of_the_body"),
        ]

    def __str__(self) -> str:
        return f"{self.decision}, {self.says}"

    @property
    def says(self) -> str:
        """The votes in a few words."""
        if self.by_consent:
            return f"by consent of the {self.present} present"
        return f"{self.agree} for, {self.against} against, {self.abstain} abstained"


@pghistory.track(pghistory.InsertEvent())
class MeetingVoice(WrittenOnce):
    """What one member with a vote said to a decision of a meeting. Empty: they were there and let it pass."""

    record = models.ForeignKey(MeetingDecision, models.PROTECT, related_name="voices")
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="+", help_text="Whose vote it is.")
    choice = models.CharField(max_length=20, choices=VoteChoice, blank=True)
    reason = models.TextField(blank=True)
    proxy = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", help_text="Who voted for them."
    )

    class Meta(WrittenOnce.Meta):
        ordering = ["person__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["record", "person"], name="one_voice_a_person"),
            models.CheckConstraint(
                condition=~Q(choice="recused") | Q(proxy=None), name="nobody_speaks_for_the_recused"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_choice_display() or 'consents'}"
