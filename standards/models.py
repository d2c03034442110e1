"""Standards, the answers of initiatives to their checklists, and completed checklists."""

from datetime import date, timedelta
from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from aiso.configuration.models import ConfigurationVersion
from portfolio.models import Initiative

# The slug of a standard's checklist in the configuration begins with this.
BEGINNING = "standard-"
# Days before a completed checklist ends from which on somebody should see to it.
SOON_DAYS = 60


class StandardQuerySet(models.QuerySet["Standard"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Everybody is held to the standards, so everybody signed in reads them."""
        return self if user.is_authenticated else self.none()

    def active(self) -> Self:
        return self.filter(is_active=True)

    def checklists(self) -> Self:
        """Those whose checklist initiatives answer: one of its versions is in force."""
        return self.filter(kind=Standard.Kind.CHECKLIST, is_active=True).filter(
            models.Exists(
                ConfigurationVersion.objects.standing().filter(
                    effective_from__lte=clock.today(),
                    kind=models.functions.Concat(models.Value(BEGINNING), models.OuterRef("slug")),
                )
            )
        )


@pghistory.track()
class Standard(models.Model):
    """Something that must not be reinvented in each project. What it says is a kind of configuration."""

    class Kind(models.TextChoices):
        CHARTER = "charter", "Charter"
        CHECKLIST = "checklist", "Checklist"
        MONITORING = "monitoring", "Monitoring minimum"
        DOCUMENTATION = "documentation", "Documentation standard"
        HUMAN_IN_THE_LOOP = "human_in_the_loop", "Human-in-the-loop rule"
        COMPONENT = "component", "Reusable component"
        PLAYBOOK = "playbook", "Playbook"

    slug = models.SlugField(max_length=50, unique=True)
    title = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    about = models.TextField(help_text="What it is for, in a sentence or two.")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="standards")
    review_every = models.PositiveSmallIntegerField(default=12, help_text="Months between two reviews of its text.")
    is_active = models.BooleanField("in use", default=True)

    called_by = "title"
    objects = StandardQuerySet.as_manager()

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/standards/{self.slug}/"

    @property
    def configuration(self) -> str:
        """The kind of configuration that holds what it says."""
        return f"{BEGINNING}{self.slug}"


class OfInitiativeQuerySet[M: models.Model](models.QuerySet[M]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Seen and hidden with the initiative."""
        return self.filter(initiative__in=Initiative.objects.visible_to(user))


class ChecklistAnswerQuerySet(OfInitiativeQuerySet["ChecklistAnswer"]):
    def written_by(self, person: User) -> Self:
        """Answers that the person gave. Whoever corrects another's answer, or adds a note, did not give it: who
        completes the checklist vouches for it as it is then.
        """
        return self.filter(Q(given_by=person) | Q(given_by=None, answered_by=person)).exclude(value="")

    def writers(self) -> "models.QuerySet[ChecklistAnswer, tuple[int, str, int]]":
        """Initiative, slug of the standard, and the id of somebody who gave an answer."""
        given = self.exclude(value="").annotate(writer=Coalesce("given_by", "answered_by")).order_by()
        return given.values_list("initiative", "standard__slug", "writer").distinct()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["fingerprint"])
class ChecklistAnswer(models.Model):
    """What an initiative says to one item. It belongs to the initiative, so that every later gate reads it.

    An empty value beside a note lets what the system knows stand.
    """

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="checklist_answers")
    standard = models.ForeignKey(Standard, models.PROTECT, related_name="answers")
    item = models.SlugField(max_length=60, help_text="The item's code, the same across versions.")
    version = models.ForeignKey(ConfigurationVersion, models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=16, editable=False, help_text="Of what was asked, as it was asked.")
    value = models.TextField(blank=True)
    note = models.TextField(blank=True)
    evidence = models.TextField(blank=True, help_text="A link, or where it lies.")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(default=clock.now)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="Who gave it first, where somebody else corrected it or added to it since.",
    )

    objects = ChecklistAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "standard", "item"], name="checklist_answer_once_an_item")
        ]
        indexes = [
            models.Index(fields=["answered_by", "initiative", "standard"], name="checklist_answer_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.standard}: {self.item}"


class ChecklistCompletionQuerySet(OfInitiativeQuerySet["ChecklistCompletion"]):
    def current(self) -> Self:
        """The latest of each initiative and standard, whether it still holds or not."""
        return self.filter(is_current=True)

    def standing(self, on: date | None = None) -> Self:
        """Those that were neither reopened nor have ended, on a day or today."""
        in_time = Q(expires_on=None) | Q(expires_on__gte=on or clock.today())
        return self.current().filter(in_time, reopened_at=None)

    def ending(self) -> Self:
        """Those that have ended, or will within SOON_DAYS."""
        soon = clock.today() + timedelta(days=SOON_DAYS)
        return self.current().filter(reopened_at=None, expires_on__lte=soon)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent("reopened"), exclude=["is_current", "copy", "answers"])
class ChecklistCompletion(models.Model):
    """Somebody's word that a checklist is answered. What it said is fixed; it may be reopened or renewed."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="checklist_completions")
    standard = models.ForeignKey(Standard, models.PROTECT, related_name="completions")
    version = models.ForeignKey(ConfigurationVersion, models.PROTECT, related_name="+")
    completed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(default=clock.now)
    expires_on = models.DateField(null=True, blank=True, help_text="The last day it holds; empty for always.")
    copy = models.JSONField(default=list, help_text="Question and answer as people read them.")
    answers = models.JSONField(default=dict, help_text="The answers by the codes of the items.")
    is_current = models.BooleanField(default=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reopened_items = models.JSONField(default=list, help_text="The codes of the items whose answers changed.")

    objects = ChecklistCompletionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "standard"], condition=Q(is_current=True), name="one_current_completion"
            )
        ]
        indexes = [models.Index(fields=["expires_on"], condition=Q(is_current=True), name="completion_by_expiry")]
        triggers = [
            pgtrigger.ReadOnly(
                name="completion_is_fixed",
                fields=["standard", "version", "completed_by", "completed_at", "expires_on", "copy", "answers"],
            ),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.standard}, completed"

    @property
    def is_expired(self) -> bool:
        return self.expires_on is not None and self.expires_on < clock.today()

    @property
    def ends_soon(self) -> bool:
        return self.expires_on is not None and self.expires_on <= clock.today() + timedelta(days=SOON_DAYS)
