"""How a line of a scorecard stands today. Said twice, as arithmetic and as SQL, and tested to be the same.

In this order: nothing measured (or too little to tell); not measured for long; nothing to reach; reached, but finance
has not confirmed it yet; reached; not reached, but better than the value before (than the baseline, where there is
none); not reached.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Case, DecimalField, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce

from portfolio.models import OutcomeMetric

from ..models.scorecard import OF_ADOPTION, Source
from .limits import Goals

Category, UP = OutcomeMetric.Category, OutcomeMetric.Direction.UP
# Green only for proven: what is worth money counts as reached once finance confirmed it.
PROVEN_BY_FINANCE = (Category.BUSINESS_OUTCOME, Category.PROCESS_EFFICIENCY)


class Status(StrEnum):
    """The worst first: a category stands as its worst line. What has nothing to reach says least."""

    OFF_TARGET = "off_target"
    STALE = "stale"
    NO_DATA = "no_data"
    BETTER = "better"
    WAITING = "waiting"
    ON_TARGET = "on_target"
    NO_TARGET = "no_target"


RANKS = {status: rank for rank, status in enumerate(Status)}


@dataclass(frozen=True)
class Line:
    """The columns of a line, from a kept row or straight from the facts."""

    initiative_id: int
    category: str
    source: str
    key: int
    name: str
    unit: str
    direction: str
    is_comparable: bool
    baseline: Decimal | None
    target: Decimal | None
    latest: Decimal | None
    latest_on: date | None
    counted: int | None
    is_proven: bool
    is_withheld: bool
    previous: Decimal | None
    previous_on: date | None

    @property
    def before(self) -> Decimal | None:
        """What the latest value is compared with."""
        return self.baseline if self.previous is None else self.previous

    @property
    def gained(self) -> Decimal | None:
        """How much better the latest value is than the one before; negative is worse."""
        if self.latest is None or self.before is None:
            return None
        change = self.latest - self.before
        return change if self.direction == UP else -change


def goal_of(line: Line, goals: Goals) -> Decimal | None:
    """What a line is to reach, or not to pass: a metric's own target, else what is configured."""
    return line.target if line.source == Source.METRIC else goals.by_source.get(line.source)


def old_before(source: str, goals: Goals, today: date) -> date:
    """A value of an earlier day counts as not measured for long."""
    return today - timedelta(days=goals.read_days if source in OF_ADOPTION else goals.measured_days)


def is_too_few(line: Line, goals: Goals) -> bool:
    """Whether too little was decided to tell a rate."""
    is_rate = line.source in (Source.OVERRIDES, Source.ERRORS)
    return is_rate and (line.counted or 0) < goals.decisions.least_volume


def status_of(line: Line, goals: Goals, today: date) -> Status:
    goal = goal_of(line, goals)
    if line.latest is None or line.latest_on is None or is_too_few(line, goals):
        return Status.NO_DATA
    if line.latest_on < old_before(line.source, goals, today):
        return Status.STALE
    if goal is None:
        return Status.NO_TARGET
    if line.latest >= goal if line.direction == UP else line.latest <= goal:
        waits = line.source == Source.METRIC and line.category in PROVEN_BY_FINANCE and not line.is_proven
        return Status.WAITING if waits else Status.ON_TARGET
    return Status.BETTER if (line.gained or 0) > 0 else Status.OFF_TARGET


def rank_sql(goals: Goals, today: date) -> Case:
    """The same of rows of `ScorecardLine` that are annotated with `goal` and `before`, as the place in `Status`. It is
    said once a row: ten thousand initiatives have tens of thousands of lines.
    """
    too_few = Q(counted=None) | Q(counted__lt=goals.decisions.least_volume)
    rates = Q(source__in=(Source.OVERRIDES, Source.ERRORS)) & too_few
    old = Q(source__in=OF_ADOPTION, latest_on__lt=old_before(Source.ACTIVE, goals, today)) | (
        ~Q(source__in=OF_ADOPTION) & Q(latest_on__lt=old_before(Source.METRIC, goals, today))
    )
    met = Q(direction=UP, latest__gte=F("goal")) | Q(~Q(direction=UP), latest__lte=F("goal"))
    better = Q(direction=UP, latest__gt=F("before")) | Q(~Q(direction=UP), latest__lt=F("before"))
    waits = Q(source=Source.METRIC, category__in=PROVEN_BY_FINANCE, is_proven=False)
    return Case(
        When(Q(latest=None) | rates, then=Value(RANKS[Status.NO_DATA])),
        When(old, then=Value(RANKS[Status.STALE])),
        When(goal=None, then=Value(RANKS[Status.NO_TARGET])),
        When(met & waits, then=Value(RANKS[Status.WAITING])),
        When(met, then=Value(RANKS[Status.ON_TARGET])),
        When(better, then=Value(RANKS[Status.BETTER])),
        default=Value(RANKS[Status.OFF_TARGET]),
        output_field=IntegerField(),
    )


def judged(rows: Any, goals: Goals, today: date) -> Any:
    """Kept lines with `goal`, `before` and `rank`: the place of their status."""
    figure: DecimalField[Any, Any] = DecimalField(max_digits=24, decimal_places=6)
    set_by = [When(source=source, then=Value(goal, figure)) for source, goal in goals.by_source.items()]
    goal = Case(When(source=Source.METRIC, then=F("target")), *set_by, output_field=figure)
    return rows.annotate(goal=goal, before=Coalesce("previous", "baseline")).annotate(rank=rank_sql(goals, today))
