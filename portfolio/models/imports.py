"""Spreadsheets brought into the register: the job, its rows, what each record said, and the value maps."""

from datetime import timedelta
from typing import Self

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models

from aiso import clock
from aiso.accounts.models import BusinessUnit, Role, User
from aiso.accounts.models.role import OFFICE

from ..importing.dates import FEDERAL_FISCAL_YEAR_START


class ImportJobQuerySet(models.QuerySet["ImportJob"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """One's own, and all of them for the office and auditors, whose reach is not limited to units."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        oversees = any(role in user.role_units and user.role_units[role] is None for role in (*OFFICE, Role.AUDITOR))
        return self if oversees else self.filter(uploaded_by=user)

    def stalled(self, minutes: float) -> Self:
        """Jobs that should be running and have not moved for a while: their worker died."""
        since = clock.now() - timedelta(minutes=minutes)
        moving = [ImportJob.State.QUEUED, ImportJob.State.RUNNING]
        return self.filter(state__in=moving, moved_at__lt=since)


class ImportJob(models.Model):
    """One uploaded file on its way into the register, from its columns to its result."""

    class State(models.TextChoices):
        MAPPING = "mapping", "Columns to check"
        QUEUED = "queued", "Waiting to start"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        UNDONE = "undone", "Undone"

    file_name = models.CharField(max_length=255)
    file_size = models.PositiveBigIntegerField(help_text="Bytes.")
    file_digest = models.CharField(max_length=64, help_text="SHA-256 of the file, in hex.")
    encoding = models.CharField(max_length=40, blank=True)
    delimiter = models.CharField(max_length=4, blank=True)
    sheet_name = models.CharField(max_length=100, blank=True)
    header_row = models.PositiveIntegerField(help_text="As a person counts rows in the file, from 1.")
    headers = models.JSONField()
    reading_notes = models.JSONField(default=list, help_text="What was left out of the file, and why.")

    preset = models.CharField(max_length=40, blank=True)
    mapping = models.JSONField(help_text="The standard column of each header.")
    suggested = models.JSONField(default=list, help_text="The mapping and its confidence as suggested.")
    source = models.CharField(max_length=100, help_text="Where the records come from; tells later imports apart.")
    unit = models.ForeignKey(
        BusinessUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The file's units are placed below it; rows that name none belong to it.",
    )
    as_of = models.DateField(help_text="The day whose state the file tells.")
    fiscal_start = models.PositiveSmallIntegerField(default=FEDERAL_FISCAL_YEAR_START)

    state = models.CharField(max_length=20, choices=State, default=State.MAPPING)
    is_prepared = models.BooleanField(default=False, help_text="Whether each row has its key.")
    conventions = models.JSONField(
        default=dict, help_text="By column, what its cells agree on: which number is the month, what parts units."
    )
    made = models.JSONField(default=dict, help_text="Units and list entries it added, by model, to take back.")
    rows_total = models.PositiveIntegerField()
    rows_created = models.PositiveIntegerField(default=0)
    rows_updated = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_rejected = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often it was taken up.")
    failure = models.TextField(blank=True)

    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="imports", help_text="None at the shell."
    )
    uploaded_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True, blank=True)
    moved_at = models.DateTimeField(null=True, blank=True, help_text="The last sign of life.")
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return f"/imports/{self.pk}/"

    @property
    def rows_done(self) -> int:
        return self.rows_created + self.rows_updated + self.rows_unchanged + self.rows_rejected

    @property
    def is_moving(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.RUNNING}

    @property
    def seconds(self) -> float | None:
        """How long it took from its start to its end."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


class ImportRow(models.Model):
    """One row of the file as it stood there, and what became of it."""

    class Outcome(models.TextChoices):
        CREATED = "created", "Created"
        UPDATED = "updated", "Updated"
        UNCHANGED = "unchanged", "Unchanged"
        REJECTED = "rejected", "Rejected"

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="Its row in the file, from 1.")
    cells = models.JSONField()
    key = models.CharField(max_length=300, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True, help_text="Empty until its turn came.")
    reason = models.TextField(blank=True, help_text="Why it was rejected.")
    problems = models.JSONField(default=list)
    initiative = models.ForeignKey("portfolio.Initiative", models.SET_NULL, null=True, related_name="+")
    before = models.JSONField(null=True, help_text="What an update replaced.")

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["job", "number"], condition=models.Q(outcome=""), name="import_row_waiting")]
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="import_row_once")]

    def __str__(self) -> str:
        return f"row {self.number} of {self.job_id}"


class ImportedRecordQuerySet(models.QuerySet["ImportedRecord"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What a publisher said is seen with the initiative."""
        from .initiative import Initiative

        return self.filter(initiative__in=Initiative.objects.visible_to(user))


class ImportedRecord(models.Model):
    """What a source last said of an initiative: the record as it stood there, and what was made of it.

    The next import compares with this, not with the register, so that what people changed here since stays.
    """

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="imported_records")
    source = models.CharField(max_length=100)
    key = models.CharField(max_length=300)
    job = models.ForeignKey(ImportJob, models.PROTECT, related_name="records")
    record = models.JSONField(help_text="Header to cell, empty cells left out.")
    values = models.JSONField(help_text="What became part of the initiative.")
    facts = models.JSONField(help_text="What else is known of it, by standard column.")
    problems = models.JSONField(default=list)
    stamped_at = models.DateTimeField(help_text="When this import last changed the initiative.")

    objects = ImportedRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-stamped_at"]
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="imported_record_once_a_source")]

    def __str__(self) -> str:
        return f"{self.source}: {self.key}"


class ValueMapEntryQuerySet(models.QuerySet["ValueMapEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """How words are read is no secret to those who import or audit."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        return self if user.has_role(*OFFICE, Role.AUDITOR) else self.none()

    def unmapped(self) -> Self:
        """Seen in a file, not understood, and not yet given a value by the office."""
        return self.filter(value="", automatic="")

    def overrides(self) -> dict[tuple[str, str], str]:
        """What the office decided, by kind and folded spelling."""
        decided = self.exclude(value="").values_list("kind", "folded", "value")
        return {(kind, folded): value for kind, folded, value in decided}


@pghistory.track(exclude=["seen", "automatic"])
class ValueMapEntry(models.Model):
    """One spelling met in files, and the value it stands for: the office's, else the one found by itself."""

    class Kind(models.TextChoices):
        STAGE = "stage", "Stages"
        IMPACT = "impact", "Rights and safety impact"
        RISK = "risk", "Risk tiers"
        AI_ACT = "ai_act", "EU AI Act classes"
        DATA = "data", "Data sensitivity"
        ORGANISATION = "organisation", "Organisations"
        DATE = "date", "Dates"

    kind = models.CharField(max_length=20, choices=Kind)
    raw = models.CharField(max_length=300, help_text="As it stood in a file.")
    folded = models.CharField(max_length=300, help_text="Without case, accents and punctuation.")
    automatic = models.CharField(max_length=300, blank=True, help_text="What it is taken for by itself.")
    value = models.CharField(max_length=300, blank=True, help_text="What the office says it stands for.")
    seen = models.PositiveIntegerField(default=0, help_text="Cells that held it in the last import that met it.")
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    edited_at = models.DateTimeField(null=True, blank=True)

    objects = ValueMapEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "value map entry"
        verbose_name_plural = "value map entries"
        ordering = ["kind", "raw"]
        constraints = [models.UniqueConstraint(fields=["kind", "folded"], name="value_mapped_once")]

    def __str__(self) -> str:
        return f"{self.raw} → {self.meaning or 'not known'}"

    @property
    def meaning(self) -> str:
        return self.value or self.automatic
