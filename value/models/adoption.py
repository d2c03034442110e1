"""How many of a workflow's target users used it in a week (DESIGN §2, §6.3)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import no_truncate
from portfolio.models import Workflow
from portfolio.models.row_file import RowFile, RowFileQuerySet

from .money import CHECK

# More users of one workflow than this is a slip of the keyboard.
MOST_USERS = 100_000_000
# Answers of a week that are told twice differ by so many people at least, or not at all.
NEAR_ANSWERS = 5
EARLIEST = date(2000, 1, 1)

CORRECTION_FITS = f"""
    IF NEW.corrects_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM value_adoptionreading AS r WHERE r.id = NEW.corrects_id
            AND r.workflow_id = NEW.workflow_id AND r.week_ends_on = NEW.week_ends_on
            AND r.recorded_at <= NEW.recorded_at
    ) THEN
        RAISE EXCEPTION 'A reading corrects an earlier one of its workflow and week.' {CHECK};
    END IF;
    RETURN NEW;
"""  # noqa: S608 (a constant)


class AdoptionReadingQuerySet(models.QuerySet["AdoptionReading"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Workflows are an open list, and readings name nobody: everybody signed in."""
        return self if isinstance(user, User) and user.is_active else self.none()

    def current(self) -> Self:
        """Those that no later one corrects: one for each workflow and week."""
        return self.filter(corrected_by=None)

    def known(self, known_at: datetime | None = None) -> Self:
        """Those that held at a moment: recorded by then, and not corrected by then."""
        moment = known_at or clock.now()
        later = AdoptionReading.objects.filter(corrects=OuterRef("pk"), recorded_at__lte=moment)
        return self.filter(~Exists(later), recorded_at__lte=moment)

    def with_retold(self) -> Self:
        """With `is_retold`: corrected since, and few answers away from what was said otherwise of the same week, so
        that both together would tell what a few people answered.
        """
        others = AdoptionReading.objects.filter(workflow=OuterRef("workflow"), week_ends_on=OuterRef("week_ends_on"))
        near = others.filter(
            answered__gt=OuterRef("answered") - NEAR_ANSWERS, answered__lt=OuterRef("answered") + NEAR_ANSWERS
        )
        otherwise = near.exclude(answered=OuterRef("answered"), satisfaction=OuterRef("satisfaction"))
        corrected = Exists(AdoptionReading.objects.filter(corrects=OuterRef("pk")))
        return self.annotate(is_retold=corrected & Exists(otherwise))

    def of_weeks(self, weeks: Iterable[date]) -> Self:
        return self.filter(week_ends_on__in=weeks)


def _people(label: str, **options: object) -> "models.PositiveIntegerField[int, int]":
    return models.PositiveIntegerField(label, validators=[MaxValueValidator(MOST_USERS)], **options)  # type: ignore[arg-type]


class AdoptionReading(models.Model):
    """One week of one workflow. Inserted once, never edited: a later one of the same week corrects it, with a reason.

    What is empty is not known, which is not nothing.
    """

    # What a reading says; two that say the same are one.
    FIGURES = ("target_users", "active_users", "repeat_users", "opt_outs", "satisfaction", "answered")

    workflow = models.ForeignKey(Workflow, models.PROTECT, related_name="adoption_readings")
    week_ends_on = models.DateField("week", help_text="Its last day, a Sunday.")
    target_users = _people("target users", help_text="People who are meant to use it.")
    active_users = _people("active users", help_text="Those of them who used it in the week.")
    repeat_users = _people(
        "repeat users", null=True, blank=True, help_text="Those of the active who had used it in an earlier week too."
    )
    opt_outs = _people("opt-outs", null=True, blank=True, help_text="Target users who chose not to use it.")
    satisfaction = models.DecimalField(
        max_digits=3,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text="The mean of the answers, from 1 to 5.",
    )
    answered = _people("answers", null=True, blank=True, help_text="How many of the active gave the answers.")
    source = models.CharField(max_length=300, help_text="Where the figures come from, e.g. the usage report.")
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    reason = models.CharField("reason of the correction", max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    objects = AdoptionReadingQuerySet.as_manager()

    class Meta:
        ordering = ["-week_ends_on", "-pk"]
        indexes = [models.Index(fields=["week_ends_on", "workflow"], name="adoption_by_week")]
        constraints = [
            # Each week begins with one reading, and each reading is corrected once: so one of a week holds.
            models.UniqueConstraint(
                fields=["workflow", "week_ends_on"], condition=Q(corrects=None), name="adoption_once_a_week"
            ),
            models.CheckConstraint(condition=Q(week_ends_on__iso_week_day=7), name="adoption_week_ends_on_sunday"),
            models.CheckConstraint(
                condition=Q(target_users__gt=0, active_users__lte=F("target_users"))
                & (Q(repeat_users=None) | Q(repeat_users__lte=F("active_users")))
                & (Q(opt_outs=None) | Q(opt_outs__lte=F("target_users"))),
                name="adoption_counts_possible",
            ),
            models.CheckConstraint(
                condition=Q(satisfaction=None, answered=None)
                | Q(satisfaction__isnull=False, satisfaction__gte=1, satisfaction__lte=5)
                & Q(answered__isnull=False, answered__gt=0, answered__lte=F("active_users")),
                name="adoption_satisfaction_of_answers",
            ),
            models.CheckConstraint(condition=Q(week_ends_on__gte=EARLIEST), name="adoption_since_2000"),
            models.CheckConstraint(condition=~Q(source=""), name="adoption_has_a_source"),
            models.CheckConstraint(condition=Q(corrects=None) | ~Q(reason=""), name="adoption_correction_says_why"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="correction_fits", when=pgtrigger.Before, operation=pgtrigger.Insert, func=CORRECTION_FITS
            ),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.workflow}, {self.week_ends_on}"

    def get_absolute_url(self) -> str:
        return reverse("value:adoption_reading", args=[self.pk])


class AdoptionFile(RowFile):
    """One uploaded table of adoption readings."""

    under = "/adoption/files/"
    objects = RowFileQuerySet["AdoptionFile"].as_manager()
