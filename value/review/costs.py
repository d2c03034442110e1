"""Costs above the plan that was approved last.

Both run to the end of the last whole month: what the ledger holds of build and run cost for days up to it, by the days
that an entry covers, against what the plan holds for months up to it. An initiative whose approved plan holds no cost
at all has nothing to be held against, and is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, Sum
from django.urls import reverse

from aiso.once import once
from aiso.web import figures
from forums.models import Forum
from forums.sources import Proposed
from portfolio.models import Initiative, Plan
from portfolio.models.plan import COSTS
from portfolio.models.stage import ENDED
from portfolio.plans import first_of_month
from stagegates.models import ApprovedPlan

from ..worth import BUILD_COST, RUN_COST, Window, worth_by_initiative
from .limits import limits_in_force
from .rows import SHOWN, Heads, Listed, Row, Sight, known_by

SOURCE = "costs_over_plan"
NOTHING = Decimal(0)


@dataclass(frozen=True)
class OverPlan:
    """An initiative that cost more than its approved plan held by then, in the reporting currency."""

    initiative: int
    version: int
    cost: Decimal
    planned: Decimal

    @property
    def over(self) -> Decimal:
        return self.cost - self.planned


def costs_over_plan(forum: Forum, day: date) -> Iterator[Proposed]:
    """All of them as one item. Four queries."""
    if over_plan(day):
        yield Proposed(
            key="over-plan",
            title="Costs over plan",
            why="Build and run cost to date are above the plan that was approved last.",
        )


def over_plan(day: date) -> list[OverPlan]:
    """The furthest above its plan first. Four queries."""
    return once(("over plan", day), lambda: _over_plan(day))


def _over_plan(day: date) -> list[OverPlan]:
    limit = 1 + Decimal(limits_in_force(day).over_percent) / 100
    end = first_of_month(known_by(day)) - timedelta(days=1)
    goes_on = Initiative.objects.on_register().exclude(stage__in=ENDED)
    approved = ApprovedPlan.objects.filter(plan__initiative__in=goes_on).newest()
    plans = dict(approved.values_list("plan_id", "plan__initiative_id"))
    rows = Plan.objects.filter(pk__in=plans, lines__kind__in=COSTS).order_by().values_list("initiative", "number")
    by_then = Sum("lines__amount", filter=Q(lines__month__lte=end))
    planned = {pk: (version, amount or NOTHING) for pk, version, amount in rows.annotate(by_then=by_then)}
    costs = worth_by_initiative(planned, Window.to_date(end), only=(RUN_COST, BUILD_COST))
    found = [
        OverPlan(pk, planned[pk][0], cost, planned[pk][1])
        for pk, worth in costs.items()
        for cost in [worth.build_cost + worth.run_cost]
        if cost > planned[pk][1] * limit
    ]
    return sorted(found, key=lambda each: (-each.over, each.initiative))


def listed_costs(sight: Sight) -> Listed:
    """Those whose money the reader sees with their sums, the furthest above first; the others by name. Six queries."""
    found = {each.initiative: each for each in over_plan(sight.day)}
    rows = sight.seen.filter(pk__in=found).select_related("business_owner").defer("search")
    seen = {each.pk: each for each in rows}
    priced = [pk for pk in found if pk in seen and sight.sees_money(seen[pk])]
    others = sorted({*seen} - {*priced})
    told = [_row(found[pk], seen[pk], sees_money=pk in {*priced}) for pk in [*priced, *others][:SHOWN]]
    until = first_of_month(sight.day) - timedelta(days=1)
    return Listed(
        told,
        f"{figures.plural(len(seen), 'initiative')}, to the end of {until:%B %Y}.",
        len(seen) > SHOWN,
        reverse("value:ledger"),
        "the ledger",
        Heads("Against", "Business owner", "", "Cost to date", "Planned by then"),
    )


def _row(each: OverPlan, initiative: Initiative, *, sees_money: bool) -> Row:
    return Row(
        [initiative],
        "over_plan",
        f"Plan version {each.version}",
        f"{figures.percent(each.over / each.planned)} above" if sees_money and each.planned else "Above plan",
        reverse("value:initiative_value", args=[initiative.reference]),
        "See costs",
        tone="late",
        person=initiative.business_owner,
        amount=each.cost if sees_money else None,
        against=each.planned if sees_money else None,
    )
