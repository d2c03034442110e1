"""Scorecards as the API tells them: of one initiative, and of the portfolio by bucket, unit or objective."""

from datetime import date
from decimal import Decimal
from typing import Annotated, TypedDict

from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.accounts.models import BusinessUnit
from aiso.api.nouns import Noun
from aiso.api.operations import Query, answers
from portfolio.api.below import BelowInitiative
from portfolio.models import Bucket, Objective, OutcomeMetric
from portfolio.permissions import can_edit, can_see_money

from ..models.scorecard import Source
from ..scorecards.board import GAP, GROUPS, Group, Narrowed, Scores
from ..scorecards.card import Part, Row, Scorecard
from ..scorecards.judged import Status, goal_of
from ..scorecards.readiness import Check, Readiness

STANDINGS = {"enum": [*(status.value for status in Status), GAP]}


class ScorecardLineShape(TypedDict):
    """One metric. Shares are from 0 to 1; what is of groups under five people is null."""

    source: Annotated[str, Source]
    of: Annotated[int, "The id of the metric, workflow or decision class."]
    name: str
    unit: str
    direction: Annotated[str, OutcomeMetric.Direction]
    is_comparable: Annotated[bool, "Whether it means the same in every initiative; false outside the catalogue."]
    baseline: Decimal | None
    target: Decimal | None
    latest: Decimal | None
    latest_on: Annotated[date | None, "Of adoption the last day of its week."]
    is_withheld: Annotated[bool, "Whether the newest reading is of a group under five people."]
    previous: Decimal | None
    previous_on: date | None
    gained: Annotated[Decimal | None, "Better than the value before, or than the baseline, by so much."]
    status: Annotated[str, {"enum": [status.value for status in Status]}]
    reason: str


class ScorecardPartShape(TypedDict):
    """One category; a gap has no line."""

    category: Annotated[str, OutcomeMetric.Category]
    standing: Annotated[str, STANDINGS]
    lines: list[ScorecardLineShape]


class ScorecardCheckShape(TypedDict):
    """One question of *Ready to scale* or *Still a pilot?*."""

    name: str
    is_met: Annotated[bool | None, "Null where the answer is for those who see its money."]
    says: str


class ScorecardShape(TypedDict):
    """The scorecard of an initiative; the questions are asked from pilot on, and empty before."""

    initiative: str
    as_of: date
    categories: list[ScorecardPartShape]
    incidents: Annotated[int, "Of the last 90 days."]
    ready_to_scale: list[ScorecardCheckShape]
    is_ready_to_scale: Annotated[bool | None, "Null before pilot."]
    survives: Annotated[list[ScorecardCheckShape], "Whether it would survive: still a pilot where it would not."]
    would_survive: Annotated[bool | None, "Null before pilot, and where only what you do not see could tell."]


class GroupCountsShape(TypedDict):
    """How many initiatives stand how in one category."""

    category: Annotated[str, OutcomeMetric.Category]
    on_target: int
    waiting: Annotated[int, "On target, and not confirmed by finance yet."]
    better: Annotated[int, "Off target, and better than before."]
    off_target: int
    unmeasured: Annotated[int, "Nothing measured, not for long, or no target."]
    gap: Annotated[int, "Without a metric."]


class ScorecardGroupShape(TypedDict):
    """One bucket, unit or objective; null and `No …` for initiatives without."""

    id: int | None
    parent: Annotated[int | None, "Of a unit the one above it, which counts it; null at the top and of all others."]
    name: str
    initiatives: int
    categories: list[GroupCountsShape]


class ScorecardsShape(TypedDict):
    """A unit counts those below it; `total` counts each initiative once."""

    by: Annotated[str, {"enum": [*GROUPS]}]
    groups: list[ScorecardGroupShape]
    total: ScorecardGroupShape


class ScorecardsQuery(Query):
    by = serializers.ChoiceField([*GROUPS], default="bucket")
    bucket = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    unit = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False, help_text="With those below it.")
    objective = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    in_production = serializers.BooleanField(default=False, help_text="Limited rollout and scale alone.")

    def validate_bucket(self, value: int) -> Bucket:
        return _found(Bucket.objects.all(), value)

    def validate_unit(self, value: int) -> BusinessUnit:
        return _found(BusinessUnit.objects.all(), value)

    def validate_objective(self, value: int) -> Objective:
        return _found(Objective.objects.all(), value)


def _found[M: Model](rows: "QuerySet[M]", pk: int) -> M:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise serializers.ValidationError("There is none of this number.")
    return found


class InitiativeScorecard(BelowInitiative):
    tag = "Scorecards"

    @answers(ScorecardShape)
    def list(self, request: Request, initiative: int) -> Response:
        """How it stands in five categories, whether it is ready to scale, and whether it still is a pilot."""
        found = self.initiative()
        card = Scorecard(found, self.person)
        may_edit = can_edit(self.person, found)
        readiness = Readiness(card, sees_money=may_edit or can_see_money(self.person, found), may_edit=may_edit)
        told: ScorecardShape = {
            "initiative": found.reference,
            "as_of": card.today,
            "categories": [drawn_part(part) for part in card.parts],
            "incidents": card.incidents.count,
            "ready_to_scale": [drawn_check(check) for check in readiness.ready],
            "is_ready_to_scale": readiness.is_ready,
            "survives": [drawn_check(check) for check in readiness.survives],
            "would_survive": readiness.would_survive,
        }
        return self.answer(told)


class Scorecards(Noun):
    tag = "Scorecards"

    @answers(ScorecardsShape, query=ScorecardsQuery)
    def list(self, request: Request) -> Response:
        """How many active initiatives stand how in each category, by bucket, unit or objective; never by person."""
        asked = dict(self.asked)
        by, stages = asked.pop("by"), "production" if asked.pop("in_production") else ""
        scores = Scores(self.person, by, Narrowed(**asked, stages=stages))
        groups = [drawn_group(group) for group in scores.groups]
        return self.answer({"by": by, "groups": groups, "total": drawn_group(scores.total)})


def drawn_part(part: Part) -> ScorecardPartShape:
    return {
        "category": part.category.value,
        "standing": part.status.value if part.status else GAP,
        "lines": [drawn_line(row) for row in part.rows],
    }


def drawn_line(row: Row) -> ScorecardLineShape:
    line = row.line
    return {
        "source": line.source,
        "of": line.key,
        "name": row.name,
        "unit": row.unit,
        "direction": line.direction,
        "is_comparable": line.is_comparable,
        "baseline": line.baseline,
        "target": goal_of(line, row.goals),
        "latest": line.latest,
        "latest_on": line.latest_on,
        "is_withheld": line.is_withheld,
        "previous": line.previous,
        "previous_on": line.previous_on,
        "gained": line.gained,
        "status": row.status.value,
        "reason": row.reason,
    }


def drawn_check(check: Check) -> ScorecardCheckShape:
    return {"name": check.name, "is_met": check.is_met, "says": check.says}


def drawn_group(group: Group) -> ScorecardGroupShape:
    return {
        "id": group.key,
        "parent": group.above,
        "name": group.name,
        "initiatives": group.initiatives,
        "categories": [drawn_counts(category, counts) for category, counts in group.counts.items()],
    }


def drawn_counts(category: str, counts: dict[str, int]) -> GroupCountsShape:
    return {
        "category": str(category),
        "on_target": counts["on_target"],
        "waiting": counts["waiting"],
        "better": counts["better"],
        "off_target": counts["off_target"],
        "unmeasured": counts["unmeasured"],
        "gap": counts[GAP],
    }
