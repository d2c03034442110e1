"""Adoption in a window (DESIGN §6.3): Σ weekly active users ÷ Σ target users, over the readings whose week ends in it.

A workflow with readings for fewer than half the weeks that end in the window is unmeasured: it is shown, and its
readings enter no sum. Counts of one to four people enter none either (`adoption_told`). Every figure takes what
happened up to `as_of` and was recorded up to `known_at`; which workflows are critical, and which initiative belongs to
which, is as it stands now.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from aiso import clock
from portfolio.models import Initiative, StageChange, Workflow
from portfolio.models.stage import IN_PRODUCTION

from .adoption_told import TELLS, TELLS_ANSWERS, TELLS_OPT_OUTS, TELLS_REPEAT
from .models import AdoptionReading
from .weeks import weeks_between
from .worth import Window

NO_POINTS = Decimal(0)


@dataclass(frozen=True)
class Sums:
    """Weekly counts added up. Each share has sums of its own: a reading may tell one and not the other."""

    target: int = 0
    active: int = 0
    repeat: int = 0
    # Active users of the readings that tell repeat use, and target users of those that tell opt-outs.
    repeat_of: int = 0
    opt_outs: int = 0
    opt_outs_of: int = 0
    # Satisfaction × answers, so that many answers weigh more than few.
    points: Decimal = NO_POINTS
    answered: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def share(self) -> Decimal | None:
        """Active ÷ target; None is no data."""
        return _share(self.active, self.target)

    @property
    def repeat_share(self) -> Decimal | None:
        """Repeat ÷ active."""
        return _share(self.repeat, self.repeat_of)

    @property
    def opt_out_share(self) -> Decimal | None:
        """Opt-outs ÷ target."""
        return _share(self.opt_outs, self.opt_outs_of)

    @property
    def satisfaction(self) -> Decimal | None:
        """The mean of all answers, 1 to 5."""
        return _share(self.points, self.answered)


def _share(part: int | Decimal, whole: int) -> Decimal | None:
    return Decimal(part) / whole if whole else None


@dataclass(frozen=True)
class Adoption:
    """One workflow in a window: its sums, the weeks that end in it, those that were read, those that tell a figure."""

    weeks: int
    read: int = 0
    told: int = 0
    sums: Sums = field(default_factory=Sums)

    @property
    def is_unmeasured(self) -> bool:
        """Read for fewer than half the weeks."""
        return 2 * self.read < self.weeks or not self.read

    @property
    def is_withheld(self) -> bool:
        """Measured, and all of it of groups under five people."""
        return not self.is_unmeasured and not self.told

    @property
    def measured(self) -> Sums:
        """Its sums where it is measured, else none."""
        return Sums() if self.is_unmeasured else self.sums


@dataclass(frozen=True)
class AdoptionCount:
    """Several workflows together: the sums of those that are measured, and how many there are; how many of them are
    unmeasured, and how many tell nothing because their groups are under five people.
    """

    sums: Sums = field(default_factory=Sums)
    workflows: int = 0
    unmeasured: int = 0
    withheld: int = 0


@dataclass(frozen=True)
class AdoptionFigure:
    """Several workflows together, and each of them by its id."""

    by_workflow: dict[int, Adoption]

    @cached_property
    def sums(self) -> Sums:
        measured = [each.sums for each in self.by_workflow.values() if not each.is_unmeasured]
        names = Sums.__dataclass_fields__
        return Sums(*(sum(getattr(each, name) for each in measured) for name in names)) if measured else Sums()

    @cached_property
    def unmeasured(self) -> list[int]:
        """The ids of workflows that were read for fewer than half the weeks."""
        return [pk for pk, each in self.by_workflow.items() if each.is_unmeasured]

    @property
    def withheld(self) -> list[int]:
        """The ids of workflows of which nothing is told, because their groups are under five people."""
        return [pk for pk, each in self.by_workflow.items() if each.is_withheld]

    @property
    def count(self) -> AdoptionCount:
        return AdoptionCount(self.sums, len(self.by_workflow), len(self.unmeasured), len(self.withheld))


def adoption_by_workflow(
    workflows: Iterable[int] | QuerySet[Workflow], window: Window, *, known_at: datetime | None = None
) -> dict[int, Adoption]:
    """Each workflow that was read in the window, by its id; those that were not are left out. One query."""
    weeks = weeks_of(window)
    rows = (
        AdoptionReading.objects.known(known_at)
        .with_retold()
        .filter(workflow__in=workflows, week_ends_on__range=(_first(window), window.as_of))
    )
    found: dict[int, Adoption] = {}
    counted: Any = {"read": Count("pk"), "told": Count("pk", filter=TELLS)} | SUMS
    grouped: Iterable[Any] = rows.order_by().values("workflow").annotate(**counted)
    for row in grouped:
        told: dict[str, Any] = {name.removeprefix("sum_"): row[name] or 0 for name in SUMS}
        sums = Sums(**told)
        found[row["workflow"]] = Adoption(weeks, row["read"], row["told"], sums)
    return found


def adoption_of(workflow: Workflow, window: Window, *, known_at: datetime | None = None) -> Adoption:
    """One workflow, read or not. One query."""
    found = adoption_by_workflow([workflow.pk], window, known_at=known_at)
    return found.get(workflow.pk, Adoption(weeks_of(window)))


def adoption_figure(
    workflows: QuerySet[Workflow], window: Window, *, known_at: datetime | None = None
) -> AdoptionFigure:
    """Several workflows together, those without a reading among them. Two queries."""
    unread = Adoption(weeks_of(window))
    ids = [*workflows.order_by("pk").values_list("pk", flat=True)]
    found = adoption_by_workflow(ids, window, known_at=known_at)
    return AdoptionFigure({pk: found.get(pk, unread) for pk in ids})


def critical_in_production(
    as_of: date, *, known_at: datetime | None = None, initiatives: QuerySet[Initiative] | None = None
) -> QuerySet[Workflow]:
    """Critical workflows with an initiative in production on a day, as far as it was recorded by then.

    `initiatives` says which of them to look at: all, for the figure of the company, or those of a bucket or unit, or
    that somebody sees.
    """
    changes = StageChange.objects.filter(
        initiative=OuterRef("pk"), changed_on__lte=as_of, recorded_at__lte=known_at or clock.now()
    )
    looked_at = Initiative.objects.all() if initiatives is None else initiatives
    stage = Subquery(changes.order_by("-changed_on", "-pk").values("stage")[:1])
    running = looked_at.order_by().filter(workflow=OuterRef("pk")).annotate(stage_then=stage)
    return Workflow.objects.filter(is_critical=True).filter(Exists(running.filter(stage_then__in=IN_PRODUCTION)))


def weeks_of(window: Window) -> int:
    """How many weeks end in a window."""
    return weeks_between(_first(window), window.as_of)


def _first(window: Window) -> date:
    if window.first is None:
        raise ValueError("Adoption is told of a window that has a first day.")
    return window.first


def _sum(name: str, condition: Q) -> Sum:
    return Sum(name, filter=condition)


# Named apart from the fields that they add up.
SUMS: dict[str, Any] = {
    "sum_target": _sum("target_users", TELLS),
    "sum_active": _sum("active_users", TELLS),
    "sum_repeat": _sum("repeat_users", TELLS_REPEAT),
    "sum_repeat_of": _sum("active_users", TELLS_REPEAT),
    "sum_opt_outs": _sum("opt_outs", TELLS_OPT_OUTS),
    "sum_opt_outs_of": _sum("target_users", TELLS_OPT_OUTS),
    "sum_points": Sum(
        F("satisfaction") * F("answered"),
        filter=TELLS_ANSWERS,
        output_field=DecimalField(max_digits=30, decimal_places=2),
    ),
    "sum_answered": _sum("answered", TELLS_ANSWERS),
}
