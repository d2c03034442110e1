"""Incidents: what went wrong, how bad it was, who puts it right by when, and what is learnt from it (DESIGN §2, §5)."""

from datetime import date, datetime
from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from aiso import clock
from aiso.accounts.models import User

from .asset import Asset
from .autonomy import StepDown
from .decision import DecisionClass
from .discussion import BelongingQuerySet
from .initiative import on_visible

PERSON = settings.AUTH_USER_MODEL


class Severity(models.TextChoices):
    """The worst first."""

    SEVERE = "severe", "Severe"
    MAJOR = "major", "Major"
    MODERATE = "moderate", "Moderate"
    MINOR = "minor", "Minor"


def _person(**options: object) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(PERSON, models.PROTECT, related_name="+", **options)  # type: ignore[arg-type]


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of which the user sees at least one initiative."""
        seen = IncidentShare.objects.filter(on_visible(user, "initiative"), incident=OuterRef("pk"))
        return self.filter(Exists(seen)) if user.is_authenticated else self.none()

    def unfinished(self) -> Self:
        """Those that still ask something of somebody, be it the review."""
        return self.exclude(state=Incident.State.REVIEWED)

    def open(self) -> Self:
        """Those whose harm is not resolved."""
        return self.filter(state__in=(Incident.State.OPEN, Incident.State.CONTAINED))

    def overdue(self, as_of: datetime | None = None) -> Self:
        return self.unfinished().filter(due_at__lte=as_of or clock.now())

    def of_person(self, person: User) -> Self:
        """Those that a person sees to: as support owner, or as an owner of one of its initiatives."""
        owners = ("business_owner", "technical_owner", "risk_owner")
        owned = Q(*((f"initiative__{each}", person) for each in owners), _connector=Q.OR)
        shares = IncidentShare.objects.filter(owned, incident=OuterRef("pk"))
        return self.filter(Q(support_owner=person) | Exists(shares))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Incident(models.Model):
    """Something that went wrong with one initiative or several. Its state and severity change by actions alone."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CONTAINED = "contained", "Contained"
        RESOLVED = "resolved", "Resolved"
        REVIEWED = "reviewed", "Reviewed"

    class Detection(models.TextChoices):
        MONITORING = "monitoring", "Monitoring"
        USER = "user", "A user"
        TEAM = "team", "The team"
        AUDIT = "audit", "An audit"
        SUPPLIER = "supplier", "A supplier"
        OTHER = "other", "Somebody else"

    title = models.CharField(max_length=200)
    severity = models.CharField(max_length=10, choices=Severity)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN, editable=False)
    what_happened = models.TextField(help_text="Everybody who sees one of its initiatives reads this.")
    happened_at = models.DateTimeField("it happened")
    detected_at = models.DateTimeField("it was detected")
    detection = models.CharField("detected by", max_length=12, choices=Detection)
    detected_by = models.CharField("who or what detected it", max_length=200, blank=True)
    asset = models.ForeignKey(Asset, models.PROTECT, null=True, blank=True, related_name="incidents")
    support_owner = models.ForeignKey(PERSON, models.PROTECT, related_name="incidents")
    reported_by = _person()
    reported_at = models.DateTimeField(default=clock.now)
    clock_began_at = models.DateTimeField(
        help_text="From when its clocks are counted: its first detection, or when it was reopened."
    )
    contain_by = models.DateTimeField(help_text="When the clock of its severity for containing runs out.")
    resolve_on = models.DateField(help_text="The last day for resolving it.")
    review_on = models.DateField(null=True, blank=True, help_text="The last day for the review, once it is resolved.")
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="When the clock of its state runs out; null once reviewed."
    )
    contained_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    rolled_back_at = models.DateTimeField("rolled back", null=True, blank=True)
    rollback = models.TextField("what was rolled back", blank=True)
    key = models.CharField(
        max_length=60, blank=True, editable=False, help_text="Names the report, so that it is made once."
    )

    called_by = "title"
    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=~Q(state="reviewed"), name="incident_by_clock"),
            models.Index(fields=["state", "id"], name="incident_by_state"),
            models.Index(fields=["support_owner"], condition=~Q(state="reviewed"), name="incident_by_support"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(detected_at__gte=F("happened_at")), name="incident_happened_first"),
            models.CheckConstraint(
                condition=Q(state="open", contained_at=None, resolved_at=None, reviewed_at=None)
                | Q(state="contained", contained_at__isnull=False, resolved_at=None, reviewed_at=None)
                | Q(state="resolved", resolved_at__isnull=False, reviewed_at=None, review_on__isnull=False)
                | Q(state="reviewed", resolved_at__isnull=False, reviewed_at__isnull=False),
                name="incident_state_since_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="reviewed", due_at=None) | (~Q(state="reviewed") & Q(due_at__isnull=False)),
                name="incident_has_a_clock",
            ),
            models.CheckConstraint(
                condition=Q(rolled_back_at=None, rollback="") | (Q(rolled_back_at__isnull=False) & ~Q(rollback="")),
                name="incident_rollback_says_what",
            ),
            models.UniqueConstraint(fields=["reported_by", "key"], condition=~Q(key=""), name="incident_reported_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return f"/incidents/{self.reference}/"

    @property
    def reference(self) -> str:
        return reference_of(self.pk)

    @property
    def is_severe(self) -> bool:
        return self.severity == Severity.SEVERE

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.OPEN, self.State.CONTAINED)

    @property
    def is_overdue(self) -> bool:
        return self.due_at is not None and self.due_at <= clock.now()

    @property
    def due(self) -> date | datetime | None:
        """The day or moment at whose end the clock of its state runs out."""
        due = {"open": self.contain_by, "contained": self.resolve_on, "resolved": self.review_on}
        return due.get(self.state)

    @property
    def next_step(self) -> str:
        """What its clock asks for."""
        return {"open": "Contain", "contained": "Resolve", "resolved": "Review"}.get(self.state, "")


def reference_of(pk: int) -> str:
    """How people name an incident: INC-0042."""
    return f"INC-{pk:04d}"


class IncidentShareQuerySet(BelongingQuerySet["IncidentShare"]):
    def open(self) -> Self:
        return self.filter(incident__state__in=(Incident.State.OPEN, Incident.State.CONTAINED))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class IncidentShare(models.Model):
    """One initiative that an incident concerns, with what happened there. One of them leads; it is seen with it."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="shares")
    initiative = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="incident_shares")
    is_lead = models.BooleanField("leads", default=False)
    what = models.TextField("what happened there", blank=True)

    objects = IncidentShareQuerySet.as_manager()

    class Meta:
        verbose_name = "incident"
        ordering = ["-is_lead", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "initiative"], name="incident_once_an_initiative"),
            models.UniqueConstraint(fields=["incident"], condition=Q(is_lead=True), name="incident_has_one_lead"),
        ]

    def __str__(self) -> str:
        return reference_of(self.incident_id)


class IncidentDecisionQuerySet(models.QuerySet["IncidentDecision"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(on_visible(user, "decision_class__initiative"))


class IncidentDecision(models.Model):
    """A decision class that an incident concerns, and the step down that it caused once it was severe."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="decisions")
    decision_class = models.ForeignKey(DecisionClass, models.CASCADE, related_name="incident_decisions")
    judged_at = models.DateTimeField(null=True, help_text="When it was severe first; a class is stepped down once.")
    step = models.ForeignKey(StepDown, models.SET_NULL, null=True, related_name="+")

    objects = IncidentDecisionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["incident", "decision_class"], name="decision_once_an_incident")]

    def __str__(self) -> str:
        return str(self.decision_class)
