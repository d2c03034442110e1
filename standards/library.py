"""The library as a page shows it: each standard with its version in force, and how many initiatives answered."""

from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from aiso.accounts.models import User
from aiso.configuration.models import ConfigurationVersion
from portfolio.models import Initiative

from .checklist import Checklist, checklist_of
from .models import ChecklistAnswer, ChecklistCompletion, Standard, StandardQuerySet


@dataclass(frozen=True)
class Entry:
    """A standard with its version in force, and its questions where it is answered."""

    standard: Standard
    version: ConfigurationVersion | None
    checklist: Checklist | None

    @property
    def lengths(self) -> list[tuple[str, int]]:
        return self.checklist.lengths() if self.checklist else []


def counted(standards: StandardQuerySet, viewer: User) -> StandardQuerySet:
    """With how many of the initiatives that the viewer sees answered something, and how many are complete."""
    seen = Initiative.objects.visible_to(viewer).on_register().values("pk")
    answers = ChecklistAnswer.objects.filter(standard=OuterRef("pk"), initiative__in=seen).order_by()
    done = ChecklistCompletion.objects.standing().filter(standard=OuterRef("pk"), initiative__in=seen).order_by()
    begun = answers.values("standard").annotate(n=Count("initiative", distinct=True)).values("n")
    complete = done.values("standard").annotate(n=Count("pk")).values("n")
    return standards.annotate(
        answering=Coalesce(Subquery(begun, output_field=IntegerField()), 0),
        completed=Coalesce(Subquery(complete, output_field=IntegerField()), 0),
    )


def entries(standards: StandardQuerySet) -> list[Entry]:
    """In two queries."""
    rows = [*standards.select_related("owner")]
    kinds = [standard.configuration for standard in rows]
    in_force = {version.kind: version for version in ConfigurationVersion.objects.all_in_force().filter(kind__in=kinds)}
    return [_entry(standard, in_force.get(standard.configuration)) for standard in rows]


def _entry(standard: Standard, version: ConfigurationVersion | None) -> Entry:
    is_answered = version is not None and standard.kind == Standard.Kind.CHECKLIST
    checklist = checklist_of(version.content, version=version.number or 0) if version and is_answered else None
    return Entry(standard, version, checklist)
