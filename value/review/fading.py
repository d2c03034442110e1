"""Confirmed benefits that last no more: decayed, lost, or not measured again in time (`value.durability`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.urls import reverse

from aiso import clock
from aiso.web import figures
from forums.models import Forum
from forums.sources import Proposed
from portfolio.models import Initiative, OutcomeMetric
from portfolio.models.initiative import InitiativeQuerySet
from portfolio.models.stage import ENDED

from ..durability import Outcome, Span
from ..durability_facts import Then
from ..lasting import state_on
from ..models import DurabilityCheck
from .rows import SHOWN, Heads, Listed, Row, Sight, known_by, parts_of

SOURCE = "decayed_benefits"
STATES = {"lost": "lost", "overdue": "overdue", "decayed": "decayed"}


@dataclass(frozen=True)
class Faded:
    """An outcome of which not all counts on a day: `counts` of it do."""

    initiative: int
    metric: int
    state: str
    counts: Fraction
    since: date
    due_on: date


def decayed_benefits(forum: Forum, day: date) -> Iterator[Proposed]:
    """All of them as one item. Four queries."""
    if faded(Initiative.objects.all(), known_by(day)):
        yield Proposed(
            key="decayed",
            title="Benefits that do not last",
            why="Confirmed outcomes that decayed, were lost, or were not measured again in time.",
        )


def faded(seen: InitiativeQuerySet, day: date) -> list[Faded]:
    """Of initiatives that go on, those of which nothing counts first, then by the share that is left. Four queries."""
    goes_on = seen.on_register().exclude(stage__in=ENDED)
    due = DurabilityCheck.objects.filter(due_on__lte=day, initiative__in=goes_on).order_by()
    pairs = {*due.values_list("initiative", "metric")}
    outcomes = Then(day, clock.now()).outcomes(pairs)
    found = [_faded(pair, outcome, span) for pair, outcome in outcomes.items() for span in _now(outcome, day)]
    return sorted(found, key=lambda each: (each.counts, each.since, each.metric))


def _now(outcome: Outcome, day: date) -> list[Span]:
    """The span that the day lies in, where not all counts on it."""
    return [span for span in outcome.spans_lost(day) if span.last >= day]


def _faded(pair: tuple[int, int], outcome: Outcome, span: Span) -> Faded:
    due = [check.due_on for check in outcome.checks(span.last) if check.due_on <= span.last]
    return Faded(*pair, state_on(outcome, span), 1 - span.lost, span.first, max(due))


def listed_fading(sight: Sight) -> Listed:
    """What is left of each, without sums. Seven queries."""
    found = faded(sight.seen, sight.as_of)
    shown = found[:SHOWN]
    rows = Initiative.objects.select_related("business_owner").defer("search")
    initiatives = rows.in_bulk({each.initiative for each in shown})
    metrics = OutcomeMetric.objects.in_bulk({each.metric for each in shown})
    told = [_row(each, initiatives[each.initiative], metrics[each.metric]) for each in shown]
    parts = parts_of((each.state for each in found), STATES)
    return Listed(
        told,
        f"{figures.plural(len(found), 'outcome')}{': ' if parts else ''}{parts}.",
        len(found) > SHOWN,
        reverse("value:measurement_list"),
        "all measurements",
        Heads("Outcome", "Business owner", "Check due"),
    )


def _row(each: Faded, initiative: Initiative, metric: OutcomeMetric) -> Row:
    left = figures.percent(float(each.counts))
    says = {"lost": "Lost", "overdue": "Not measured again in time", "decayed": f"Decayed: {left} is left"}
    counts = "counts nothing" if each.counts == 0 else f"counts at {left}"
    return Row(
        [initiative],
        each.state,
        metric.name,
        says[each.state],
        reverse("value:measurement_record", args=[initiative.reference, metric.pk]),
        "Measure",
        id=metric.pk,
        tone="risk" if each.state == "decayed" else "late",
        note=f"What finance confirmed {counts} since {figures.day(each.since)}",
        person=initiative.business_owner,
        on=each.due_on,
    )
