"""How releases stand against what they have to meet; the gates read it as evidence for production fit."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from .models import Initiative, Release, ReleaseCriterion


class Verdict(StrEnum):
    """Whether a criterion is met."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_MEASURED = "not_measured"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


def verdict_of(
    demand: str, *, threshold: Decimal | None, result: Decimal | None = None, answer: bool | None = None
) -> Verdict:
    """Whether what was measured meets a demand. Exactly the threshold meets it, from either side."""
    if demand == ReleaseCriterion.Demand.YES:
        return Verdict.NOT_MEASURED if answer is None else Verdict.MET if answer else Verdict.NOT_MET
    if result is None or threshold is None:
        return Verdict.NOT_MEASURED
    is_met = result >= threshold if demand == ReleaseCriterion.Demand.AT_LEAST else result <= threshold
    return Verdict.MET if is_met else Verdict.NOT_MET


@dataclass(frozen=True)
class Line:
    """A criterion with its verdict."""

    criterion: ReleaseCriterion
    verdict: Verdict

    @property
    def stops(self) -> bool:
        """Whether the release must not go out over it."""
        return self.criterion.is_required and self.verdict != Verdict.MET


@dataclass(frozen=True)
class ReleaseStanding:
    """A release with its criteria, each with its verdict."""

    release: Release
    lines: list[Line]

    @property
    def stopping(self) -> list[Line]:
        return [line for line in self.lines if line.stops]

    @property
    def is_met(self) -> bool:
        """Whether there are criteria, and all that must be met are. A release without any shows nothing."""
        return bool(self.lines) and not self.stopping

    def count(self, verdict: str) -> int:
        return sum(line.verdict == verdict for line in self.lines)

    @property
    def met(self) -> int:
        return self.count(Verdict.MET)

    @property
    def not_met(self) -> int:
        return self.count(Verdict.NOT_MET)

    @property
    def not_measured(self) -> int:
        return self.count(Verdict.NOT_MEASURED)


def standing_of(release: Release) -> ReleaseStanding:
    """How a release stands; its criteria are read, unless they were fetched."""
    return ReleaseStanding(release, [line_of(criterion) for criterion in release.criteria.all()])


def line_of(criterion: ReleaseCriterion) -> Line:
    told = {"threshold": criterion.threshold, "result": criterion.result}
    return Line(criterion, verdict_of(criterion.demand, answer=criterion.answer, **told))


def latest_standing(initiative: Initiative) -> ReleaseStanding | None:
    """How the release recorded last stands, planned or out; None without any. Two queries."""
    return latest_standings([initiative]).get(initiative.pk)


def latest_standings(initiatives: Iterable[Initiative]) -> dict[int, ReleaseStanding]:
    """The same by the id of each initiative that has a release. Two queries for all of them."""
    newest_first = [F("recorded_at").desc(), F("pk").desc()]
    place = Window(RowNumber(), partition_by=F("initiative"), order_by=newest_first)
    latest = Release.objects.filter(initiative__in=[each.pk for each in initiatives]).annotate(place=place)
    fetched = latest.filter(place=1).prefetch_related("criteria")
    return {release.initiative_id: standing_of(release) for release in fetched}
